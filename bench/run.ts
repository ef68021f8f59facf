import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { adjust } from './adjust.ts'
import { bulkGrants } from './bulk-grants.ts'
import { customerGrowth } from './customer-growth.ts'
import { customerRead } from './customer-read.ts'
import { groupCommit } from './group-commit.ts'
import { ledgerGrowth } from './ledger-growth.ts'
import { type Measurement, tableOf } from './measurement.ts'
import { realtime } from './realtime.ts'
import { receipts } from './receipts.ts'
import { startup } from './startup.ts'
import { webhooks } from './webhooks.ts'

/** `npm run bench [-- --only NAME] [-- --json FILE]`: each figure beside its limit, measured in the same run. Without a name all run but the long ones. */
const BENCHMARKS = [
  startup,
  customerRead,
  customerGrowth,
  receipts,
  groupCommit,
  adjust,
  bulkGrants,
  ledgerGrowth,
  realtime,
  webhooks,
]

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } })
const chosen = BENCHMARKS.filter(({ name, isLong }) =>
  values.only === undefined ? isLong !== true : name === values.only,
)
if (chosen.length === 0) {
  process.stderr.write(
    `there is no benchmark '${values.only}'; there are: ${BENCHMARKS.map(({ name }) => name).join(', ')}\n`,
  )
  process.exit(1)
}

const measurements: Measurement[] = []
for (const benchmark of chosen) {
  process.stderr.write(`running ${benchmark.name} ...\n`)
  measurements.push(...(await benchmark.run()))
}
process.stdout.write(`${tableOf(measurements)}\n`)
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(measurements, null, 2)}\n`)
