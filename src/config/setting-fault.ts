/** Something that keeps the server from starting. None of its texts holds the value of a secret. */
export type SettingFault = {
  /** The environment variable to look at. */
  readonly name: string
  readonly problem: string
  readonly expected: string
  readonly fix: string
}

/** All faults as text for an operator: name and problem, what is expected, how to repair it. */
export function formatFaults(faults: readonly SettingFault[]): string {
  const heading = faults.length === 1 ? 'One setting is wrong:' : `${faults.length} settings are wrong:`
  const blocks = faults.map(
    (fault) => `  ${fault.name}: ${fault.problem}\n    expected: ${fault.expected}\n    to fix:   ${fault.fix}`,
  )
  return [heading, ...blocks].join('\n')
}
