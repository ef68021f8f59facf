import { expect, test } from 'vitest'
import { applyChange } from './apply-change.ts'
import { EMPTY, lot, wallet } from './fixtures/wallets.ts'
import { writeOff } from './write-off.ts'

test('a wallet that is written off has nothing left in any lot, and all of it went to a named account', () => {
  const mine = wallet(lot('late', 7, { expiresAt: 51 }), lot('ever', 5))
  const change = writeOff(mine)
  if (change === null) throw new Error('there was something to write off')
  expect(change.postings).toEqual([
    { account: 'wallet', currency: 'CRD', amount: -12 },
    { account: 'expired', currency: 'CRD', amount: 12 },
  ])
  expect(applyChange(mine, change)).toEqual({ ...mine, balance: 0, lots: [] })
})

test('an empty wallet needs no transaction, and a debt is no reason for one', () => {
  expect(writeOff(EMPTY)).toBeNull()
  expect(writeOff({ ...EMPTY, owed: 9 })).toBeNull()
})
