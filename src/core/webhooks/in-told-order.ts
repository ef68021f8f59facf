/** What places an event among others. `customerId` is who it was written for. */
export type Placed = { customerId: string; revision: number; ordinal: number; occurredAt: number }

/**
 * The order in which events are told: those of one customer by revision and place in their transaction, whatever the
 * clocks of several processes said; those of different customers by time.
 */
export function inToldOrder<Event extends Placed>(events: readonly Event[]): Event[] {
  const placed = [...Map.groupBy(events, (event) => event.customerId).values()].flatMap((own) => {
    let latestAt = Number.NEGATIVE_INFINITY
    return own.sort(byRevision).map((event) => {
      latestAt = Math.max(latestAt, event.occurredAt)
      return { event, at: latestAt }
    })
  })
  return placed.sort((one, other) => one.at - other.at || byRevision(one.event, other.event)).map(({ event }) => event)
}

function byRevision(one: Placed, other: Placed): number {
  return one.revision - other.revision || one.ordinal - other.ordinal
}
