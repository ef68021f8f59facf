import { DOCUMENTED_CALLS } from './conformance-documented.ts'
import { type ConformanceRow, conformanceRow } from './conformance-row.ts'
import { OWN_CALLS, SDK_CALLS, UNSERVED_CALLS } from './conformance-sdks.ts'

/** Every call of REST API v1 and of the SDKs, and what it gets here. A test holds it to the routes of the surface. */
export const CONFORMANCE: readonly ConformanceRow[] = [
  ...DOCUMENTED_CALLS.map((row) => conformanceRow(row, true)),
  ...SDK_CALLS.map((row) => conformanceRow(row, true)),
  ...OWN_CALLS.map((row) => conformanceRow(row, true)),
  ...UNSERVED_CALLS.map((row) => conformanceRow(row, false)),
]
