import { expect, it } from 'vitest'
import { countryOf } from './country.ts'

it('reads the three letters of the App Store and the two of everybody else', () => {
  const read = ['USA', 'usa', 'ESP', 'DEU', 'AUT', 'AUS', 'CHE', 'XKS', 'US', 'de', ' GB '].map(countryOf)
  expect(read).toEqual(['US', 'US', 'ES', 'DE', 'AT', 'AU', 'CH', 'XK', 'US', 'DE', 'GB'])
})

it('names no country for anything else', () => {
  expect([null, undefined, 5, '', 'U', 'XX', 'ZZZ', 'United States', '__proto__'].map(countryOf)).toEqual(
    Array(9).fill(null),
  )
})

it('knows every country that the runtime knows by two letters', () => {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const all = letters.flatMap((one) => letters.map((other) => one + other))
  /** Reserved, withdrawn and grouping codes that are no country of ISO 3166-1. */
  const others = new Set(
    'AC AN BU CP CQ CS DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO QU RH SU TA TP UK UN VD WK XA XB YD YU ZR ZZ CT'.split(
      ' ',
    ),
  )
  const missing = all.filter((code) => names.of(code) !== undefined && countryOf(code) === null && !others.has(code))
  expect(missing).toEqual([])
})
