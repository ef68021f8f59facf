import type { FastifyRequest } from 'fastify'
import { countryOf } from '../../core/customers/country.ts'

/** The country of the store on the device, in two letters; iOS names it by three. Null when it is not told. */
export function storefrontOf(request: FastifyRequest): string | null {
  return countryOf(request.headers['x-storefront'])
}
