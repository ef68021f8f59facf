import { type ExecFileException, execFile } from 'node:child_process'
import type { ServerUser } from './server-user.ts'

/** A small fixed environment: the caller's PG*, LD_* and locale variables must not change what the server does. */
export const SERVER_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
  // Messages are searched for known causes, so they must be the untranslated ones.
  LC_ALL: 'C',
  TZ: 'UTC',
}

/** No program we wait for prints more than a few kilobytes. */
const MAX_OUTPUT_BYTES = 1024 * 1024
/** A probe answers in milliseconds; a minute is a hung disk. */
const DEFAULT_TIMEOUT_MS = 60_000

type Outcome = { ok: boolean; stdout: string; stderr: string; error: ExecFileException | undefined }

/** The uid and gid options of `spawn`; nothing when the server runs as ourselves. */
export function identityOf(user: ServerUser | undefined): { uid?: number; gid?: number } {
  return user === undefined ? {} : { uid: user.uid, gid: user.gid }
}

/** Runs a program to its end as the given user. Never throws: a program that cannot be run is an outcome. */
export function runAs(
  user: ServerUser | undefined,
  program: string,
  args: readonly string[],
  timeoutMs: number = DEFAULT_TIMEOUT_MS,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const settings = {
      ...identityOf(user),
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      timeout: timeoutMs,
      maxBuffer: MAX_OUTPUT_BYTES,
    }
    try {
      execFile(program, args, settings, (error, stdout, stderr) => {
        resolve({ ok: error === null, stdout, stderr, error: error ?? undefined })
      })
    } catch (error) {
      // Node throws instead of calling back for some refusals, such as EACCES and EPERM of setuid.
      resolve({ ok: false, stdout: '', stderr: String(error), error: error as ExecFileException })
    }
  })
}

/**
 * Whether the user can enter a folder. Asked of the system by trying, because mode bits alone do not know about access
 * lists. Without a shell to try with, the answer is yes, and initdb will tell if that was wrong.
 */
export async function canEnter(user: ServerUser | undefined, folder: string): Promise<boolean> {
  const outcome = await runAs(user, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder])
  return outcome.ok || outcome.error?.code === 'ENOENT'
}
