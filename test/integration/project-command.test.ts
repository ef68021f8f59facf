import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { projectReads } from '../../src/db/projects.ts'
import { newCommandLine } from '../support/command.ts'

/** Guarantee: an operator without the demo gets a project, an app and keys from the command line, and they work. */
const command = newCommandLine()
const { purser } = command

test('a project, its app and its keys are made by commands', { timeout: 60_000 }, async () => {
  const project = JSON.parse(await purser('project', 'create', 'My apps'))
  expect(project).toMatchObject({ name: 'My apps', isDemo: false, restoreBehavior: 'transfer' })

  const app = JSON.parse(await purser('app', 'create', project.projectId, '--name', 'iOS', '--store', 'app_store'))
  expect(app.publicKey).toMatch(/^appl_/)
  const key = (await purser('key', 'create', project.projectId, '--label', 'backend', '--api', 'v1')).trim()
  expect(key).toMatch(/^sk_/)

  const reads = projectReads(command.database.query)
  expect(await reads.appByPublicKey(app.publicKey)).toMatchObject({ projectId: project.projectId, store: 'app_store' })
  const hash = createHash('sha256').update(key).digest('hex')
  expect(await reads.secretKeyByHash(hash)).toMatchObject({ projectId: project.projectId, version: 'v1' })

  const changed = JSON.parse(await purser('project', 'restore-behavior', project.projectId, 'error'))
  expect(changed.restoreBehavior).toBe('error')
})

test('a project that does not exist is named, and nothing is made', { timeout: 60_000 }, async () => {
  await expect(purser('key', 'create', 'projnope', '--label', 'x', '--api', 'v2')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no project projnope'),
  })
})
