import { Listener } from './listener.ts'
import { platformFrom } from './platform.ts'
import type { RealtimeConnection, RealtimeOptions } from './realtime-options.ts'

export type { Platform } from './platform.ts'
export type {
  RealtimeChange,
  RealtimeConnection,
  RealtimeFrame,
  RealtimeOptions,
  RealtimeProblem,
  RealtimeState,
  StopReason,
  Transport,
} from './realtime-options.ts'

/**
 * Listens for the changes of the signed-in user until it is closed, and comes back by itself whatever happens to the
 * line. Follows the realtime protocol of Purser's documentation. Never throws; what goes wrong is told to `onProblem`.
 */
export function connectRealtime(options: RealtimeOptions): RealtimeConnection {
  const listener = new Listener(options, platformFrom(options.platform))
  listener.start()
  return {
    get state() {
      return listener.shown
    },
    retry: () => listener.handle({ type: 'wake' }),
    close: () => listener.handle({ type: 'stop', reason: 'closed' }),
  }
}
