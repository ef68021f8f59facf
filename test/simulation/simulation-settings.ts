/** Which seeds are run, and how often each. */
export type SimulationSettings = { seeds: number[]; times: number; isWhole: boolean }

/** In CI: some minutes on two cores. A nightly run asks for more, and begins elsewhere. */
const SEEDS = 2_000
/** From so many seeds on, everything that can be tried was tried by one of them. */
const WHOLE = 200

/**
 * Reads what a person may ask for: `PURSER_SIM_SEED` (one seed), `PURSER_SIM_SEEDS` (how many), `PURSER_SIM_FIRST` (from
 * which on), `PURSER_SIM_TIMES` (each so many times, since I/O is never scheduled twice the same way). `PURSER_SIM_SHARE`
 * is set by vitest.config.ts: every second seed for each of two database servers, as `0/2` and `1/2`.
 */
export function simulationSettings(environment: NodeJS.ProcessEnv): SimulationSettings {
  const read = (name: string, otherwise: number) => readCount(environment[`PURSER_SIM_${name}`], name, otherwise)
  const times = read('TIMES', 1)
  if (environment.PURSER_SIM_SEED !== undefined) return { seeds: [read('SEED', 1)], times, isWhole: false }
  const [part = 0, parts = 1] = (environment.PURSER_SIM_SHARE ?? '0/1').split('/').map(Number)
  const first = read('FIRST', 1)
  const all = Array.from({ length: read('SEEDS', SEEDS) }, (_, index) => first + index)
  const seeds = all.filter((_seed, index) => index % parts === part)
  return { seeds, times, isWhole: seeds.length >= WHOLE }
}

function readCount(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`PURSER_SIM_${name} is a whole number, not '${text}'`)
  return count
}
