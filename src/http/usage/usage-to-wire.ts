import { type Static, Type } from 'typebox'
import { CREDITS, type Meter } from '../../core/usage/config.ts'
import { remainingOf } from '../../core/usage/consume.ts'
import { shownNames } from '../../core/usage/shown-names.ts'
import type { Consumed } from '../../usecases/usage/consume-usage.ts'
import type { UsageView } from '../../usecases/usage/get-usage.ts'

/** Decimals of an amount in a display unit. Rounded down: nobody is shown more than there is. */
const DECIMALS = 1_000

const amounts = (description: string) => Type.Record(Type.String(), Type.Number(), { description })

export const usageSchema = Type.Object(
  {
    period: Type.Object({
      key: Type.String({
        description: 'Names the period; another key means that counters began anew.',
        examples: ['2026-05'],
      }),
      resets_at: Type.String({ examples: ['2026-06-01T00:00:00+00:00'] }),
    }),
    tier: Type.Object({
      id: Type.String(),
      product_id: Type.Union([Type.String(), Type.Null()], { description: "The store's product behind the tier." }),
      caps: amounts('What the period allows this user, by meter and `credits`; in display units.'),
    }),
    used: amounts('What was used of it, by meter and `credits`; as counted.'),
    remaining: amounts('What is left of it; in display units. Credits in wallets are not part of it.'),
    balances: Type.Array(Type.Object({ code: Type.String(), balance: Type.Integer() }), {
      description: 'What is in the wallets of the user.',
    }),
  },
  { description: 'Usage of the signed-in user in the current period.' },
)

export const consumedSchema = Type.Object(
  {
    action: Type.Union([Type.String(), Type.Null()]),
    quantity: Type.Integer(),
    consumed: Type.Record(Type.String(), Type.Integer(), {
      description: 'By meter id and `credits`, in smallest units.',
    }),
    from_allowance: Type.Integer({ description: "Credits out of the period's allowance." }),
    from_balance: Type.Integer({ description: 'Credits out of the wallet.' }),
    remaining: Type.Integer({ description: 'Credits that are left, in allowance and wallet together.' }),
    resets_at: Type.String(),
    transaction_id: Type.Union([Type.String(), Type.Null()], {
      description: "The wallet's ledger entry, if there is one.",
    }),
    replayed: Type.Boolean({ description: 'Whether the idempotency key had been used, and nothing was done now.' }),
    created_at: Type.String(),
  },
  { description: 'All of the cost was taken.' },
)

export const exhaustedSchema = Type.Object(
  {
    detail: Type.String({ examples: ['insufficient_credits'] }),
    required: Type.Optional(Type.Integer()),
    remaining: Type.Optional(Type.Integer()),
    resets_at: Type.Optional(Type.String()),
    meter: Type.Optional(Type.String({ description: 'What there is too little of: `credits`, or a meter id.' })),
  },
  { description: 'There is too little left, and nothing was taken.' },
)

export function usageToWire({ config, standing, used, balances }: UsageView): Static<typeof usageSchema> {
  const { period, tier, storeProductId, caps } = standing
  const shown = (amountOf: (id: string) => number) =>
    Object.fromEntries([
      ...config.meters.map((meter) => [shownNames(meter).shown, toDisplay(meter, amountOf(meter.id))]),
      [CREDITS, amountOf(CREDITS)],
    ])
  return {
    period: { key: period.key, resets_at: timeToWire(period.resetsAt) },
    tier: { id: tier.id, product_id: storeProductId, caps: shown((id) => caps.get(id) ?? 0) },
    used: Object.fromEntries([
      ...config.meters.map((meter) => [shownNames(meter).counted, used.get(meter.id) ?? 0]),
      [CREDITS, used.get(CREDITS) ?? 0],
    ]),
    remaining: shown((id) => remainingOf(id, { caps, used })),
    balances: [...balances],
  }
}

export function consumedToWire(consumed: Consumed, replayed: boolean): Static<typeof consumedSchema> {
  return {
    action: consumed.action,
    quantity: consumed.quantity,
    consumed: consumed.consumed,
    from_allowance: consumed.creditsFromAllowance,
    from_balance: consumed.creditsFromLedger,
    remaining: consumed.remaining,
    resets_at: timeToWire(consumed.resetsAt),
    transaction_id: consumed.transactionId,
    replayed,
    created_at: timeToWire(consumed.createdAt),
  }
}

/** ISO 8601 with `+00:00`, and without milliseconds where there are none. */
export function timeToWire(at: number): string {
  return new Date(at).toISOString().replace(/(\.000)?Z$/, '+00:00')
}

function toDisplay({ display }: Meter, amount: number): number {
  return display === null ? amount : Math.floor((amount * DECIMALS) / display.divisor) / DECIMALS
}
