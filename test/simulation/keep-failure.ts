import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { SeedResult } from './run-seed.ts'

/** Git leaves files that end in .log alone. */
const FOLDER = join(import.meta.dirname, 'failures')

/** Writes down what happened in a run that went wrong. Answers what to tell about it. */
export async function keepFailure({ seed, plan, run, problems }: SeedResult): Promise<string> {
  await mkdir(FOLDER, { recursive: true })
  const path = join(FOLDER, `seed-${seed}.log`)
  const lines = [
    `seed ${seed}`,
    ...problems.map((problem) => `problem: ${problem}`),
    ...plan.faults.map((fault) => `planned fault: ${JSON.stringify(fault)}`),
    ...run.faults.met.map((fault) => `fault: ${JSON.stringify(fault)}`),
    ...run.journal.lines,
  ]
  await writeFile(path, `${lines.join('\n')}\n`)
  return [
    `seed ${seed} went wrong; its log is ${relative(process.cwd(), path)}`,
    `  again: PURSER_SIM_SEED=${seed} PURSER_SIM_TIMES=20 npx vitest run --project simulation-embedded seeds`,
    ...problems.slice(0, 8).map((problem) => `  ${problem}`),
  ].join('\n')
}
