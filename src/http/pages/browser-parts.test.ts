import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { browserModule } from './fixtures/browser-module.ts'

type Facts = { origin: string; appUserId: string; currency: string }
const { grantCommand } = await browserModule<{ grantCommand(facts: Facts): string }>('grant-command.js')
const { oneAtATime } = await browserModule<{ oneAtATime(work: () => Promise<void>): () => Promise<void> }>(
  'one-at-a-time.js',
)
type Entitlement = { isActive: boolean; expirationDate: Date | null; willRenew: boolean; productIdentifier: string }
const { accessWords, errorWords, isAsAsked } = await browserModule<{
  accessWords(entitlement: Entitlement | undefined, now: number): { isActive: boolean; title: string; note: string }
  errorWords(error: unknown): string
  isAsAsked(error: unknown): boolean
}>('words.js')

describe('grantCommand', () => {
  it.each(['anna', '$RCAnonymousID:0123', `o'brien $(exit 1) \\ "quoted" é`])(
    'a shell passes the id %s on unchanged, and runs nothing in it',
    (appUserId) => {
      const command = grantCommand({ origin: 'http://127.0.0.1:8080', appUserId, currency: 'CRD' })
      const [, curl = ''] = command.split('\n\n')
      const script = `curl() { for word; do :; done; printf '%s' "$word"; }; ADMIN_SECRET=x; ${curl}`
      const body = JSON.parse(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })) as { user_id: string }
      expect(body).toMatchObject({ user_id: appUserId, amount: 25, currency: 'CRD' })
    },
  )
})

describe('oneAtATime', () => {
  it('never runs twice at once, and runs once more for all who asked meanwhile', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let runs = 0
    const task = oneAtATime(() => gates[runs++]?.promise ?? Promise.resolve())
    const first = task()
    const others = [task(), task()]
    expect(runs).toBe(1)
    gates[0]?.resolve()
    gates[1]?.resolve()
    await Promise.all([first, ...others])
    expect(runs).toBe(2)
    await task()
    expect(runs).toBe(3)
  })

  it('a failure is told, and does not keep it from running again', async () => {
    let runs = 0
    const task = oneAtATime(async () => {
      runs += 1
      if (runs === 1) throw new Error('down')
    })
    await expect(task()).rejects.toThrow('down')
    await expect(task()).resolves.toBeUndefined()
  })
})

describe('words', () => {
  it('an entitlement is told as it is: never had, active with an end or without, over', () => {
    const now = Date.UTC(2026, 0, 1)
    const entitlement = { isActive: true, expirationDate: null, willRenew: true, productIdentifier: 'pro_monthly' }
    expect(accessWords(undefined, now)).toMatchObject({ isActive: false, title: 'Not active' })
    expect(accessWords(entitlement, now)).toMatchObject({ isActive: true, title: 'Active' })
    const ending = { ...entitlement, expirationDate: new Date(now + 60_000) }
    expect(accessWords(ending, now)).toMatchObject({ isActive: true, title: expect.stringMatching(/^Active until \d/) })
    expect(accessWords({ ...ending, willRenew: false }, now).note).toContain('will not renew')
    expect(accessWords({ ...ending, isActive: false }, now)).toMatchObject({ isActive: false, title: 'Not active' })
  })

  it('errors of the SDK are told in words, others in their own, and a cancelled purchase is no failure', () => {
    const sdkError = (errorCode: number) =>
      Object.assign(new Error('sdk'), { errorCode, underlyingErrorMessage: 'why' })
    expect(errorWords(sdkError(10))).toContain('cannot be reached')
    expect(errorWords(sdkError(16))).toBe('why')
    const answer = 'Request: getCustomerInfo. Status code: 400. Body: {"code":7256,"message":"It is too long."}.'
    expect(errorWords(Object.assign(sdkError(16), { underlyingErrorMessage: answer }))).toBe('It is too long.')
    expect(errorWords(Object.assign(sdkError(16), { underlyingErrorMessage: null }))).toBe('sdk')
    expect(errorWords(new Error('plain'))).toBe('plain')
    expect([1, 42, 10].map((code) => isAsAsked(sdkError(code)))).toEqual([true, true, false])
  })
})
