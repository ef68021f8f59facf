/** Keys of one statement. More gains nothing and makes everybody in the batch wait (measured). */
const BATCH_MAX = 32

/**
 * Joins reads that are asked for at the same moment into one statement: under load a round trip is shared by many, and
 * alone a read waits for nothing but the end of the current turn of the event loop. `readMany` answers in the order of
 * its keys; when it fails, all that were joined fail.
 */
export function coalesced<Key, Value>(readMany: (keys: Key[]) => Promise<Value[]>): (key: Key) => Promise<Value> {
  type Waiting = { key: Key; resolve: (value: Value) => void; reject: (error: unknown) => void }
  const waiting: Waiting[] = []
  const flush = () => {
    const batch = waiting.splice(0, BATCH_MAX)
    if (waiting.length > 0) setImmediate(flush)
    readMany(batch.map(({ key }) => key)).then(
      (values) => {
        for (const [index, { resolve }] of batch.entries()) resolve(values[index] as Value)
      },
      (error) => {
        for (const { reject } of batch) reject(error)
      },
    )
  }
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject })
      if (waiting.length === 1) setImmediate(flush)
    })
}
