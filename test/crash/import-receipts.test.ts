import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { auditDatabase } from '../support/audit.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { createDemo } from '../support/demo.ts'
import { inFolder } from '../support/in-folder.ts'

/** Guarantee: an import that dies and is begun again ends as one that was never broken: the report and what people have. */
/** `PURSER_CRASH_ROWS=10000` is a file as somebody would really bring it. */
const ROWS = Number(process.env.PURSER_CRASH_ROWS ?? 1_000)
/** Parts of the report after which the import is killed: soon, in the middle, and near its end. */
const KILLED_AT = [0.05, 0.5, 0.8]
/** A line of the report about a row that was imported. */
const LINE_BYTES = 50
const LOOK_EVERY_MS = 2
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

test(`${ROWS} rows, some of them wrong, killed ${KILLED_AT.length} times`, async () => {
  const rows = rowsOfFile()
  const unbroken = await newPlace(rows)
  expect(await runToEnd(unbroken)).toBe(2)

  const broken = await newPlace(rows)
  for (const part of KILLED_AT) await killAt(broken, part * ROWS * LINE_BYTES)
  expect(await runToEnd(broken)).toBe(2)

  const report = await readFile(unbroken.report, 'utf8')
  expect(report.split('\r\n')).toHaveLength(ROWS + 2)
  expect(outcomesOf(await readFile(broken.report, 'utf8'))).toEqual(outcomesOf(report))
  const state = await stateOf(unbroken)
  expect(state.customers).toBeGreaterThan(0)
  expect(await stateOf(broken)).toEqual(state)

  expect(await runToEnd(broken)).toBe(2)
  expect(await stateOf(broken)).toEqual(state)
  expect(await inFolder(broken.dataDir, ({ engine }) => auditDatabase(engine.database))).toEqual([])
})

/** Users with several receipts, receipts that are there twice or belong to two users, and every fault a row can have. */
function rowsOfFile(): string {
  const at = Date.now()
  const tokens = Array.from({ length: ROWS }, () => `test_${at}_${randomUUID()}`)
  const lines = tokens.map((token, index) => {
    const user = `user-${index % (ROWS * 0.4)}`
    if (index % 97 === 0) return `${user},,credits_500`
    if (index % 89 === 0) return `${user},${token},nothing`
    if (index % 83 === 0) return `,${token},credits_500`
    if (index % 79 === 0) return `${user},not a token,credits_500`
    if (index % 50 === 49) return `${user},${tokens[index - 2]},credits_500`
    return `${user},${token},${index % 3 === 0 ? 'pro_annual' : 'credits_500'}`
  })
  return `app_user_id,fetch_token,product_id\n${lines.join('\n')}\n`
}

type Place = { dataDir: string; file: string; report: string }

/** A data folder with the demo project, and the file to import. */
async function newPlace(rows: string): Promise<Place> {
  const folder = await newDataFolder()
  cleanups.push(folder.remove)
  await inFolder(folder.path, ({ ctx }) => createDemo(ctx))
  const file = join(folder.path, 'receipts.csv')
  await writeFile(file, rows)
  return { dataDir: folder.path, file, report: `${file}.report.csv` }
}

function start({ dataDir, file }: Place): ChildProcess {
  const child = spawn(
    process.execPath,
    [MAIN, 'import', 'receipts', file, '--per-second', '10000', '--parallel', '8'],
    {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PURSER_DATA_DIR: dataDir },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  cleanups.push(async () => void child.kill('SIGKILL'))
  return child
}

async function runToEnd(place: Place): Promise<number> {
  const [code] = (await once(start(place), 'exit')) as [number]
  return code
}

/** Kills the import, as a power cut would, once its report is that long. */
async function killAt(place: Place, bytes: number): Promise<void> {
  const child = start(place)
  const ended = once(child, 'exit')
  while (child.exitCode === null && (await sizeOf(place.report)) < bytes) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  expect(child.exitCode, 'it must not be done before it is killed').toBeNull()
  child.kill('SIGKILL')
  await ended
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0
}

/** What a report says of each row. Fingerprints contain the project, which is another in each data folder. */
function outcomesOf(report: string): string[] {
  return report.split('\r\n').map((line) => line.replace(/^(\d+),[0-9a-f]{16},/, '$1,'))
}

const STATE = statement(
  'test.imported_state',
  `select (select count(*)::int from customers) as customers, (select count(*)::int from purchases) as purchases,
     (select count(*)::int from events) as events,
     (select sum(balance)::text from wallet_balances) as credits,
     (select md5(string_agg(p.store_purchase_id || c.app_user_id, ',' order by p.store_purchase_id, c.app_user_id))
      from purchases p join customer_aliases c
      on c.customer_bucket = p.bucket and c.customer_id = p.customer_id) as owners`,
)

/** Who has what, from the raw rows. */
function stateOf({ dataDir }: Place) {
  return inFolder(dataDir, async ({ engine: { database } }) => {
    const [state] = await database.query<{ customers: number }>(STATE, [])
    if (state === undefined) throw new Error('a count answers a row')
    return state
  })
}
