import { ok, type Result, refuse } from '../lib/result.ts'
import type { App, Store } from '../projects/project.ts'

/** Names of stores beside their own: those that `X-Platform` has, and what people write. */
const OTHER_NAMES: Readonly<Record<string, Store>> = {
  ios: 'app_store',
  apple: 'app_store',
  macos: 'mac_app_store',
  android: 'play_store',
  google: 'play_store',
  test: 'test_store',
}

export type AppRefusal = { code: 'app_unknown' | 'app_ambiguous'; problem: string }

/**
 * The app that a row belongs to: the one it names by id or public key, else the only one of the store that it names, else
 * the one that was chosen for the whole file, else the only one there is.
 */
export function chooseApp(
  apps: readonly App[],
  row: { app: string | null; store: string | null },
  chosen: App | null,
): Result<App, AppRefusal> {
  if (row.app !== null) {
    const named = apps.find((app) => app.appId === row.app || app.publicKey === row.app)
    return named === undefined ? refuse({ code: 'app_unknown', problem: `no app ${shown(row.app)}` }) : ok(named)
  }
  if (row.store !== null) return onlyOne(apps, row.store)
  if (chosen !== null) return ok(chosen)
  const [first, second] = apps
  if (first === undefined) return refuse({ code: 'app_unknown', problem: 'the project has no app' })
  if (second !== undefined) return refuse({ code: 'app_ambiguous', problem: 'names neither app nor store' })
  return ok(first)
}

function onlyOne(apps: readonly App[], name: string): Result<App, AppRefusal> {
  const word = name.toLowerCase()
  const store = OTHER_NAMES[word] ?? word
  const [first, second] = apps.filter((app) => app.store === store)
  if (first === undefined) return refuse({ code: 'app_unknown', problem: `no app of the store ${shown(name)}` })
  if (second !== undefined) return refuse({ code: 'app_ambiguous', problem: `several apps of the store ${store}` })
  return ok(first)
}

/** How much of a name of the file is repeated. */
const SHOWN_MAX = 50

function shown(name: string): string {
  return JSON.stringify(name.slice(0, SHOWN_MAX))
}
