/** Problems named in one answer, and how much of a field's name is repeated: names are chosen by the caller. */
const MAX_PROBLEMS = 10
const MAX_SHOWN_NAME = 50

export type Fields = { [name: string]: unknown }

/** Says what is wrong with the value of a field; null when nothing is. */
export type FieldCheck = (value: unknown) => string | null

export function isFields(body: unknown): body is Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}

/** Everything that is wrong with the fields of a body, each problem with its name first; unknown fields are wrong. */
export function problemsOf(fields: Fields, checks: Readonly<Record<string, FieldCheck>>): string[] {
  const faulty = Object.entries(checks).flatMap(([name, check]) => {
    const problem = check(fields[name])
    return problem === null ? [] : [`${name}: ${problem}`]
  })
  const unknown = Object.keys(fields).filter((name) => !Object.hasOwn(checks, name))
  return [
    ...faulty,
    ...unknown.map((name) => `${JSON.stringify(name.slice(0, MAX_SHOWN_NAME))}: is not a known field`),
  ].slice(0, MAX_PROBLEMS)
}
