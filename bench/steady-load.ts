import { Agent, request } from 'node:http'

const TICK_MS = 10
const CONNECTIONS = 64

export type Answer = { index: number; status: number; body: string; answeredAt: number }

/**
 * Sends requests at a fixed rate, whether or not the earlier ones are answered: a server that is slow must not slow its
 * own load down. Answers all answers.
 */
export async function steadyLoad(
  perSecond: number,
  seconds: number,
  send: (index: number, agent: Agent) => Promise<Answer>,
): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const total = perSecond * seconds
  const answers: Promise<Answer>[] = []
  const startedAt = performance.now()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) * perSecond) / 1_000))
      while (answers.length < due) answers.push(send(answers.length, agent))
      if (answers.length < total) return
      clearInterval(timer)
      resolve()
    }, TICK_MS)
  })
  try {
    return await Promise.all(answers)
  } finally {
    agent.destroy()
  }
}

/** One POST of a JSON text. */
export function post(
  { url, headers, agent, index }: { url: string; headers: Record<string, string>; agent: Agent; index: number },
  body: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { ...headers, 'content-type': 'application/json' } })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          index,
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          answeredAt: Date.now(),
        }),
      )
    })
    sent.end(body)
  })
}
