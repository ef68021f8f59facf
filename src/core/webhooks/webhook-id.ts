/**
 * The UUID by which receivers know an event again: version 8 of RFC 9562, made from a hash (in hex) of the event's id, so
 * that it is the same however often the event is relayed or sent. In capitals, as in RevenueCat's samples.
 */
export function webhookIdOf(eventId: string, hash: (text: string) => string): string {
  const hex = hash(`webhook ${eventId}`)
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `9${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
  return groups.join('-').toUpperCase()
}
