import {
  type DestinationStream,
  destination,
  type LoggerOptions,
  type Logger as PinoLogger,
  pino,
  stdTimeFunctions,
} from 'pino'
import type { PrettyOptions } from 'pino-pretty'
import { errorFields } from './error-fields.ts'
import { REDACTED, redactedPaths, redactFields } from './redact.ts'
import { requestFields, responseFields } from './request-fields.ts'

/** Structured logger. Log ids as fields, and keep the message a fixed sentence. */
export type Logger = PinoLogger

/** How to log. */
export type LoggerConfig = {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** `auto` is coloured text on a terminal and JSON lines elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty'
  readonly isTerminal: boolean
  /** Where lines go; the standard output when absent. */
  readonly output?: DestinationStream
  /** Loads the package that writes coloured text; replaced in tests. */
  readonly loadPretty?: () => Promise<PrettyPrinter>
}

/** The part of `pino-pretty` that is used. */
export type PrettyPrinter = { default: (options: PrettyOptions) => DestinationStream }

/** A variable, so that neither the compiler nor a bundler insists on a package that production leaves out. */
const PRETTY_PACKAGE: string = 'pino-pretty'

/** File descriptor of the standard output. */
const STANDARD_OUTPUT = 1

/**
 * Creates the logger of a process. Lines are written at once, so that nothing is lost when the process ends. Secrets,
 * receipts and personal texts are redacted by name. `pino-pretty` is a development package: where it is missing,
 * the lines are JSON.
 */
export async function createLogger(config: LoggerConfig): Promise<Logger> {
  const wantsPretty = config.format === 'pretty' || (config.format === 'auto' && config.isTerminal)
  const pretty = wantsPretty ? await prettyOutput(config) : undefined
  return pino(loggerOptions(config.level), pretty ?? config.output ?? destination({ fd: STANDARD_OUTPUT, sync: true }))
}

async function prettyOutput(config: LoggerConfig): Promise<DestinationStream | undefined> {
  const load = config.loadPretty ?? (() => import(PRETTY_PACKAGE) as Promise<PrettyPrinter>)
  try {
    const { default: createPretty } = await load()
    return createPretty({
      colorize: config.isTerminal,
      translateTime: 'SYS:HH:MM:ss.l',
      sync: true,
      destination: config.output ?? STANDARD_OUTPUT,
    })
  } catch {
    return undefined
  }
}

function loggerOptions(level: LoggerConfig['level']): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: redactFields },
    redact: { paths: [...redactedPaths], censor: REDACTED },
    serializers: {
      // Errors among the fields are plain by now; errors bound to a child logger are not.
      err: (value: unknown) => (value instanceof Error ? errorFields(value) : value),
      req: requestFields,
      res: responseFields,
    },
  }
}
