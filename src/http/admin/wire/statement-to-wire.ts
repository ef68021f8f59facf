import { type Static, Type } from 'typebox'
import type { Hold } from '../../../core/wallet/hold.ts'
import type { CurrencyStatement, StatementLot } from '../../../core/wallet/statement.ts'
import type { Statement } from '../../../usecases/wallet/read-statement.ts'

const nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) => Type.Union([schema, Type.Null()])
const Time = Type.String({ format: 'date-time' })
const Units = Type.Integer()

/** The facts of a lot that never change, and what remains of it. */
export const lotFacts = {
  lot_id: Type.String(),
  source: Type.String({ description: '`purchase`, `operator`, or `merge` when it came with another customer.' }),
  granted: Units,
  remaining: Units,
  purchase_id: nullable(Type.String()),
  origin_lot_id: nullable(Type.String({ description: 'The lot of another ledger that this one goes on from.' })),
  expires_at: nullable(Time),
  created_at: Type.String({ format: 'date-time', description: 'Its age in the spending order; a merge keeps it.' }),
}

const CurrencyStatementWire = Type.Object({
  currency: Type.String(),
  balance: Type.Integer({ description: 'What could be spent.' }),
  lapsed: Type.Integer({ description: 'Units of lots that were over, though their lapse was booked later.' }),
  owed: Units,
  held: Type.Integer({ description: 'Units that holds kept.' }),
  adds_up: Type.Boolean({ description: 'Whether postings and lots say the same. If not, the ledger is not sound.' }),
  lots: Type.Array(Type.Object({ ...lotFacts, is_lapsed: Type.Boolean() }), {
    description: 'Those that held something, in spending order.',
  }),
  omitted: Type.Object({ lots: Units, remaining: Units }, { description: 'Lots beyond those that are listed.' }),
})

export const StatementWire = Type.Object(
  {
    user_id: Type.String(),
    at: Time,
    currencies: Type.Array(CurrencyStatementWire),
    merged_later: Type.Array(
      Type.Object({
        customer_id: Type.String(),
        user_id: Type.String(),
        currencies: Type.Array(CurrencyStatementWire),
      }),
      { description: 'What others had then, in ledgers of their own, who were merged into this user later.' },
    ),
    open_holds: Type.Array(
      Type.Object({
        hold_id: Type.String(),
        currency: Type.String(),
        authorised: Type.Integer({ description: 'Units that were set aside; some may have been used by then.' }),
        reason: Type.String(),
        actor: Type.String(),
        created_at: Time,
        closed_at: nullable(Time),
      }),
      { description: 'Holds that were open, the newest first; at most 200.' },
    ),
  },
  { description: 'What the user had at that moment.' },
)

/** A statement as support reads it. */
export function statementToWire(statement: Statement, userId: string): Static<typeof StatementWire> {
  return {
    user_id: userId,
    at: iso(statement.at),
    currencies: statement.currencies.map(currencyToWire),
    merged_later: statement.mergedLater.map((other) => ({
      customer_id: other.customerId,
      user_id: other.userId,
      currencies: other.currencies.map(currencyToWire),
    })),
    open_holds: statement.holds.map(holdThenToWire),
  }
}

function currencyToWire({ addsUp, lots, ...own }: CurrencyStatement): Static<typeof CurrencyStatementWire> {
  return { ...own, adds_up: addsUp, lots: lots.map((lot) => ({ ...lotToWire(lot), is_lapsed: lot.isLapsed })) }
}

/** A lot as support reads it. */
export function lotToWire(lot: Omit<StatementLot, 'isLapsed'>) {
  return {
    lot_id: lot.lotId,
    source: lot.source,
    granted: lot.granted,
    remaining: lot.remaining,
    purchase_id: lot.purchaseId,
    origin_lot_id: lot.originLotId,
    expires_at: lot.expiresAt === null ? null : iso(lot.expiresAt),
    created_at: iso(lot.createdAt),
  }
}

/** Only what was so at that moment: captures and extensions came later. */
function holdThenToWire({ holdId, currency, authorised, reason, actor, createdAt, closedAt }: Hold) {
  return {
    hold_id: holdId,
    currency,
    authorised,
    reason,
    actor,
    created_at: iso(createdAt),
    closed_at: closedAt === null ? null : iso(closedAt),
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
