import { lookup } from 'node:dns/promises'

/** All addresses that a host name leads to now; an empty list when it leads nowhere. */
export type ResolveHost = (host: string) => Promise<string[]>

/**
 * Asks the system's resolver, which knows the names of the own network too. Questions for one name at one moment are asked
 * once: they occupy one of few threads each.
 */
export function createSystemResolver(): ResolveHost {
  const asked = new Map<string, Promise<string[]>>()
  return (host) => {
    const known = asked.get(host)
    if (known !== undefined) return known
    const answer = lookup(host, { all: true })
      .then(
        (found) => found.map(({ address }) => address),
        () => [],
      )
      .finally(() => asked.delete(host))
    asked.set(host, answer)
    return answer
  }
}
