import type { TxUsage, UsageReads } from '../usecases/ports/usage.ts'
import type { Query } from './statement.ts'
import { insertUsageConfig, readUsageConfig } from './usage-configs.ts'
import { counterRows, readCounters } from './usage-counters.ts'

export function usageReads(query: Query): UsageReads {
  return { config: readUsageConfig(query), counters: readCounters(query) }
}

export function usageRows(query: Query): TxUsage {
  return { config: readUsageConfig(query), insertConfig: insertUsageConfig(query), ...counterRows(query) }
}
