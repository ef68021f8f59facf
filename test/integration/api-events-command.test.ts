import { expect, test } from 'vitest'
import { newCommandLine } from '../support/command.ts'

const { quickly } = newCommandLine()

test('changes by operators and APIs are not told until a project asks for it, and no more when it takes that back', async () => {
  await quickly('project', 'create', 'Shop')
  expect(await quickly('webhook', 'api-events')).toMatch(/^off: /)
  expect(await quickly('webhook', 'api-events', 'on')).toMatch(/^on: /)
  expect(await quickly('webhook', 'api-events')).toMatch(/^on: /)
  expect(await quickly('webhook', 'api-events', 'off')).toMatch(/^off: /)
})
