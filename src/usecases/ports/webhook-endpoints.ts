import type { Circuit } from '../../core/webhooks/circuit.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'

/** Deleted endpoints are answered by none of these. */
export type WebhookEndpointReads = {
  /** All of a project, the oldest first. */
  list(projectId: string): Promise<WebhookEndpoint[]>
  get(projectId: string, endpointId: string): Promise<WebhookEndpoint | null>
  /** Those that something may be sent to now: active, with something due, and with no circuit in the way. */
  withDue(now: number): Promise<WebhookEndpoint[]>
  /** How many circuits are open, in all projects. */
  openCircuits(): Promise<number>
}

export type TxWebhookEndpoints = {
  count(projectId: string): Promise<number>
  insert(endpoint: WebhookEndpoint): Promise<void>
  /** Locks an endpoint until the end of the transaction. */
  lock(projectId: string, endpointId: string): Promise<WebhookEndpoint | null>
  /** Saves everything but the circuit. */
  update(endpoint: WebhookEndpoint): Promise<void>
  /** Locks the circuits of endpoints, in one order. */
  lockCircuits(endpointIds: readonly string[]): Promise<Map<string, Circuit>>
  saveCircuit(endpointId: string, circuit: Circuit): Promise<void>
  /** Takes the probe that is due, and puts the next one off; false when somebody else has it. */
  takeProbe(endpointId: string, now: number, nextAt: number): Promise<boolean>
  /** All endpoints, deleted ones too, for what tidies up after them. */
  all(): Promise<Array<{ endpointId: string; isDeleted: boolean }>>
  /** Removes the row of a deleted endpoint that nothing refers to any more. */
  remove(endpointId: string): Promise<void>
}
