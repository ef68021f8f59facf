import { CommandError, endWith } from './cli/print.ts'
import { createProgram } from './cli/program.ts'

try {
  await createProgram().parseAsync()
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  endWith(error.message)
}
