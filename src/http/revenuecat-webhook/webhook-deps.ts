import type { Result } from '../../core/lib/result.ts'
import type { Ctx } from '../../usecases/ports.ts'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'

/** What the webhook of a hosted RevenueCat needs. */
export type WebhookDeps = {
  ctx: Ctx
  /** The project that is named in the path, or the only one there is. */
  projectNamed(name: string | null): Promise<Result<string, ProjectRefusal>>
  /** Values of the Authorization header that are valid now; none closes the webhook. */
  secrets: readonly string[]
  /** Secrets that RevenueCat signs with; with none, signatures are not looked at. */
  signingSecrets: readonly string[]
  /** Told of every refusal by its code. */
  onRefusal?: (code: string) => void
}
