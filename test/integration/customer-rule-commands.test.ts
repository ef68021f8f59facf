import { beforeAll, expect, test } from 'vitest'
import { newCommandLine } from '../support/command.ts'

/** Guarantee: what a project decides about its customers is set and seen from the command line. */
const { purser, quickly } = newCommandLine()
let projectId: string
beforeAll(async () => {
  projectId = JSON.parse(await quickly('project', 'create', 'My apps')).projectId
})

const refused = (message: string) => ({ message: expect.stringContaining(message) })

test('a command that refuses ends its process with an error, and one that does not with its answer', async () => {
  const set = (...args: string[]) => purser('project', 'restore-behavior', projectId, ...args)
  const ends = { code: 1, stderr: expect.stringContaining('add --sandbox') }
  await expect(set('project')).rejects.toMatchObject(ends)
  expect(JSON.parse(await set('transfer'))).toMatchObject({ restoreBehavior: 'transfer' })
})

test('restore behaviours are set for all purchases and for sandbox ones apart', async () => {
  const set = async (...args: string[]) => JSON.parse(await quickly('project', 'restore-behavior', projectId, ...args))
  expect(await set('share')).toMatchObject({ restoreBehavior: 'share', sandboxRestoreBehavior: null })
  expect(await set('error', '--sandbox')).toMatchObject({ restoreBehavior: 'share', sandboxRestoreBehavior: 'error' })
  expect(await set('project', '--sandbox')).toMatchObject({ restoreBehavior: 'share', sandboxRestoreBehavior: null })
  await expect(set('project')).rejects.toMatchObject(refused('add --sandbox'))
})

test('testers are listed whole, and a list is only for those who are listed', async () => {
  const set = (...args: string[]) => quickly('project', 'testing-access', projectId, ...args)
  expect(JSON.parse(await set('allow_listed', 'tess', 'tom'))).toEqual({ mode: 'allow_listed', ids: ['tess', 'tom'] })
  expect(JSON.parse(await set('nobody'))).toEqual({ mode: 'nobody', ids: [] })
  await expect(set('nobody', 'tess')).rejects.toMatchObject(refused('only allow_listed takes ids'))
  await expect(set('allow_listed', 'a/b')).rejects.toMatchObject(refused('is not an app user id'))
})

test('an id is blocked with a reason, explained, and let in again', async () => {
  const ids = (...args: string[]) => quickly('project', 'blocked-ids', projectId, ...args)
  const explain = (...args: string[]) => quickly('explain', 'access', 'mallory', ...args, '--project', projectId)
  await expect(ids('--block', 'mallory')).rejects.toMatchObject(refused('--reason'))
  const [blocked] = JSON.parse(await ids('--block', 'mallory', '--reason', 'ZD-9 fraud'))
  expect(blocked).toMatchObject({ appUserId: 'mallory', reason: 'ZD-9 fraud', actor: 'cli' })
  expect(await explain()).toMatch(/^mallory is blocked since .* by cli, "ZD-9 fraud": it names nobody\.\n$/)
  const json = JSON.parse(await explain('pro', '--json'))
  expect(json.explanation.entitlements).toMatchObject([{ lookupKey: 'pro', verdict: 'never' }])
  expect(JSON.parse(await ids('--unblock', 'mallory'))).toEqual([])
  await expect(ids('--unblock', 'mallory')).rejects.toMatchObject(refused('is not blocked'))
  await expect(explain()).rejects.toMatchObject(refused('there is no customer mallory'))
})
