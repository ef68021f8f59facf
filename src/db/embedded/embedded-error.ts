/** What went wrong, as a fixed word for programs; the message is for people and says what to do. */
export type EmbeddedFault =
  | 'locked'
  | 'other-major'
  | 'no-binaries'
  | 'no-server-user'
  | 'no-passwd-entry'
  | 'not-permitted'
  | 'cluster-missing'
  | 'cluster-unreachable'
  | 'not-a-cluster'
  | 'copied-folder'
  | 'initdb-failed'
  | 'start-failed'
  | 'gave-up'

/** A refusal or failure of the embedded database server. */
export class EmbeddedError extends Error {
  readonly fault: EmbeddedFault

  constructor(fault: EmbeddedFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedError'
    this.fault = fault
  }
}

/** Ends every message about a machine where no embedded server can run. */
export const USE_OWN_SERVER = 'Or set DATABASE_URL to a PostgreSQL server (15 or newer).'
