import type { SettingDefinition } from './setting-definition.ts'
import { acceptsFile, fileNameOf } from './setting-definition.ts'

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads a text file, or throws an error with a `code` such as ENOENT. */
export type ReadTextFile = (path: string) => string

/** The text given for a setting and where it came from, or why it cannot be had. */
export type GivenSetting =
  | { readonly kind: 'absent' }
  | { readonly kind: 'given'; readonly text: string; readonly origin: 'environment' | 'file' }
  | { readonly kind: 'unusable'; readonly name: string; readonly problem: string; readonly fix: string }

/** Largest content of a secret file, in characters. The largest honest one is a list of a few keys. */
const MAX_FILE_LENGTH = 65_536

/**
 * Finds the text of a setting. Blank variables count as absent: compose files produce them for unset variables. A
 * blank file does not, since whoever mounts one means to give a value.
 */
export function findGiven(definition: SettingDefinition, env: Environment, readFile: ReadTextFile): GivenSetting {
  const text = env[definition.name]?.trim() ?? ''
  const path = acceptsFile(definition) ? (env[fileNameOf(definition)]?.trim() ?? '') : ''
  if (path === '') return text === '' ? { kind: 'absent' } : { kind: 'given', text, origin: 'environment' }
  if (text !== '') {
    return {
      kind: 'unusable',
      name: definition.name,
      problem: `both ${definition.name} and ${fileNameOf(definition)} are given`,
      fix: 'Remove one of the two.',
    }
  }
  return readGivenFile(definition, path, readFile)
}

function readGivenFile(definition: SettingDefinition, path: string, readFile: ReadTextFile): GivenSetting {
  const name = fileNameOf(definition)
  const unusable = (problem: string, fix: string): GivenSetting => ({ kind: 'unusable', name, problem, fix })
  let content: string
  try {
    content = readFile(path)
  } catch (error) {
    // The path is not repeated: a secret put here by mistake would appear in the log.
    return unusable(
      `the file cannot be read (${errorCode(error)})`,
      'Check that the path is right and that the user running the server may read the file.',
    )
  }
  if (content.length > MAX_FILE_LENGTH) {
    return unusable(
      `the file is larger than ${MAX_FILE_LENGTH} characters`,
      'Point it at the file with the value only.',
    )
  }
  // Files end in a line break, which is no part of the value.
  const text = content.trim()
  if (text === '') return unusable('the file is empty', `Write the value into it, or remove ${name}.`)
  return { kind: 'given', text, origin: 'file' }
}

function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : 'unknown reason'
}
