import { type ServerProcess, startServer } from '../support/server-process.ts'
import type { ServerPlace } from './client.ts'

/** Server processes that share a database and a Redis. */
export type Cluster = {
  readonly size: number
  /** Those that take requests now. */
  servers(): readonly ServerPlace[]
  credentials(): ServerProcess['credentials']
  /** Ends one without a warning and starts another in its place. */
  kill(index: number): Promise<void>
  /** Ends one as an operator would, and starts another in its place. Throws when it did not end well. */
  restart(index: number): Promise<void>
  /** What all processes have logged. */
  output(): string
  stop(): Promise<void>
}

/** Starts processes that serve the same demo project. */
export async function startCluster(size: number, dataDir: string, env: Record<string, string>): Promise<Cluster> {
  const running: (ServerProcess & { name: string })[] = []
  const outputs: string[] = []
  const down = new Set<string>()
  let started = 0
  const start = async () => {
    started += 1
    const name = `server-${started}`
    return { ...(await startServer(dataDir, env)), name }
  }
  const at = (index: number) => {
    const server = running[index]
    if (server === undefined) throw new Error(`there is no server ${index}`)
    return server
  }
  const replace = async (index: number, end: (server: ServerProcess) => Promise<unknown>): Promise<void> => {
    const server = at(index)
    down.add(server.name)
    await end(server)
    outputs.push(server.output())
    running[index] = await start()
  }
  // One after the other: the first makes the demo project, the others find it.
  for (let count = 0; count < size; count++) running.push(await start())
  return {
    size,
    servers: () => running.filter(({ name }) => !down.has(name)),
    credentials: () => at(0).credentials,
    kill: (index) => replace(index, (server) => server.kill()),
    restart: (index) =>
      replace(index, async (server) => {
        const code = await server.stop()
        if (code !== 0) throw new Error(`a server that was told to stop ended with ${code}:\n${server.output()}`)
      }),
    output: () => [...outputs, ...running.map((server) => server.output())].join(''),
    async stop() {
      await Promise.all(running.map((server) => server.kill()))
    },
  }
}
