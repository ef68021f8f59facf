import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { operatorReads } from '../../src/db/operators.ts'
import { newCommandLine } from '../support/command.ts'

/** Guarantee: operators and the approval threshold are managed from the command line, and no token is printed twice. */
const command = newCommandLine()
const { purser } = command

const opens = async (token: string) => {
  const hash = createHash('sha256').update(token).digest('hex')
  return (await operatorReads(command.database.query).byTokenHash(hash))?.operator ?? null
}

test('an operator is added, gets a second token, and loses one or all of them', { timeout: 60_000 }, async () => {
  const project = JSON.parse(await purser('project', 'create', 'My apps'))
  const ben = JSON.parse(await purser('operator', 'create', 'Ben', '--role', 'support', '--max-per-day', '500'))
  expect(await opens(ben.token)).toMatchObject({
    operatorId: ben.operatorId,
    projectId: project.projectId,
    name: 'Ben',
    role: 'support',
    limits: { maxPerChange: null, maxPerDay: 500 },
  })
  const second = JSON.parse(await purser('operator', 'rotate', ben.operatorId, '--expires-in-days', '1'))
  for (const token of [ben.token, second.token]) expect(await opens(token)).not.toBeNull()

  await purser('operator', 'revoke', ben.operatorId, '--token', ben.tokenId)
  expect([await opens(ben.token), (await opens(second.token))?.name]).toEqual([null, 'Ben'])
  const listed = await purser('operator', 'list', '--project', project.projectId)
  expect(JSON.parse(listed)).toMatchObject([{ operatorId: ben.operatorId, tokens: [{ tokenId: second.tokenId }] }])
  expect(listed).not.toContain(second.token)
  expect(await purser('operator', 'revoke', ben.operatorId)).toBe('tokens revoked: 1\n')
  expect(await opens(second.token)).toBeNull()
})

test('the approval threshold is set, shown and switched off', { timeout: 60_000 }, async () => {
  const { projectId } = JSON.parse(await purser('project', 'create', 'Others'))
  const command = ['operator', 'approval-threshold', projectId]
  expect(await purser(...command)).toBe('off: no change needs a second person\n')
  expect(await purser(...command, '1000')).toBe('changes above 1000 units need a second person\n')
  expect(await purser(...command, 'off')).toMatch(/^off/)
  await expect(purser(...command, '-1.5')).rejects.toMatchObject({ code: 1 })
})

test('what cannot be is refused in words', { timeout: 60_000 }, async () => {
  await expect(purser('operator', 'rotate', 'opernope')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('operator_not_found'),
  })
  await expect(purser('operator', 'create', 'a/b', '--role', 'viewer')).rejects.toMatchObject({
    stderr: expect.stringContaining('letters, digits, blanks'),
  })
})
