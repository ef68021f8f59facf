import type { AttributeInput } from '../../../core/customers/attributes.ts'
import { integerOf, objectOf, textOf } from './lenient-values.ts'

/** What SDKs add to the data of every network. */
const ATTRIBUTE_OF_FIELD = {
  rc_idfa: '$idfa',
  rc_idfv: '$idfv',
  rc_gps_adid: '$gpsAdId',
  rc_ip_address: '$ip',
} as const

/** Where the id that a network gave the install is kept: Adjust, AppsFlyer, Tenjin, Facebook, mParticle. */
const ID_OF_NETWORK: Readonly<Record<number, string>> = {
  1: '$adjustId',
  2: '$appsflyerId',
  4: '$tenjinId',
  5: '$fbAnonId',
  6: '$mparticleId',
}

/**
 * The attributes in a report of where an install came from; what is not one is not kept. RevenueCat REST API v1,
 * attribution.
 */
export function attributionFromWire(body: unknown): AttributeInput[] {
  const { network, data } = objectOf(body) ?? {}
  const fields = objectOf(data) ?? {}
  const idKey = ID_OF_NETWORK[integerOf(network) ?? -1]
  const pairs: Array<[string | undefined, unknown]> = [
    ...Object.entries(ATTRIBUTE_OF_FIELD).map(([field, key]): [string, unknown] => [key, fields[field]]),
    [idKey, fields.rc_attribution_network_id],
  ]
  return pairs.flatMap(([key, value]) => {
    const text = textOf(value)
    return key === undefined || text === undefined ? [] : [{ key, value: text, updatedAt: null }]
  })
}
