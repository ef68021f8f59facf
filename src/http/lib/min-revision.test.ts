import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import type { Customer } from '../../core/customers/customer.ts'
import { answerThrown as answerAdmin } from '../admin/error-handler.ts'
import { errorHandler as apiV2Handler } from '../api-v2/error-handler.ts'
import { linksTo } from '../api-v2/links.ts'
import { errorHandler as sdkHandler } from '../sdk-v1/error-handler.ts'
import { answerThrown as answerUsage } from '../usage/error-handler.ts'
import { listenToRefusals } from '../usage/errors.ts'
import { MinRevisionFault, RevisionBehind, reachRevision, WAITING_MAX } from './min-revision.ts'

const subject = { projectId: 'proj', appUserId: 'anna' }

/** Reads whose revision follows a list, one for each look; the last one stays. Null is no customer. */
function reads(revisions: Array<number | null>) {
  let looks = 0
  const findByAppUserId = async () => {
    const revision = revisions[Math.min(looks, revisions.length - 1)] ?? null
    looks += 1
    return revision === null ? null : ({ revision } as Customer)
  }
  return { read: { customers: { findByAppUserId } }, looks: () => looks }
}

/** Pauses that are over at once, and are added up. */
function pauses() {
  let totalMs = 0
  const pause = async (durationMs: number) => {
    totalMs += durationMs
  }
  return { pause, total: () => totalMs }
}

describe('a read with min_revision', () => {
  it('does not even look without the parameter', async () => {
    const world = reads([1])
    await reachRevision(world, {}, subject)
    await reachRevision(world, undefined, subject)
    expect(world.looks()).toBe(0)
  })

  it('answers at once when the revision is reached', async () => {
    const { pause, total } = pauses()
    for (const value of ['7', 7, '0']) await reachRevision(reads([7]), { min_revision: value }, subject, pause)
    expect(total()).toBe(0)
  })

  it('waits for a reader that is behind', async () => {
    const { pause, total } = pauses()
    await reachRevision(reads([null, 6, 7]), { min_revision: '7' }, subject, pause)
    expect(total()).toBe(30)
  })

  it('gives up after five seconds', async () => {
    const { pause, total } = pauses()
    await expect(reachRevision(reads([6]), { min_revision: '7' }, subject, pause)).rejects.toThrow(RevisionBehind)
    expect(total()).toBe(5000)
  })

  it.each(['', '-1', '1.5', 'x', '1e3', '9999999999999999', ['1', '2'], -1, 1.5, Number.MAX_VALUE, null])(
    'refuses %j',
    async (value) => {
      await expect(reachRevision(reads([9]), { min_revision: value }, subject)).rejects.toThrow(MinRevisionFault)
    },
  )

  it('lets only so many wait, and room comes back', async () => {
    const world = reads([1])
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const ask = () => reachRevision(world, { min_revision: 2 }, subject, () => held).catch((error: Error) => error)
    const waiting = Array.from({ length: WAITING_MAX }, ask)
    expect(String(await ask())).toContain('Too many requests wait')
    release()
    await Promise.all(waiting)
    expect(String(await ask())).toContain('has not reached revision 2')
  })
})

describe('every surface tells of both refusals in its own form', () => {
  const links = linksTo('https://purser.example.com')
  const surfaces: Array<[string, (app: FastifyInstance) => unknown, number, object]> = [
    ['admin', (app) => app.setErrorHandler(answerAdmin), 409, { detail: 'revision_not_reached: late' }],
    ['usage', (app) => app.setErrorHandler(answerUsage), 409, { detail: 'revision_not_reached: late' }],
    ['sdk-v1', (app) => app.setErrorHandler(sdkHandler({})), 503, { code: 7638, message: 'late' }],
    [
      'api-v2',
      (app) => app.setErrorHandler(apiV2Handler({ links })),
      423,
      { type: 'resource_locked_error', message: 'late' },
    ],
  ]
  it.each(surfaces)('%s', async (_name, handle, status, body) => {
    const app = Fastify()
    handle(app)
    listenToRefusals(app, () => undefined)
    app.get('/late', () => Promise.reject(new RevisionBehind('late')))
    app.get('/wrong', () => Promise.reject(new MinRevisionFault('wrong')))
    const late = await app.inject('/late')
    expect([late.statusCode, late.json()]).toMatchObject([status, body])
    expect((await app.inject('/wrong')).statusCode).toBe(400)
    await app.close()
  })
})
