import { expect, test } from 'vitest'
import { type BulkGrant, type BulkOrder, type BulkState, bulkProgress, orderBulk, settleSlice } from './bulk-grant.ts'
import { NO_FORECAST } from './forecast.ts'

const NOW = 1_000
const BULK: BulkGrant = {
  projectId: 'proj1',
  bucket: 1,
  bulkId: 'bulk1',
  state: 'uploaded',
  name: null,
  contentHash: 'hash',
  uploadedBy: 'oper1/Anna',
  startedBy: null,
  rows: 10,
  sums: [],
  forecast: NO_FORECAST,
  done: 0,
  refused: 0,
  refusals: {},
  workedMs: 0,
  lease: 1,
  leasedUntil: 500,
  dueAt: 5,
  createdAt: 1,
  startedAt: null,
  finishedAt: null,
}
const ORDERS: BulkOrder[] = ['start', 'pause', 'resume', 'cancel']
const STATES: BulkState[] = ['uploaded', 'running', 'paused', 'cancelled', 'done']

/** Where each order leads from each state; a dot is a refusal. */
const LEADS: Record<BulkOrder, string> = {
  start: 'running running . . .',
  pause: '. paused paused . .',
  resume: '. running running . .',
  cancel: 'cancelled cancelled cancelled cancelled .',
}

test.each(ORDERS)('the order to %s leads where the README says, and is otherwise refused', (order) => {
  const led = STATES.map((state) => {
    const next = orderBulk({ ...BULK, state }, order, { actor: 'oper2/Ben', now: NOW })
    return next.ok ? next.value.state : '.'
  })
  expect(led.join(' ')).toBe(LEADS[order])
})

test('whoever starts is named; work is due while it runs, and only then', () => {
  const by = { actor: 'oper2/Ben', now: NOW }
  const started = orderBulk(BULK, 'start', by)
  expect(started).toMatchObject({ value: { startedBy: 'oper2/Ben', startedAt: NOW, dueAt: NOW } })
  if (!started.ok) return
  const paused = orderBulk(started.value, 'pause', { actor: 'oper3/Cleo', now: NOW + 1 })
  expect(paused).toMatchObject({ value: { startedBy: 'oper2/Ben', dueAt: null, finishedAt: null } })
  expect(orderBulk(started.value, 'cancel', by)).toMatchObject({ value: { dueAt: null, finishedAt: NOW } })
})

test('a slice is counted in whatever state it ends, and the last one ends the whole', () => {
  const slice = { done: 3, refusals: { insufficient_balance: 2 }, workedMs: 100 }
  const at = { now: NOW, dueAt: NOW + 5 }
  const running = settleSlice({ ...BULK, state: 'running' }, slice, at)
  expect(running).toMatchObject({ state: 'running', done: 3, refused: 2, dueAt: NOW + 5, leasedUntil: null })
  expect(settleSlice({ ...BULK, state: 'paused' }, slice, at)).toMatchObject({ state: 'paused', done: 3, dueAt: null })
  const last = settleSlice(running, { done: 4, refusals: { insufficient_balance: 1 }, workedMs: 50 }, at)
  expect(last).toMatchObject({ state: 'done', refusals: { insufficient_balance: 3 }, dueAt: null, finishedAt: NOW })
  expect(bulkProgress(running)).toEqual({ done: 3, refused: 2, remaining: 5, rowsPerSecond: 50, wouldBeRefused: 0 })
  expect(bulkProgress(BULK).rowsPerSecond).toBeNull()
})
