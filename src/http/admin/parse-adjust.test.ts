import fc from 'fast-check'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { type AdjustFault, type AdjustParts, type AdjustRequest, parseAdjust } from './parse-adjust.ts'
import { AdjustBody, UserAdjustBody } from './wire/adjust-to-wire.ts'

const RULES = { maxAdjust: 100_000 }
const GOOD = { user_id: 'u1', amount: 50, reason: 'ZD-1042' }

function parse(body: unknown, more: Partial<AdjustParts> = {}) {
  return parseAdjust({ pathUserId: null, headerKey: undefined, body, ...more }, RULES)
}

function requestOf(body: unknown, more?: Partial<AdjustParts>): AdjustRequest {
  const parsed = parse(body, more)
  if (!parsed.ok) throw new Error(`refused: ${JSON.stringify(parsed.refusal)}`)
  return parsed.value
}

function faultOf(body: unknown, more?: Partial<AdjustParts>): AdjustFault | null {
  const parsed = parse(body, more)
  return parsed.ok ? null : parsed.refusal
}

function problemsOf(body: unknown, more?: Partial<AdjustParts>): readonly string[] {
  const fault = faultOf(body, more)
  return fault?.code === 'fields_invalid' ? fault.problems : []
}

describe('a change of a balance is read', () => {
  it('with what it leaves out', () => {
    expect(requestOf(GOOD)).toEqual({
      userId: 'u1',
      amount: 50,
      reason: 'ZD-1042',
      currency: 'CRD',
      idempotencyKey: null,
    })
  })

  it('with everything it can say, its reason without surrounding blanks', () => {
    const body = { ...GOOD, amount: -7, reason: ' \t abc \n', currency: 'GEM_2', idempotency_key: 'k' }
    expect(requestOf(body)).toEqual({
      userId: 'u1',
      amount: -7,
      reason: 'abc',
      currency: 'GEM_2',
      idempotencyKey: 'k',
    })
  })

  it('with the user in the path, who may be repeated in the body', () => {
    const { user_id: _, ...rest } = GOOD
    expect(requestOf(rest, { pathUserId: 'u9' }).userId).toBe('u9')
    expect(requestOf(GOOD, { pathUserId: 'u1' }).userId).toBe('u1')
    expect(problemsOf(GOOD, { pathUserId: 'u2' })).toEqual(['user_id: must be the one in the path, or be left out'])
    expect(problemsOf(rest, { pathUserId: 'a\0b' })).toEqual(['user_id: must not contain control characters'])
  })

  it('with its key from the header, from the body, or the same from both', () => {
    expect(requestOf(GOOD, { headerKey: 'h' }).idempotencyKey).toBe('h')
    expect(requestOf({ ...GOOD, idempotency_key: 'h' }, { headerKey: 'h' }).idempotencyKey).toBe('h')
    expect(faultOf({ ...GOOD, idempotency_key: 'b' }, { headerKey: 'h' })).toEqual({ code: 'idempotency_key_mismatch' })
  })
})

describe('a fault names its field', () => {
  it.each([
    ['user_id', [undefined, '', null, 7, 'x'.repeat(256), 'x'.repeat(1_500), 'x'.repeat(1_501), 'a\nb', '\ud800']],
    ['amount', [undefined, null, '5', 1.5, Number.POSITIVE_INFINITY, 100_001, -100_001, true, [5], { a: 5 }]],
    ['reason', [undefined, null, 'ab', '  ab  ', 'x'.repeat(501), 'a\u0000bc', 'a\nbc', 5, '\udc00abc']],
    ['currency', [null, '', 'CR-D', 'ABCDEFGHIJK', 'CRD\n', 5]],
    ['idempotency_key', [null, '', 'x'.repeat(201), 'a\u0007', 5]],
  ])('%s', (field, values) => {
    for (const value of values) {
      expect(problemsOf({ ...GOOD, [field]: value }), JSON.stringify(value)).toEqual([
        expect.stringMatching(`^${field}: `),
      ])
    }
  })

  it('the header, when it is one that a body could never equal', () => {
    expect(problemsOf(GOOD, { headerKey: 'caf\u00c3\u00a9' })).toEqual([
      'Idempotency-Key: must be ASCII; send other keys in the body',
    ])
    expect(problemsOf(GOOD, { headerKey: '' })).toHaveLength(1)
    expect(problemsOf(GOOD, { headerKey: 'x'.repeat(201) })).toHaveLength(1)
  })

  it('unknown fields, each of them and cut short', () => {
    expect(problemsOf({ ...GOOD, ammount: 5 })).toEqual(['"ammount": is not a known field'])
    expect(problemsOf({ ...GOOD, ['x'.repeat(5_000)]: 5 })[0]?.length).toBeLessThan(100)
    expect(problemsOf(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, 1])))).toHaveLength(10)
  })

  it.each([undefined, null, [], [GOOD], 'text', 5])('a body that is not an object: %j', (body) => {
    expect(problemsOf(body)).toEqual(['body: must be a JSON object'])
  })
})

it('lengths are counted in characters as people see them, at both bounds', () => {
  for (const character of ['x', '\u{1f600}']) {
    expect(faultOf({ ...GOOD, reason: character.repeat(3) })).toBeNull()
    expect(faultOf({ ...GOOD, reason: character.repeat(500) })).toBeNull()
    expect(problemsOf({ ...GOOD, reason: character.repeat(2) })).toHaveLength(1)
    expect(problemsOf({ ...GOOD, reason: character.repeat(501) })).toHaveLength(1)
    expect(faultOf({ ...GOOD, user_id: character.repeat(255) })).toBeNull()
    expect(faultOf({ ...GOOD, idempotency_key: character.repeat(200) })).toBeNull()
  }
})

it('zero is told apart from a faulty amount, and only when all else is fine', () => {
  expect(faultOf({ ...GOOD, amount: 0 })).toEqual({ code: 'amount_must_be_nonzero' })
  expect(faultOf({ ...GOOD, amount: -0 })).toEqual({ code: 'amount_must_be_nonzero' })
  expect(problemsOf({ ...GOOD, amount: 0, reason: 'x' })).toHaveLength(1)
})

/** Right values, values near a bound, and anything at all. */
const values: Record<string, fc.Arbitrary<unknown>> = {
  user_id: fc.string({ maxLength: 3, unit: 'binary' }),
  amount: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 99_998, max: 100_002 }), fc.double()),
  reason: fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', ' ', '\n', '\u{1f600}') }),
  currency: fc.stringMatching(/^[A-Z_]{1,11}$/),
  idempotency_key: fc.constantFrom('k', 'other', 'k\u0001', ''),
  extra: fc.constant(1),
}

/** A good body in which up to three fields were replaced. */
const bodies = fc
  .uniqueArray(
    fc.constantFrom(...Object.keys(values)).chain((name) => {
      const value = fc.oneof({ weight: 8, arbitrary: values[name] ?? fc.anything() }, fc.anything())
      return fc.tuple(fc.constant(name), value)
    }),
    { maxLength: 3, selector: ([name]) => name },
  )
  .map((replaced) => ({ ...GOOD, ...Object.fromEntries(replaced) }))

const parts = fc.record({
  body: fc.oneof({ weight: 9, arbitrary: bodies }, fc.anything()),
  pathUserId: fc.constantFrom(null, null, null, 'u1', 'b\u0000'),
  headerKey: fc.constantFrom(undefined, undefined, undefined, 'k', '', '\u00e9'),
})

/** The rules once more, in another form. */
function isAcceptable({ body, pathUserId, headerKey }: AdjustParts): boolean {
  if (Object.prototype.toString.call(body) !== '[object Object]') return false
  const fields = body as Record<string, unknown>
  const plain = (text: string) => text.isWellFormed() && [...text].every((c) => c >= ' ' && (c <= '~' || c >= '\u00a0'))
  const text = (value: unknown, min: number, max: number, inner = (whole: string) => whole): boolean =>
    typeof value === 'string' &&
    plain(inner(value)) &&
    [...inner(value)].length >= min &&
    [...inner(value)].length <= max
  const { user_id: user, amount, reason, currency, idempotency_key: key, ...others } = fields
  return (
    Object.keys(others).length === 0 &&
    text(pathUserId ?? user, 1, 255) &&
    (pathUserId === null || user === undefined || user === pathUserId) &&
    Number.isInteger(amount) &&
    amount !== 0 &&
    Math.abs(amount as number) <= 100_000 &&
    text(reason, 3, 500, (whole) => whole.trim()) &&
    (currency === undefined || /^\w{1,10}$/.test(String(currency))) &&
    (currency === undefined || typeof currency === 'string') &&
    (key === undefined || text(key, 1, 200)) &&
    (headerKey === undefined || (text(headerKey, 1, 200) && !/[^ -~]/.test(headerKey))) &&
    (key === undefined || headerKey === undefined || key === headerKey)
  )
}

it('reading never throws, and accepts exactly what the rules allow', () => {
  const seen = { accepted: 0, refused: 0 }
  fc.assert(
    fc.property(parts, (given) => {
      const parsed = parseAdjust(given, RULES)
      seen[parsed.ok ? 'accepted' : 'refused'] += 1
      expect(parsed.ok).toBe(isAcceptable(given))
    }),
    { numRuns: 3_000 },
  )
  expect(Math.min(seen.accepted, seen.refused), 'both sides were tried').toBeGreaterThan(50)
})

it('the published schema refuses nothing that the parser accepts', () => {
  fc.assert(
    fc.property(parts, (given) => {
      fc.pre(parseAdjust(given, RULES).ok)
      expect(Value.Check(given.pathUserId === null ? AdjustBody : UserAdjustBody, given.body)).toBe(true)
    }),
    { numRuns: 300 },
  )
})
