/** The life of a simulated process. When it is killed, nobody hears from it any more. */
export class ProcessLife {
  isOver = false
  /** Settles, by an error, at the moment of the kill. */
  readonly over: Promise<never>
  #end: (error: Error) => void = () => undefined

  constructor() {
    this.over = new Promise<never>((_resolve, reject) => {
      this.#end = reject
    })
    this.over.catch(() => undefined)
  }

  kill(): void {
    this.isOver = true
    this.#end(new Error('the process was killed'))
  }

  /** Passes on what becomes of a promise, as long as there is anybody to hear it. */
  heard<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.isOver || resolve(value),
        (error) => this.isOver || reject(error),
      )
    })
  }
}

/** What a dead process answers. */
export function silence<Value>(): Promise<Value> {
  return new Promise(() => undefined)
}
