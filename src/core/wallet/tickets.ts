/**
 * Tickets that are remembered of one reason. Somebody who explains a change names one or two; a pasted list must not
 * become as many rows.
 */
const TICKETS_MAX = 5

/** Far longer than any tracker writes them; keeps what is stored and indexed short. */
const KEY = '[A-Z][A-Z0-9]{1,9}-[0-9]{1,10}'
const NUMBER = '#[0-9]{1,12}'

/**
 * Not in the middle of a word or a number, nor what goes on with `-` and a digit: a date, a version or a UUID. A key may
 * end an address (`https://example.com/browse/OPS-5`); a number there is a place on a page, or an HTML entity.
 */
const IN_TEXT = new RegExp(`(?<![\\w&#-])(?:${KEY}|(?<!/)${NUMBER})(?!\\w|-[0-9])`, 'g')
const WHOLE = new RegExp(`^(?:${KEY}|${NUMBER})$`)
const NUMBER_ALONE = /^[0-9]{1,12}$/

/**
 * The tickets that a reason refers to, each once, in the order of their mention: a key in capitals with a number, as
 * issue trackers write them (`ZD-1042`, `SUP-77`), or a number after `#` (`#12345`). Small letters are left alone: `top-10`
 * and `covid-19` are words.
 */
export function ticketsIn(reason: string | null): string[] {
  if (reason === null) return []
  const found = new Set<string>()
  for (const [ticket] of reason.matchAll(IN_TEXT)) {
    found.add(ticket)
    if (found.size === TICKETS_MAX) break
  }
  return [...found]
}

/**
 * A ticket as somebody types it to look for it: capitals or not, with or without the `#`. Null when no reason can refer
 * to it.
 */
export function ticketFrom(text: string): string | null {
  const typed = text.trim().toUpperCase()
  const ticket = NUMBER_ALONE.test(typed) ? `#${typed}` : typed
  return WHOLE.test(ticket) ? ticket : null
}
