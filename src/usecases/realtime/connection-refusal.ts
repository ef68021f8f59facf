/** Why a realtime connection is not opened, on every transport. */
export type ConnectionRefusal =
  | 'missing_token'
  | 'invalid_token'
  | 'token_expired'
  | 'too_many_sockets'
  | 'draining'
  | 'at_capacity'
  | 'unavailable'
