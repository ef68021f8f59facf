/** What a call gets here. */
export type ConformanceState =
  /** It works. */
  | 'answered'
  /** SDKs go on well with the answer, and nothing more is behind it. */
  | 'safe answer'
  /** Refused: there is nothing behind it. */
  | 'not yet'

/** One call of RevenueCat's REST API v1 and of its SDKs. */
export type ConformanceRow = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** With prefix; `{name}` stands for a part that the caller chooses. */
  path: string
  keys: 'public' | 'secret' | 'public or secret' | 'none'
  /** What is answered when all is well; for others what is always answered. */
  status: string
  state: ConformanceState
  remarks: string
  /** False for a path that the server does not know, and answers with 404, 7226. */
  isServed: boolean
  /** The test that proves it, from the root of the project. */
  test: string
}

/** A row in brief: `GET /path`, and the rest in the order of the table. */
export type ShortRow = readonly [
  call: string,
  keys: ConformanceRow['keys'],
  status: string,
  state: ConformanceState,
  remarks: string,
  test: string,
]

/** The row that a brief one stands for. */
export function conformanceRow(
  [call, keys, status, state, remarks, test]: ShortRow,
  isServed: boolean,
): ConformanceRow {
  const [method, path] = call.split(' ') as [ConformanceRow['method'], string]
  return { method, path, keys, status, state, remarks, isServed, test }
}
