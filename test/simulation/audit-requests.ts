import type { SaidChange } from './answer.ts'
import { erased } from './audit-deletions.ts'
import type { Attempt } from './journal.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { Place, Replay } from './replay-ledger.ts'

type Acknowledged = Attempt & { answer: Extract<Attempt['answer'], { kind: 'acknowledged' }> }

/** The kinds of which each writes one ledger transaction with its request's id, or none. */
const BOOKED = new Set(['adjust', 'change', 'authorise', 'hold_order', 'reverse', 'consume'])

/**
 * Compares what clients were told with what was done: acknowledged once, refused not at all, unknown at most once; the
 * same key the same, whatever happened.
 */
export function auditRequests(attempts: readonly Attempt[], rows: LedgerRows, replay: Replay): string[] {
  const done = Map.groupBy(
    [...replay.places.values()].filter(({ row }) => row.request_id !== null),
    ({ row }) => row.request_id ?? '',
  )
  const written = attempts.filter(({ request }) => BOOKED.has(request.wish.kind))
  const known = new Set(written.map(({ requestId }) => requestId))
  const strays = [...done.keys()].filter((requestId) => !known.has(requestId))
  const doneBy = (attempt: Attempt) => done.get(attempt.requestId) ?? []
  const groups = Map.groupBy(written, ({ request, requestId }) => request.key ?? requestId)
  return [
    ...strays.map((requestId) => `${requestId} was never sent and is in the ledger`),
    ...[...groups].flatMap(([key, group]) => [
      ...auditEffects(group, doneBy).map((problem) => `${key}: ${problem}`),
      ...auditAnswers(group).map((problem) => `${key}: ${problem}`),
    ]),
    ...auditOrder(written, doneBy),
    ...auditCounters(groups, rows),
  ]
}

/** What was done of all that was sent under one key. */
function auditEffects(group: readonly Attempt[], doneBy: (attempt: Attempt) => Place[]): string[] {
  const effects = group.flatMap(doneBy)
  const faults: string[] = []
  if (effects.length > 1) faults.push(`was done ${effects.length} times`)
  for (const attempt of group) {
    const isNothing = attempt.answer.kind === 'refused' || attempt.answer.kind === 'failed'
    if (isNothing && doneBy(attempt).length > 0) faults.push(`${attempt.requestId} was ${attempt.answer.kind} and done`)
  }
  for (const { requestId, answer } of group.filter(isAcknowledged)) {
    const { effect } = answer
    if (effect.isBooked !== effects.length > 0)
      faults.push(`${requestId} says ${effect.isBooked}, and was done ${effects.length} times`)
    const [place] = effects
    if (place === undefined) continue
    if (effect.transactionId !== null && effect.transactionId !== place.row.transaction_id) {
      faults.push(`${requestId} names ${effect.transactionId}, and ${place.row.transaction_id} was done`)
    }
    faults.push(
      ...effect.changes.flatMap((said) => differences(said, place)).map((fault) => `${requestId} says ${fault}`),
    )
  }
  return faults
}

function differences(said: SaidChange, { moved, paid, after }: Place): string[] {
  const { currency } = said
  const done = { moved: moved.get(currency) ?? 0, paid: paid.get(currency) ?? 0, balance: after.get(currency) ?? 0 }
  const is = { given: done.moved + done.paid, moved: done.moved, balance: done.balance }
  return (['given', 'moved', 'balance'] as const).flatMap((what) =>
    said[what] === null || said[what] === is[what] ? [] : [`${what} ${said[what]} ${currency}, and it is ${is[what]}`],
  )
}

/** What was said of all that was sent under one key. In the end, when nothing goes wrong any more, something was. */
function auditAnswers(group: readonly Attempt[]): string[] {
  const last = group.at(-1)
  const isOpen = last?.request.key != null && (last.answer.kind === 'unknown' || last.answer.kind === 'failed')
  const faults = isOpen ? [`${last.requestId} was not answered in the end`] : []
  const settled = group.filter((attempt) => saidOf(attempt) !== null)
  const [first] = settled.toSorted((one, other) => one.endedAt - other.endedAt)
  if (first === undefined) return faults
  for (const attempt of settled) {
    if (saidOf(attempt) !== saidOf(first))
      faults.push(`${attempt.requestId} and ${first.requestId} say different things`)
    if (attempt.request.id !== first.request.id)
      faults.push(`${attempt.requestId} is another input than ${first.requestId}`)
  }
  for (const attempt of group.filter(({ startedAt }) => startedAt > first.endedAt)) {
    const { answer, request, requestId } = attempt
    const isSame = request.id === first.request.id
    const isConflict = answer.kind === 'refused' && answer.code === 'idempotency_key_conflict'
    const isSilent = answer.kind === 'unknown' || answer.kind === 'failed'
    if (!isSilent && (isSame ? saidOf(attempt) === null : !isConflict)) {
      faults.push(`${requestId} came after ${first.requestId} and got ${JSON.stringify(answer)}`)
    }
  }
  return faults
}

function saidOf({ answer, request }: Attempt): string | null {
  if (answer.kind === 'acknowledged') return answer.said
  return answer.kind === 'refused' && request.key !== null ? answer.said : null
}

/** Of two requests, one that was over before the other was sent comes first in the ledger. */
function auditOrder(written: readonly Attempt[], doneBy: (attempt: Attempt) => Place[]): string[] {
  const entries = written.flatMap((attempt) => doneBy(attempt).map((place) => ({ attempt, place })))
  return [...Map.groupBy(entries, ({ place }) => place.customerId).values()].flatMap((ledger) => {
    let latest: Attempt | undefined
    return ledger
      .toSorted((one, other) => one.place.sequence - other.place.sequence)
      .flatMap(({ attempt }) => {
        const isLate = latest !== undefined && attempt.endedAt < latest.startedAt
        const fault = isLate ? [`${attempt.requestId} stands behind ${latest?.requestId}, which was sent later`] : []
        if (latest === undefined || attempt.startedAt > latest.startedAt) latest = attempt
        return fault
      })
  })
}

/** Counters hold what was acknowledged, and at most what may have been done beside it. */
function auditCounters(groups: ReadonlyMap<string, readonly Attempt[]>, rows: LedgerRows): string[] {
  const { counters } = rows
  // Counters go with a customer who is deleted.
  if (erased(rows).size > 0) return []
  const used = new Map<string, number>()
  for (const { meter, used: amount } of counters) used.set(meter, (used.get(meter) ?? 0) + amount)
  const acknowledged = new Map<string, number>()
  let isUncertain = false
  for (const group of groups.values()) {
    if (group[0]?.request.wish.kind !== 'consume') continue
    const answered = group.find(isAcknowledged)
    if (answered === undefined && group.some(({ answer }) => answer.kind === 'unknown')) isUncertain = true
    for (const [meter, amount] of Object.entries(answered?.answer.effect.counters ?? {})) {
      acknowledged.set(meter, (acknowledged.get(meter) ?? 0) + amount)
    }
  }
  return [...new Set([...used.keys(), ...acknowledged.keys()])].flatMap((meter) => {
    const [is, should] = [used.get(meter) ?? 0, acknowledged.get(meter) ?? 0]
    const isRight = isUncertain ? is >= should : is === should
    return isRight ? [] : [`${is} of ${meter} are counted, and ${should} were acknowledged`]
  })
}

function isAcknowledged(attempt: Attempt): attempt is Acknowledged {
  return attempt.answer.kind === 'acknowledged'
}
