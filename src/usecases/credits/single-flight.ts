import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { KeyRefusal } from '../idempotency.ts'
import type { IntentKey } from '../ports/credit-intents.ts'

/**
 * Lets parallel requests of this process under one key be one: the others wait for the first and get its answer, marked as
 * a repeat. Each wait is as long as the first takes, which has bounds of its own; so has the memory, since an entry lives
 * as long as a request.
 */
export class SingleFlight {
  readonly #flights = new Map<string, { fingerprint: string; answer: Promise<Result<unknown, unknown>> }>()

  async join<Outcome extends { replayed: boolean }, Refusal>(
    key: IntentKey | null,
    fingerprint: string,
    work: () => Promise<Result<Outcome, Refusal>>,
  ): Promise<Result<Outcome, Refusal | KeyRefusal>> {
    if (key === null) return work()
    const name = JSON.stringify([key.projectId, key.scope, key.key])
    const flight = this.#flights.get(name)
    if (flight !== undefined) {
      if (flight.fingerprint !== fingerprint) return refuse({ code: 'idempotency_key_conflict' })
      const answer = (await flight.answer) as Result<Outcome, Refusal>
      return answer.ok ? ok({ ...answer.value, replayed: true }) : answer
    }
    const answer = work()
    this.#flights.set(name, { fingerprint, answer })
    try {
      return await answer
    } finally {
      this.#flights.delete(name)
    }
  }
}
