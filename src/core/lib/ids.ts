/**
 * Kinds of identifier and their prefixes. Prefix and body are glued without a separator,
 * as in RevenueCat's REST API v2. Bodies are time-ordered, so indexes grow at one end.
 */
export const ID_PREFIXES = {
  project: 'proj',
  app: 'app',
  key: 'apikey',
  customer: 'cust',
  product: 'prod',
  entitlement: 'entl',
  offering: 'ofrng',
  package: 'pkge',
  purchase: 'purch',
  grant: 'grnt',
  walletTransaction: 'vatx',
  lot: 'lot',
  hold: 'hold',
  transfer: 'xfer',
  creditIntent: 'crin',
  event: 'evnt',
  bulk: 'bulk',
  operator: 'oper',
  operatorToken: 'optk',
  approval: 'appr',
  envelope: 'envl',
  webhookEndpoint: 'wbhk',
  ticket: 'tckt',
} as const

export type IdKind = keyof typeof ID_PREFIXES

/** Gives new identifiers. Injected, so that tests can name what they expect. */
export type Ids = { next(kind: IdKind): string }
