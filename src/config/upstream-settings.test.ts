import { describe, expect, it } from 'vitest'
import { readSettings } from './read-settings.ts'

/** Guarantee: the balances are changed at another server only when that server is fully named, by somebody's decision. */

const URL = 'PURSER_CREDITS_UPSTREAM_URL'
const KEY = 'PURSER_CREDITS_UPSTREAM_KEY'
const PROJECT = 'PURSER_CREDITS_UPSTREAM_PROJECT'
const ALL = { [URL]: 'https://api.revenuecat.com/v2', [KEY]: 'sk_Zq7vXw', [PROJECT]: 'proj1ab2c3d4' }

const noFile = (): string => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
}

function without(...names: string[]) {
  return Object.fromEntries(Object.entries(ALL).filter(([name]) => !names.includes(name)))
}

describe('the settings of the upstream', () => {
  it('are read together, the key also from a file', () => {
    const read = readSettings({ ...without(KEY), [`${KEY}_FILE`]: '/run/key' }, () => 'sk_Zq7vXw\n')
    expect(read).toMatchObject({
      ok: true,
      reading: {
        settings: {
          creditsUpstreamUrl: 'https://api.revenuecat.com/v2',
          creditsUpstreamKey: 'sk_Zq7vXw',
          creditsUpstreamProject: 'proj1ab2c3d4',
        },
      },
    })
  })

  it.each([
    [[KEY], KEY, `${URL} and ${PROJECT} are given without ${KEY}`],
    [[URL], URL, `${KEY} and ${PROJECT} are given without ${URL}`],
    [[KEY, PROJECT], KEY, `${URL} is given without ${KEY} and ${PROJECT}`],
  ])('are given together or not at all: the fault of %j says what is missing', (missing, name, problem) => {
    const read = readSettings(without(...missing), noFile)
    expect(read.ok ? [] : read.faults.map((fault) => [fault.name, fault.problem])).toEqual([[name, problem]])
  })

  it.each([
    [URL, 'http://api.revenuecat.com/v2'],
    [KEY, 'sk_Zq7vXw with blanks'],
    [PROJECT, '../other'],
  ])('refuse %s=%s, and quote no key', (name, value) => {
    const read = readSettings({ ...ALL, [name]: value }, noFile)
    expect(read.ok ? [] : read.faults.map((fault) => fault.name)).toEqual([name])
    expect(JSON.stringify(read)).not.toContain('Zq7vXw')
  })
})
