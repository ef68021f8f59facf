/**
 * Does the items of each lane one after the other, and as many lanes at once as `inFlight` says. `work` must not throw:
 * one lane's failure would leave the others running unseen.
 */
export async function runLanes<Lane>(
  lanes: readonly Lane[],
  inFlight: number,
  work: (lane: Lane) => Promise<void>,
): Promise<void> {
  const queue = lanes.values()
  const runner = async () => {
    for (const lane of queue) await work(lane)
  }
  await Promise.all(Array.from({ length: Math.min(inFlight, lanes.length) }, runner))
}
