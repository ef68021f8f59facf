// @ts-check

/**
 * Makes a task that never runs twice at once. A call while it runs lets it run once more afterwards, however often it
 * is called: something may have changed after the running one had read it.
 *
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>} settles when nothing is left to do
 */
export function oneAtATime(work) {
  let isAskedAgain = false
  /** @type {Promise<void> | null} */
  let running = null
  const run = async () => {
    do {
      isAskedAgain = false
      await work()
    } while (isAskedAgain)
  }
  return () => {
    if (running !== null) {
      isAskedAgain = true
      return running
    }
    running = run().finally(() => {
      running = null
    })
    return running
  }
}
