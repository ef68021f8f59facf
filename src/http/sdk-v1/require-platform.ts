import type { preValidationAsyncHookHandler } from 'fastify'
import { SdkFault } from './sdk-fault.ts'

/** Values of `X-Platform` that SDKs send or RevenueCat documents, in small letters. */
const PLATFORMS = new Set([
  'ios',
  'watchos',
  'tvos',
  'macos',
  'visionos',
  'uikitformac',
  'android',
  'amazon',
  'galaxy',
  'web',
  'stripe',
  'roku',
  'paddle',
])

/** Refuses a request without a known `X-Platform`, whatever its letter case. REST API v1, POST /receipts. */
export const requirePlatform: preValidationAsyncHookHandler = async (request) => {
  const platform = request.headers['x-platform']
  if (typeof platform !== 'string' || !PLATFORMS.has(platform.toLowerCase())) throw new SdkFault('platform_invalid')
}
