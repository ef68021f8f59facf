import type { FastifyRequest } from 'fastify'
import type { App, Store } from '../../core/projects/project.ts'
import type { Ctx } from '../../usecases/ports.ts'
import { callerOf } from './key-guard.ts'
import { SdkFault } from './sdk-fault.ts'

/** Apps of a project that are looked through; projects have a handful. */
const APPS_MAX = 1_000

/** The stores whose receipts a platform posts, by `X-Platform` in small letters. */
const STORES_OF_PLATFORM: Readonly<Record<string, readonly Store[]>> = {
  ios: ['app_store'],
  watchos: ['app_store'],
  tvos: ['app_store'],
  visionos: ['app_store'],
  uikitformac: ['app_store', 'mac_app_store'],
  macos: ['app_store', 'mac_app_store'],
  android: ['play_store'],
  amazon: ['amazon'],
  galaxy: ['galaxy'],
  stripe: ['stripe'],
  paddle: ['paddle'],
  roku: ['roku'],
  web: ['rc_billing'],
}

/** Tokens of the Test Store say so themselves, on every platform. */
const TEST_TOKEN = /^test_/

/**
 * The app that a receipt belongs to: the one whose key was used. A secret key is good for a whole project, so with it the
 * platform must name one app and no second one. RevenueCat REST API v1, POST /receipts.
 */
export async function receiptApp(ctx: Ctx, request: FastifyRequest, fetchToken: string): Promise<App> {
  const caller = callerOf(request)
  if (caller.kind === 'public') return caller.app
  const platform = String(request.headers['x-platform']).toLowerCase()
  const stores: readonly Store[] = TEST_TOKEN.test(fetchToken) ? ['test_store'] : (STORES_OF_PLATFORM[platform] ?? [])
  const apps = await ctx.read.projects.apps(caller.projectId, APPS_MAX)
  const [app, ...others] = apps.filter(({ store }) => stores.includes(store))
  if (app === undefined) throw new SdkFault('platform_invalid')
  if (others.length > 0) {
    throw new SdkFault(
      'bad_request',
      'Authorization: several apps could have sold this; use the public key of the one.',
    )
  }
  return app
}
