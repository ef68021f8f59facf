import { describe, expect, it } from 'vitest'
import { progressLine } from './progress-line.ts'

/** A terminal that remembers what was written, and a clock that stands at `at`. */
function watched(isTTY: boolean, columns = 120) {
  const written: string[] = []
  const time = { at: 1_000 }
  const terminal = { isTTY, columns, write: (text: string) => void written.push(text.replace('\r\u001b[K', '<')) }
  return { written, time, line: progressLine(terminal, { now: () => time.at }, 'exporting') }
}

const progress = { table: 'events', rows: 1_500, of: 2_000_000, total: 12_000 }

describe('the progress line', () => {
  it('says table, rows and rate on one line that is written over', () => {
    const { written, time, line } = watched(true)
    time.at += 2_000
    line.rows(progress)
    line.clear()
    expect(written).toEqual(['<exporting events 1,500 of 2,000,000; 12,000 rows in all, 6,000 rows/s', '<'])
  })

  it('is written a few times a second, however fast the rows come', () => {
    const { written, time, line } = watched(true)
    for (let rows = 0; rows < 1_000; rows += 1) {
      time.at += 1
      line.rows(progress)
    }
    expect(written).toHaveLength(10)
  })

  it('never wraps, since a line that wrapped cannot be written over', () => {
    const { written, line } = watched(true, 20)
    line.rows(progress)
    expect(written).toEqual(['<exporting events 1,'])
  })

  it('is silent where no terminal is', () => {
    const { written, line } = watched(false)
    line.rows(progress)
    line.say('checking')
    line.clear()
    expect(written).toEqual([])
  })
})
