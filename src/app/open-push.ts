import type { Settings } from '../config/schema.ts'
import type { CustomerChange } from '../core/events/event.ts'
import { ok } from '../core/lib/result.ts'
import { createApnsSender } from '../push/apns-sender.ts'
import { startBackgroundPush } from '../push/background-push.ts'
import type { Gateway } from '../realtime/gateway.ts'
import { intervalScheduler } from '../realtime/scheduler.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Ctx } from '../usecases/ports.ts'

const APPLE = 'https://api.push.apple.com'

export type OpenedPush = { hear(change: CustomerChange): void; stop(): void }

/** Starts background pushes when they are configured. Throws at once when the key cannot be used. */
export function openPush({
  settings,
  ctx,
  gateway,
  logger,
  metrics,
}: {
  settings: Settings
  ctx: Ctx
  gateway: Pick<Gateway, 'isConnected'>
  logger: Logger
  metrics: Pick<Metrics, 'recordPush'>
}): OpenedPush {
  const { apnsKey: pem, apnsKeyId: keyId, apnsTeamId: teamId, apnsBundleId: bundleId, apnsUrl } = settings
  if (pem === undefined || keyId === undefined || teamId === undefined || bundleId === undefined) {
    return { hear: () => undefined, stop: () => undefined }
  }
  const origin = new URL(apnsUrl ?? APPLE).origin
  return startBackgroundPush({
    clock: ctx.clock,
    sender: createApnsSender({ key: { pem, keyId, teamId }, bundleId, origin, clock: ctx.clock }),
    bundleId,
    devices: ctx.read.devices,
    isConnected: gateway.isConnected,
    async forget(pushToken, registeredBefore) {
      await ctx.transaction<number, never>(async (tx) =>
        ok(await tx.devices.deleteByToken(pushToken, registeredBefore)),
      )
    },
    scheduler: intervalScheduler,
    counted: metrics.recordPush,
    logger,
  })
}
