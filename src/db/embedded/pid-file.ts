/** What a running PostgreSQL server writes about itself into `postmaster.pid` of its data folder. */
export type PidFile = {
  pid: number
  clusterDir: string
  port: number | undefined
  socketDir: string | undefined
  status: string | undefined
}

/**
 * Reads `postmaster.pid`: line 1 pid, 2 data folder, 3 start time, 4 port, 5 socket folder, 6 address, 7 shared memory,
 * 8 status. Later lines appear while the server starts. Undefined when the first two lines are not there (a power cut can
 * leave an empty file).
 */
export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n').map((line) => line.trim())
  const [pidLine = '', clusterDir = '', , port = '', socketDir = '', , , status = ''] = lines
  // A single-user server writes its pid with a minus sign.
  const pid = /^-?\d+$/.test(pidLine) ? Math.abs(Number(pidLine)) : 0
  if (pid === 0 || clusterDir === '') return undefined
  return {
    pid,
    clusterDir,
    port: /^\d+$/.test(port) ? Number(port) : undefined,
    socketDir: socketDir === '' ? undefined : socketDir,
    status: status === '' ? undefined : status,
  }
}
