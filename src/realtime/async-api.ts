import { type TSchema, Type } from 'typebox'
import { CLOSE } from './close.ts'
import { CLIENT_FRAMES, clientFrameSchema, PUBLISHED_FRAME, SERVER_FRAMES, serverFrameSchema } from './frame-schemas.ts'

type Message = { name: string; title: string; summary: string; payload: TSchema }

const CHANNELS = ['socket', 'events', 'poll'] as const

const TOKEN = {
  type: 'httpApiKey',
  name: 'token',
  in: 'query',
  description: 'The token of `POST /v1/sessions/realtime-bootstrap`, valid for 15 minutes.',
}
const BEARER = { type: 'http', scheme: 'bearer', description: 'The same token as `Authorization: Bearer`.' }

/** The realtime protocol as an AsyncAPI 3.0 document, made from the schemas of the frames. */
export function asyncApiDocument(version: string): object {
  const [server, client] = [serverMessages(), clientMessages()]
  const messages = Object.fromEntries([...server, ...client].map((message) => [keyOf(message), messageObject(message)]))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Purser realtime',
      version,
      description:
        'Silent invalidations: what changed is read over REST. Skip events and fields that you do not know. ' +
        `The server closes with: ${closeCodes()}.`,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      websocket: { host: 'purser.example.com', protocol: 'wss', security: security() },
      http: { host: 'purser.example.com', protocol: 'https', security: security() },
    },
    channels: {
      socket: {
        address: '/realtime',
        description: 'WebSocket, one frame a text message.',
        servers: [{ $ref: '#/servers/websocket' }],
        messages: references([...server, ...client]),
      },
      events: {
        address: '/realtime/events',
        description: 'Server-sent events: the name is the `event`, the data the whole frame. A ping is a comment.',
        servers: [{ $ref: '#/servers/http' }],
        messages: references(server),
      },
      poll: {
        address: '/realtime/poll',
        description: 'Long polling: an answer has the frames in a list.',
        servers: [{ $ref: '#/servers/http' }],
        messages: references(server),
      },
    },
    operations: {
      ...Object.fromEntries(CHANNELS.map((channel) => [`${channel}Send`, operation('send', channel, server)])),
      socketReceive: operation('receive', 'socket', client),
    },
    components: { messages, securitySchemes: { token: TOKEN, bearer: BEARER } },
  }
}

/** From the side of the server: it sends its frames and receives those of clients. */
function operation(action: 'send' | 'receive', channel: (typeof CHANNELS)[number], messages: readonly Message[]) {
  return {
    action,
    summary: action === 'send' ? 'What the server says.' : 'What a client may say.',
    channel: { $ref: `#/channels/${channel}` },
    messages: messages.map((message) => ({ $ref: `#/channels/${channel}/messages/${keyOf(message)}` })),
  }
}

function serverMessages(): Message[] {
  const own = Object.entries(SERVER_FRAMES).map(([event, frame]) => ({
    name: event,
    title: `event ${event}`,
    summary: frame.summary,
    payload: serverFrameSchema(Type.Literal(event), frame),
  }))
  const event = Type.String({ pattern: '^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+$', examples: ['orders.updated'] })
  const { summary } = PUBLISHED_FRAME
  return [
    ...own,
    { name: 'published', title: 'any other event', summary, payload: serverFrameSchema(event, PUBLISHED_FRAME) },
  ]
}

function clientMessages(): Message[] {
  return (Object.keys(CLIENT_FRAMES) as (keyof typeof CLIENT_FRAMES)[]).map((op) => ({
    name: op,
    title: `op ${op}`,
    summary: CLIENT_FRAMES[op].summary,
    payload: clientFrameSchema(op),
  }))
}

/** Ping and pong are said by both sides, so the side is part of the key. */
function keyOf({ name, title }: Message): string {
  return `${title.startsWith('op ') ? 'client' : 'server'}_${name.replaceAll('.', '_')}`
}

function messageObject({ name, title, summary, payload }: Message): object {
  return {
    name,
    title,
    summary,
    contentType: 'application/json',
    payload: { schemaFormat: SCHEMA_FORMAT, schema: payload },
  }
}

/** JSON Schema as the OpenAPI documents use it: `const` and the like are understood by every AsyncAPI 3 tool. */
const SCHEMA_FORMAT = 'application/schema+json;version=draft-07'

function references(messages: readonly Message[]): object {
  return Object.fromEntries(
    messages.map((message) => [keyOf(message), { $ref: `#/components/messages/${keyOf(message)}` }]),
  )
}

function security(): object[] {
  return [{ $ref: '#/components/securitySchemes/token' }, { $ref: '#/components/securitySchemes/bearer' }]
}

function closeCodes(): string {
  return Object.values(CLOSE)
    .map(({ code, reason }) => `${code} ${reason}`)
    .join(', ')
}
