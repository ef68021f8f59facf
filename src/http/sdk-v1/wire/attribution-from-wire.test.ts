import { describe, expect, it } from 'vitest'
import { attributionFromWire } from './attribution-from-wire.ts'

const read = (body: unknown) => Object.fromEntries(attributionFromWire(body).map(({ key, value }) => [key, value]))

describe('attributionFromWire', () => {
  it('keeps what SDKs add for every network', () => {
    const data = { rc_idfa: 'A', rc_idfv: 'V', rc_gps_adid: 'G', rc_ip_address: '203.0.113.9', campaign: 'x' }
    expect(read({ network: '0', data })).toEqual({ $idfa: 'A', $idfv: 'V', $gpsAdId: 'G', $ip: '203.0.113.9' })
  })

  it.each([
    [1, '$adjustId'],
    ['2', '$appsflyerId'],
    [4, '$tenjinId'],
    [5, '$fbAnonId'],
    [6, '$mparticleId'],
  ])('keeps the id of network %j as %s', (network, key) => {
    expect(read({ network, data: { rc_attribution_network_id: 'n1' } })).toEqual({ [key]: 'n1' })
  })

  it.each([
    null,
    5,
    [],
    {},
    { data: 'x' },
    { network: 3, data: { rc_attribution_network_id: 'n' } },
    { network: 1, data: { rc_idfa: 5 } },
  ])('finds nothing in %j', (body) => {
    expect(read(body)).toEqual({})
  })
})
