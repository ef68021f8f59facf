/** Writes a line for the person at the terminal. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** A command that cannot do what it was asked for, in words for the person at the terminal. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Gives the command up with what went wrong and what to do. What is open is closed first: `endWith` tells it in the end. */
export function fail(message: string): never {
  throw new CommandError(message)
}

/**
 * Tells what went wrong and ends the process at once, with a code that scripts notice. Where something may be open, use
 * `fail`: an embedded database would be left running.
 */
export function endWith(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
