import { type Static, Type } from 'typebox'
import type { Cause, Explanation, LedgerCheck, LotStory } from '../../../core/wallet/explain-balance.ts'
import { HoldWire, holdToWire } from './hold-to-wire.ts'
import { lotFacts, lotToWire } from './statement-to-wire.ts'

const nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) => Type.Union([schema, Type.Null()])
const Time = Type.String({ format: 'date-time' })
const Units = Type.Integer()

const cause = {
  transaction_id: Type.String(),
  kind: Type.String(),
  actor: Type.String(),
  reason: nullable(Type.String()),
  store_transaction_id: nullable(Type.String()),
  created_at: Time,
}
const Movement = Type.Object({ ...cause, amount: Type.Integer({ description: 'Taken out; negative is put back.' }) })
const LotStoryWire = Type.Object({
  ...lotFacts,
  made_by: Type.Object(cause),
  product: nullable(Type.String({ description: "The store's id of the product that was charged for." })),
  movements: Type.Array(Movement, { description: 'The newest first.' }),
  earlier: Type.Object({ count: Units, amount: Units }, { description: 'Movements that are not listed.' }),
})

export const ExplanationWire = Type.Object(
  {
    user_id: Type.String(),
    currency: Type.String(),
    at: Time,
    balance: Type.Integer({ description: 'What can be spent.' }),
    lapsed: Type.Integer({ description: 'Units of lots that are over, whose lapse is not booked yet.' }),
    owed: Units,
    held: Units,
    parts: Type.Array(Type.Object({ account: Type.String(), amount: Units }), {
      description: 'By how much each account made the balance what it is. With `lapsed` they sum up to `balance`.',
    }),
    next_lapse: Type.Union([Type.Object({ at: Time, amount: Units }), Type.Null()]),
    lots: Type.Array(LotStoryWire, {
      description: 'Those that hold something in spending order, then empty ones, the newest first.',
    }),
    other_lots: Type.Object({ lots: Units, granted: Units, remaining: Units }),
    open_holds: Type.Array(HoldWire),
    comparisons: Type.Array(Type.Object({ what: Type.String(), says: Units, computed: Units }), {
      description: 'What is kept against what the rows add up to.',
    }),
    agrees: Type.Boolean(),
    chain: Type.Object(
      {
        outcome: Type.String({ description: '`sound`, `broken`, `too_long` to compute here, or `busy`: ask again.' }),
        transactions: Type.Union([Units, Type.Null()]),
        fault: nullable(Type.String({ description: 'The first row that is not right, and why.' })),
      },
      { description: 'What computing the whole ledger of the user again came to.' },
    ),
    text: Type.Array(Type.String(), { description: 'The same in words, line by line.' }),
  },
  { description: 'Why the balance is what it is.' },
)

/** An explanation as support reads it. */
export function explanationToWire(
  explanation: Explanation,
  userId: string,
  text: string[],
): Static<typeof ExplanationWire> {
  const { currency, balance, lapsed, owed, held, nextLapse, agrees } = explanation
  return {
    user_id: userId,
    currency,
    at: iso(explanation.at),
    ...{ balance, lapsed, owed, held },
    parts: [...explanation.parts],
    next_lapse: nextLapse && { at: iso(nextLapse.at), amount: nextLapse.amount },
    lots: explanation.stories.map(storyToWire),
    other_lots: explanation.others,
    open_holds: explanation.holds.map(holdToWire),
    comparisons: [...explanation.comparisons],
    agrees,
    chain: checkToWire(explanation.check),
    text,
  }
}

function storyToWire({ lot, madeBy, product, movements, earlier }: LotStory): Static<typeof LotStoryWire> {
  return {
    ...lotToWire(lot),
    made_by: causeToWire(madeBy),
    product,
    movements: movements.map((movement) => ({ ...causeToWire(movement), amount: movement.amount })),
    earlier,
  }
}

function causeToWire({ transactionId, kind, actor, reason, storeTransactionId, createdAt }: Cause) {
  const transaction = { transaction_id: transactionId, kind, actor, reason }
  return { ...transaction, store_transaction_id: storeTransactionId, created_at: iso(createdAt) }
}

function checkToWire(check: LedgerCheck) {
  return {
    outcome: check.outcome,
    transactions: 'transactions' in check ? check.transactions : null,
    fault: 'fault' in check ? `${check.fault.row}: ${check.fault.problem}` : null,
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
