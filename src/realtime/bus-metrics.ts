/** What a bus between processes counts. */
export type BusMetrics = {
  /** What became of changes. `unreadable` counts messages, since nobody knows how many changes such a one holds. */
  changes(outcome: 'published' | 'received' | 'dropped' | 'unreadable', count: number): void
  /** Told at each connection and each loss of it. */
  connected(isConnected: boolean): void
}
