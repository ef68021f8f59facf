import type { TxUsage, UsageReads } from '../usecases/ports/usage.ts'
import { insertCreditsCap, readCreditsCaps } from './cap-overrides.ts'
import type { Query } from './statement.ts'
import { insertUsageConfig, readUsageConfig } from './usage-configs.ts'
import { counterRows, readCounters } from './usage-counters.ts'

export function usageReads(query: Query): UsageReads {
  return { config: readUsageConfig(query), counters: readCounters(query), creditsCaps: readCreditsCaps(query) }
}

export function usageRows(query: Query): TxUsage {
  return {
    config: readUsageConfig(query),
    insertConfig: insertUsageConfig(query),
    creditsCaps: readCreditsCaps(query),
    insertCreditsCap: insertCreditsCap(query),
    ...counterRows(query),
  }
}
