import { createServer } from 'node:http'

/** `node webhook-receiver.ts PORT`: answers `/slow` 200 after 100 ms, and `/hang` never; `/got` tells what came and when. */
const ANSWER_AFTER_MS = 100

type Got = { id: string; about: string; lagMs: number; at: number }
let got: Got[] = []

const server = createServer(async (request, response) => {
  if (request.url === '/got') {
    response.end(JSON.stringify(got))
    got = []
    return
  }
  const body = Buffer.concat(await request.toArray()).toString()
  if (request.url !== '/slow') return
  const { event } = JSON.parse(body)
  got.push({ id: event.id, about: event.about, lagMs: Date.now() - event.event_timestamp_ms, at: Date.now() })
  setTimeout(() => response.writeHead(200).end(), ANSWER_AFTER_MS)
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'))
