import { describe, expect, test } from 'vitest'
import { type KnownId, planAlias, planIdentify } from './identify.ts'

const ANONYMOUS = '$RCAnonymousID:0123456789abcdef0123456789abcdef'
const OTHER_ANONYMOUS = '$RCAnonymousID:fedcba9876543210fedcba9876543210'

function id(appUserId: string, exists: boolean, customerHasAnonymousAlias = false): KnownId {
  const customerHasIdentifiedAlias = exists && !appUserId.startsWith('$RCAnonymousID:')
  return { appUserId, exists, customerHasAnonymousAlias, customerHasIdentifiedAlias }
}

describe('a log-in, row by row of the documented table', () => {
  const anonymous = id(ANONYMOUS, true, true)

  test('anonymous to an id that nobody has used: both become one customer', () => {
    expect(planIdentify(anonymous, id('anna', false))).toBe('attach')
  })

  test('anonymous to a known id without an anonymous alias: the customers are merged', () => {
    expect(planIdentify(anonymous, id('anna', true, false))).toBe('merge')
  })

  test('anonymous to a known id that already has an anonymous alias: the app switches and nothing moves', () => {
    expect(planIdentify(anonymous, id('anna', true, true))).toBe('switch')
  })

  test.each([
    [false, false],
    [true, false],
    [true, true],
  ])('identified to any id (exists: %s, has an anonymous alias: %s): the app switches', (exists, hasAnonymous) => {
    expect(planIdentify(id('ben', true, true), id('anna', exists, hasAnonymous))).toBe('switch')
    expect(planIdentify(id('ben', false), id('anna', exists, hasAnonymous))).toBe('switch')
  })
})

describe('a log-in beyond the table', () => {
  test('of an anonymous id whose customer somebody else has logged in to never joins two people', () => {
    const shared = { ...id(ANONYMOUS, true, true), customerHasIdentifiedAlias: true }
    expect(planIdentify(shared, id('anna', true, false))).toBe('switch')
  })

  test('of an anonymous id that the server never saw needs no merge: the name is added to the known customer', () => {
    expect(planIdentify(id(ANONYMOUS, false), id('anna', true, false))).toBe('attach')
    expect(planIdentify(id(ANONYMOUS, false), id('anna', true, true))).toBe('switch')
    expect(planIdentify(id(ANONYMOUS, false), id('anna', false))).toBe('attach')
  })

  test('to itself or to another anonymous id moves nothing', () => {
    expect(planIdentify(id(ANONYMOUS, true, true), id(ANONYMOUS, true, true))).toBe('switch')
    expect(planIdentify(id(ANONYMOUS, true, true), id(OTHER_ANONYMOUS, false))).toBe('switch')
    expect(planIdentify(id(ANONYMOUS, true, true), id(OTHER_ANONYMOUS, true, true))).toBe('switch')
  })
})

describe('an alias', () => {
  test('between two identified customers is refused: a public key must not take over an account', () => {
    for (const exists of [true, false]) {
      expect(planAlias(id('ben', exists), id('anna', true))).toBe('refuse')
      expect(planAlias(id('anna', true), id('ben', exists))).toBe('refuse')
    }
  })

  test('with an anonymous id on either side merges two known customers', () => {
    expect(planAlias(id(ANONYMOUS, true, true), id('anna', true))).toBe('merge')
    expect(planAlias(id('anna', true), id(ANONYMOUS, true, true))).toBe('merge')
    expect(planAlias(id('anna', true, true), id(ANONYMOUS, true, true))).toBe('refuse')
    expect(planAlias(id(ANONYMOUS, false), id('anna', true, true))).toBe('refuse')
    expect(planAlias(id(ANONYMOUS, true, true), id(OTHER_ANONYMOUS, true, true))).toBe('merge')
  })

  test('to an id that nobody has used adds the name', () => {
    expect(planAlias(id(ANONYMOUS, true, true), id('anna', false))).toBe('attach')
    expect(planAlias(id(ANONYMOUS, false), id('anna', true))).toBe('attach')
    expect(planAlias(id(ANONYMOUS, false), id('anna', false))).toBe('attach')
  })
})
