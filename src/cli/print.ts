/** Writes a line for the person at the terminal. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** Writes what went wrong and what to do, and ends the command with a code that scripts notice. */
export function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
