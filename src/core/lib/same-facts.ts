/** Whether two plain values of one kind say the same in every fact, whatever the facts are. */
export function haveSameFacts<Facts extends object>(one: Facts, other: Facts): boolean {
  const names = Object.keys(one) as Array<keyof Facts>
  return names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]))
}
