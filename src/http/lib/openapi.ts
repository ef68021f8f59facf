import type { SwaggerOptions } from '@fastify/swagger'

/** The surfaces that describe themselves. */
export type DocumentName = 'sdk-v1' | 'api-v2' | 'admin' | 'usage'

/** What a document says about the server that answers it. */
export type OpenApiFacts = {
  /** The version of the program. */
  readonly version: string
  /** Undefined when the address is not known; then the server is wherever the document was read. */
  readonly publicUrl: string | undefined
}

type Scheme = { type: 'http'; scheme: 'bearer'; description: string }

type Text = {
  readonly title: string
  readonly description: string
  /** Security schemes by the names that routes use in `security`. */
  readonly schemes: Readonly<Record<string, Scheme>>
  readonly tags: ReadonlyArray<{ readonly name: string; readonly description: string }>
}

const TEXTS: Readonly<Record<DocumentName, Text>> = {
  'sdk-v1': {
    title: 'Purser: SDK API v1',
    description: "What RevenueCat's SDKs call, and server clients of RevenueCat REST API v1.",
    schemes: {
      publicKey: bearer("The app's public key."),
      secretKey: bearer('A secret key for REST API v1.'),
    },
    tags: [],
  },
  'api-v2': {
    title: 'Purser: REST API v2',
    description: 'What server clients of RevenueCat REST API v2 call.',
    schemes: { secretKey: bearer('A secret key for REST API v2.') },
    tags: [],
  },
  admin: {
    title: 'Purser: Admin Credits API',
    description: 'For operators: grant, deduct and read credits. For signed-in users: start a realtime session.',
    schemes: {
      adminSecret: bearer('The setting PURSER_ADMIN_SECRET, or the token of an operator.'),
      userBearer: bearer("A signed-in user's token of the identity provider."),
      socketToken: bearer('The token of a bootstrapped realtime session.'),
    },
    tags: [
      { name: 'Credits', description: 'Currencies, balances and changes by hand.' },
      { name: 'Approvals', description: 'Changes that need two people.' },
      { name: 'Operators', description: 'Who may use this API, by name.' },
      { name: 'Realtime', description: 'Sessions that are told of changes.' },
      { name: 'Customers', description: 'Why somebody has access, and who may not be a customer.' },
    ],
  },
  usage: {
    title: 'Purser: Usage API',
    description: 'For signed-in users and for servers: what may be used in a period, and the use of it.',
    schemes: {
      userBearer: bearer("A signed-in user's token of the identity provider."),
      secretKey: bearer('A secret key for REST API v1 or v2.'),
    },
    tags: [{ name: 'Usage', description: 'Meters, tiers and what things cost.' }],
  },
}

/** The options of `@fastify/swagger` for a surface. Routes are described by their schemas; `hide: true` leaves one out. */
export function openApiOptions(name: DocumentName, { version, publicUrl }: OpenApiFacts): SwaggerOptions {
  const { title, description, schemes, tags } = TEXTS[name]
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title,
        description,
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: publicUrl ?? '/', description: 'This server.' }],
      tags: [...tags],
      components: { securitySchemes: { ...schemes } },
    },
  }
}

function bearer(description: string): Scheme {
  return { type: 'http', scheme: 'bearer', description }
}
