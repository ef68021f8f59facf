/** Where a forecast goes on: rows are judged user by user, and in the order of the file for each. */
export type ForecastPlace = { userId: string; number: number }

/** What would come of a bulk grant if it were started: the sum of dry runs of its rows. */
export type Forecast = {
  isDone: boolean
  /** The last row that was judged; null before the first. */
  place: ForecastPlace | null
  judged: number
  /** Rows whose idempotency key was used before, for the same change: nothing would happen. */
  replayed: number
  /** How many rows would be refused for which reason, by code. */
  refusals: Readonly<Record<string, number>>
  /** User ids, and those among them that nobody has. */
  users: number
  unknownUsers: number
}

export const NO_FORECAST: Forecast = {
  isDone: false,
  place: null,
  judged: 0,
  replayed: 0,
  refusals: {},
  users: 0,
  unknownUsers: 0,
}
