/** Stops on a state that no input can cause. Never use it to judge input: refuse that with a `Result`. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${invariant}`)
}
