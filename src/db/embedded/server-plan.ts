import { createHash } from 'node:crypto'
import type { ServerUser } from './server-user.ts'

/** Everything needed to start the server, decided once per start of ours and the same for every restart. */
export type ServerPlan = {
  program: string
  args: readonly string[]
  version: string
  user: ServerUser | undefined
  serverUid: number
  clusterDir: string
  clusterName: string
  logFile: string
  socketDir: string
}

/** Part of the socket's file name only: the folder is private, so no two servers can meet on it. */
export const SOCKET_PORT = 5432
/** Superuser of the cluster and name of the database. There is no password: the socket's folder is the gate. */
export const SERVER_ROLE = 'purser'
export const DATABASE = 'purser'

/** A name for the cluster that shows in its process titles and in nobody else's. */
export function clusterNameFor(clusterDir: string): string {
  return `purser-${createHash('sha256').update(clusterDir).digest('hex').slice(0, 16)}`
}

/**
 * Command line of the server. All settings are given here and none in files of the cluster, so that an update of Purser
 * changes them for old clusters too, and so that comparing command lines tells whether a running server is up to date.
 */
export function serverArguments(where: {
  clusterDir: string
  clusterName: string
  socketDir: string
  platform: NodeJS.Platform
  /** What this machine, or the container around us, has. */
  memoryBytes: number
}): string[] {
  const settings: Record<string, string> = {
    cluster_name: where.clusterName,
    listen_addresses: '',
    // A list of folders: quotes keep a comma or a space inside the path.
    unix_socket_directories: `"${where.socketDir.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    port: String(SOCKET_PORT),
    max_connections: '60',
    shared_buffers: `${sharedBuffersMb(where.memoryBytes)}MB`,
    // Whole pages are written anew after each checkpoint: checkpoints that come too often are most of what a busy ledger writes.
    max_wal_size: '2GB',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    autovacuum: 'on',
    jit: 'off',
    // Parallel plans need /dev/shm, which is too small for them in a default container.
    max_parallel_workers_per_gather: '0',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] ',
    log_checkpoints: 'off',
    // Statements and details can hold receipts and keys; the log keeps the bare message.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  }
  // Lets a query of a killed process end soon, so that its locks do not outlive it in an adopted server.
  if (where.platform === 'linux') settings.client_connection_check_interval = '5s'
  return ['-D', where.clusterDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** PostgreSQL's own default; and as much as the pages that ten thousand busy customers of a large ledger need. */
const SHARED_BUFFERS_MB = { min: 128, max: 1_024 }
/** The server shares the machine with us and with the system's own cache of files. */
const SHARE_OF_MEMORY = 16

/** Memory for the pages in use. It is taken as pages come, so a small database takes little of it. */
function sharedBuffersMb(memoryBytes: number): number {
  const share = Math.floor(memoryBytes / 1_048_576 / SHARE_OF_MEMORY)
  return Math.min(SHARED_BUFFERS_MB.max, Math.max(SHARED_BUFFERS_MB.min, share))
}
