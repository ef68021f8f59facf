import fc from 'fast-check'
import { expect, it } from 'vitest'
import { referencesOf } from './ledger-references.ts'
import { ticketFrom, ticketsIn } from './tickets.ts'

it.each([
  ['ZD-1042 outage goodwill', ['ZD-1042']],
  ['see SUP-77, ZD-1042 and #12345.', ['SUP-77', 'ZD-1042', '#12345']],
  ['(ZD-1042)/ZD-1042', ['ZD-1042']],
  ['ZD-1042-again', ['ZD-1042']],
  ['P2X-9: promised', ['P2X-9']],
  ['https://example.com/browse/OPS-5', ['OPS-5']],
  ['top-10, covid-19, zd-1', []],
  ['UUID AB12CD34-1234-4ABC-8000-000000000000', []],
  ['page#12 and &#38; and a/#7', []],
  ['XZD-12345678901', []],
  ['V-1, A-2', []],
  ['AA-1 BB-2 CC-3 DD-4 EE-5 FF-6', ['AA-1', 'BB-2', 'CC-3', 'DD-4', 'EE-5']],
])('%s refers to %j', (reason, tickets) => {
  expect(ticketsIn(reason)).toEqual(tickets)
})

it('a missing reason refers to nothing', () => {
  expect(ticketsIn(null)).toEqual([])
})

it.each([
  [' zd-1042 ', 'ZD-1042'],
  ['#12345', '#12345'],
  ['12345', '#12345'],
  ['ZD-', null],
  ['ZD-1042 ZD-1043', null],
  ['', null],
])('whoever looks for %j finds %j', (typed, ticket) => {
  expect(ticketFrom(typed)).toBe(ticket)
})

it('every ticket that a reason refers to can be looked for, whatever the reason is', () => {
  const word = fc.oneof(fc.stringMatching(/^[A-Za-z0-9#-]{1,12}$/), fc.constantFrom(' ', ', ', '/', '-', '#', 'ZD-7'))
  fc.assert(
    fc.property(fc.array(word), (words) => {
      for (const ticket of ticketsIn(words.join(''))) expect(ticketFrom(ticket)).toBe(ticket)
    }),
    { numRuns: 2_000 },
  )
})

it('a transaction without a ticket by nobody in particular is found by nothing, so nothing is written for it', () => {
  for (const actor of ['admin', 'system', 'user', 'apikey019a5c0d1e2f000', 'operator', '']) {
    expect(referencesOf({ actor, reason: 'goodwill' })).toEqual([])
  }
})

it('an operator is found by id, whatever the name is', () => {
  expect(referencesOf({ actor: 'oper019a5c/Anna: "A/B"', reason: 'ZD-1' })).toEqual([
    { kind: 'ticket', value: 'ZD-1' },
    { kind: 'operator', value: 'oper019a5c' },
  ])
})
