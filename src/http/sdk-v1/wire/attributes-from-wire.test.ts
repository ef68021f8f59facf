import { describe, expect, it } from 'vitest'
import { attributeErrors, attributesFromWire } from './attributes-from-wire.ts'

const DEVICE = { ip: '203.0.113.9', deviceVersion: 'iOS 19.1' }
const read = (attributes: unknown, device: Parameters<typeof attributesFromWire>[1] = DEVICE) =>
  attributesFromWire(attributes, device)

describe('attributesFromWire', () => {
  it.each([undefined, null, [], 'x', 5, true])('is null for %j, which is no object', (attributes) => {
    expect(read(attributes)).toBeNull()
  })

  it('hands over values of any type, since the rules judge them', () => {
    expect(read({ a: { value: 'x', updated_at_ms: 5.9 }, b: { value: null }, c: { value: 7 } })).toEqual({
      inputs: [
        { key: 'a', value: 'x', updatedAt: 5 },
        { key: 'b', value: null, updatedAt: null },
        { key: 'c', value: 7, updatedAt: null },
      ],
      faults: [],
    })
  })

  it('names entries that are no attributes, and keeps the others', () => {
    const answer = read({ a: 'x', b: {}, c: null, d: [], e: { value: 'kept' } })
    expect(answer?.inputs).toHaveLength(1)
    expect(answer?.faults.map(({ keyName }) => keyName)).toEqual(['a', 'b', 'c', 'd'])
    expect(attributeErrors(answer?.faults ?? []).attribute_errors[0]).toEqual({
      key_name: 'a',
      message: expect.any(String),
    })
  })

  it.each([-1, 0, '5', null, {}])('takes the stamp %j for absent', (stamp) => {
    expect(read({ a: { value: '', updated_at_ms: stamp } })?.inputs[0]?.updatedAt).toBeNull()
  })

  it('fills in what only the server sees', () => {
    const wish = { $ip: { value: 'true' }, $deviceVersion: { value: 'true' }, own: { value: 'true' } }
    expect(read(wish)?.inputs.map(({ value }) => value)).toEqual(['203.0.113.9', 'iOS 19.1', 'true'])
    expect(read({ $ip: { value: '10.0.0.1' } })?.inputs[0]?.value).toBe('10.0.0.1')
  })

  it('leaves out a device that does not say what it is', () => {
    expect(read({ $deviceVersion: { value: 'true' } }, { ...DEVICE, deviceVersion: null })).toEqual({
      inputs: [],
      faults: [],
    })
  })
})
