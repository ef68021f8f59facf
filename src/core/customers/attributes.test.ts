import { describe, expect, test } from 'vitest'
import { RESERVED_ATTRIBUTES, WRITE_ONCE_ATTRIBUTES } from './attribute-names.ts'
import {
  type Attribute,
  type AttributeInput,
  type Attributes,
  CUSTOM_ATTRIBUTES_MAX,
  decideAttributes,
  mergeAttributes,
} from './attributes.ts'

const NOW = 1_700_000_000_000
const NONE: Attributes = new Map()

function set(key: string, value: unknown, updatedAt: number | null = null): AttributeInput {
  return { key, value, updatedAt }
}

function stored(entries: Record<string, string | null>, updatedAt = NOW - 1_000): Map<string, Attribute> {
  return new Map(Object.entries(entries).map(([key, value]) => [key, { value, updatedAt }]))
}

function faultOf(key: string, value: unknown): string | undefined {
  return decideAttributes(NONE, [set(key, value)], NOW).faults[0]?.message
}

function customs(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key_${index}`, 'x']))
}

describe('the name of an attribute', () => {
  test.each(['a', 'Abc', 'a-b_c9', 'a'.repeat(40), '$email', '$displayName', '$solarEngineVisitorId'])(
    '%s is good',
    (key) => {
      expect(faultOf(key, key === '$email' ? 'a@example.com' : 'x')).toBeUndefined()
    },
  )

  test.each([
    '',
    ' ',
    'two words',
    '9lives',
    '_a',
    '-a',
    'a.b',
    'ä',
    'a'.repeat(41),
    '$',
    '$unknown',
    '$Email',
    '__proto__',
  ])('%j is refused', (key) => {
    expect(faultOf(key, 'x')).toBe('Key name format is not valid.')
  })

  test('is one of the reserved names when it begins with a dollar, and write-once names are reserved ones', () => {
    for (const key of RESERVED_ATTRIBUTES) expect(key).toMatch(/^\$[a-z][A-Za-z]+$/)
    expect([...WRITE_ONCE_ATTRIBUTES].filter((key) => !RESERVED_ATTRIBUTES.has(key))).toEqual([])
  })
})

describe('the value of an attribute', () => {
  test('is a text of at most 500 characters, counted as people count them', () => {
    expect(faultOf('a', '🐈'.repeat(500))).toBeUndefined()
    expect(faultOf('a', 'x'.repeat(501))).toBe('Value is too long.')
  })

  test.each([5, true, {}, []])('%j is not a text', (value) => {
    expect(faultOf('a', value)).toBe('Value is not a string.')
  })

  test.each(['a@example.com', 'a.b+c@mail.example.co.uk'])('%s is an email address', (value) => {
    expect(faultOf('$email', value)).toBeUndefined()
  })

  test.each([
    'anna',
    '@example.com',
    'a@',
    'a@b',
    'a b@example.com',
    'a@b@example.com',
    'a@example..com',
    'a@example.',
  ])('%s is not an email address', (value) => {
    expect(faultOf('$email', value)).toBe('Value is not a valid email address.')
  })

  test('of the consent status is one of four words', () => {
    for (const value of ['restricted', 'denied', 'authorized', 'unknown']) {
      expect(faultOf('$attConsentStatus', value)).toBeUndefined()
    }
    expect(faultOf('$attConsentStatus', 'yes')).toContain('authorized')
  })
})

describe('setting attributes', () => {
  test('keeps the good keys of a call in which others are bad', () => {
    const decided = decideAttributes(NONE, [set('bad key', 'x'), set('good', 'y'), set('$email', 'nobody')], NOW)
    expect([...decided.changes]).toEqual([['good', { value: 'y', updatedAt: NOW }]])
    expect(decided.faults.map((fault) => fault.keyName)).toEqual(['bad key', '$email'])
  })

  test.each([
    ['older', -1, false],
    ['equally old', 0, false],
    ['newer', 1, true],
  ])('a wish that is %s than what is stored changes something: %s ms, %s', (_name, byMs, changes) => {
    const decided = decideAttributes(stored({ cat: 'Tom' }, NOW - 10), [set('cat', 'Kit', NOW - 10 + byMs)], NOW)
    expect(decided).toMatchObject({ faults: [] })
    expect(decided.changes.has('cat')).toBe(changes)
  })

  test('without a time counts as of now', () => {
    expect(decideAttributes(NONE, [set('cat', 'Tom')], NOW).changes.get('cat')?.updatedAt).toBe(NOW)
  })

  test('with a time far ahead does not block the key until then', () => {
    const far = decideAttributes(NONE, [set('cat', 'Tom', NOW * 2)], NOW).changes
    const inTwoHours = NOW + 2 * 60 * 60 * 1_000
    expect(decideAttributes(far, [set('cat', 'Kit', inTwoHours)], inTwoHours).changes.get('cat')?.value).toBe('Kit')
  })

  test('with a time before all clocks is stored as something that any later wish replaces', () => {
    expect(decideAttributes(NONE, [set('cat', 'Tom', -9e15)], NOW).changes.get('cat')?.updatedAt).toBe(0)
  })

  test.each([null, ''])(
    'with %j deletes: the value goes, and the time stays so that older wishes come too late',
    (value) => {
      const { changes } = decideAttributes(stored({ cat: 'Tom' }), [set('cat', value)], NOW)
      expect([...changes]).toEqual([['cat', { value: null, updatedAt: NOW }]])
      expect(decideAttributes(changes, [set('cat', 'Kit', NOW - 1)], NOW).changes.size).toBe(0)
    },
  )

  test('deleting what was never set is no change', () => {
    expect(decideAttributes(NONE, [set('cat', null)], NOW).changes.size).toBe(0)
  })

  test('decides about a name that comes twice in one call as if it came in two', () => {
    const twice = [set('cat', 'Tom', NOW), set('cat', 'Kit', NOW - 5)]
    expect(decideAttributes(NONE, twice, NOW).changes.get('cat')?.value).toBe('Tom')
  })
})

describe('a write-once attribute', () => {
  test.each([...WRITE_ONCE_ATTRIBUTES])('%s keeps its first value, without a fault', (key) => {
    const decided = decideAttributes(stored({ [key]: 'first' }), [set(key, 'second', NOW), set(key, null, NOW)], NOW)
    expect(decided.faults).toEqual([])
    expect(decided.changes.size).toBe(0)
  })

  test('can be set when it is not set yet', () => {
    expect(decideAttributes(NONE, [set('$idfa', 'first')], NOW).changes.get('$idfa')?.value).toBe('first')
  })
})

describe('the limit of custom attributes', () => {
  test('lets fifty in and names the one beyond', () => {
    const inputs = Object.keys(customs(CUSTOM_ATTRIBUTES_MAX + 1)).map((key) => set(key, 'x'))
    const { changes, faults } = decideAttributes(NONE, inputs, NOW)
    expect(CUSTOM_ATTRIBUTES_MAX).toBe(50)
    expect(changes.size).toBe(50)
    expect(faults.map((fault) => fault.keyName)).toEqual(['key_50'])
  })

  test('does not count reserved and deleted ones, and lets existing ones be changed', () => {
    const full = new Map([...stored(customs(50)), ...stored({ gone: null, $displayName: 'Anna' })])
    expect(decideAttributes(full, [set('$email', 'a@example.com'), set('key_7', 'y')], NOW).faults).toEqual([])
    expect(decideAttributes(full, [set('gone', 'back')], NOW).faults).toHaveLength(1)
  })

  test('has room again after a deletion in the same call', () => {
    const { changes, faults } = decideAttributes(stored(customs(50)), [set('key_0', null), set('new', 'x')], NOW)
    expect(faults).toEqual([])
    expect(changes.size).toBe(2)
  })
})

describe('merging the attributes of two customers', () => {
  test('keeps the newer value of each key, and the kept customer wins a tie', () => {
    const kept = new Map([...stored({ a: 'kept', b: 'kept' }, NOW), ...stored({ c: 'kept' }, NOW - 9)])
    const absorbed = new Map([...stored({ a: 'absorbed' }, NOW), ...stored({ b: 'absorbed' }, NOW - 1)])
    for (const [key, attribute] of stored({ c: 'absorbed', d: 'absorbed' }, NOW - 8)) absorbed.set(key, attribute)
    const changes = mergeAttributes(kept, absorbed)
    expect([...changes.keys()].sort()).toEqual(['c', 'd'])
    expect(changes.get('c')).toEqual({ value: 'absorbed', updatedAt: NOW - 8 })
  })
})
