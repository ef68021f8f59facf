import { Type } from 'typebox'
import { TOPIC_MAX_LENGTH, TOPICS_MAX } from '../../usecases/realtime/own-topics.ts'

/** Long enough for every device id in use; it becomes part of a key in memory and in the database. */
export const DEVICE_ID_MAX_LENGTH = 200

/** The longest reverse-DNS name that a store accepts. */
const BUNDLE_ID_MAX_LENGTH = 255

/** Session tokens of identity providers have one or two kilobytes. */
const CLERK_JWT_MAX_LENGTH = 8_192

/** Body of a bootstrap. Strict, so that a misspelt field is seen; all fields are optional. */
export const bootstrapBodySchema = Type.Object(
  {
    clerk_jwt: Type.Optional(
      Type.String({
        maxLength: CLERK_JWT_MAX_LENGTH,
        description: 'Informational copy of the user token. It is not read: the Authorization header decides.',
      }),
    ),
    device_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: DEVICE_ID_MAX_LENGTH,
        description:
          'Stable for one device. A new socket of a device closes its older one, so give one when a user may have ' +
          'several devices. Without it, all devices of the user that give none count as one.',
      }),
    ),
    bundle_id: Type.Optional(
      Type.String({ maxLength: BUNDLE_ID_MAX_LENGTH, description: 'The app that calls. Informational.' }),
    ),
    default_topics: Type.Optional(
      Type.Array(Type.String({ maxLength: TOPIC_MAX_LENGTH }), {
        maxItems: TOPICS_MAX,
        description:
          "Topics to be subscribed to from the start. Those that are not the user's own (`user:<id>` or " +
          '`user:<id>:...`) are dropped in silence; when none is left, `user:<id>` is taken.',
      }),
    ),
  },
  { additionalProperties: false },
)

const sessionSchema = Type.Object(
  {
    token: Type.String({ description: 'Credential of the socket, valid for 15 minutes. Keep it secret.' }),
    ws_url: Type.String({
      format: 'uri',
      description: 'Ready-made address of the WebSocket; it contains the token.',
      examples: ['wss://purser.example.com/realtime?token=...'],
    }),
    events_url: Type.String({
      format: 'uri',
      description: 'Ready-made address of the stream of server-sent events; it contains the token.',
    }),
    poll_url: Type.String({
      format: 'uri',
      description: 'Address for long polling, to be asked with the token as bearer.',
    }),
    expires_at: Type.String({
      format: 'date-time',
      description: 'When the token and every socket opened with it expire. Bootstrap again before.',
    }),
    topics: Type.Array(Type.String(), { description: 'The topics the socket starts with.' }),
  },
  { description: 'A prepared realtime session.' },
)

const refusalSchema = (description: string, codes: readonly string[]) =>
  Type.Object(
    { detail: Type.String({ description: 'A code for programs, or text.', examples: [...codes] }) },
    { description },
  )

/** Answers of a bootstrap by status. */
export const bootstrapResponseSchema = {
  200: sessionSchema,
  400: refusalSchema('The body cannot be read, or it is not clear which project is meant.', [
    'invalid_json: The body is not valid JSON.',
    'project_required',
    'project_unknown',
  ]),
  401: refusalSchema('The caller is not a signed-in user.', ['missing_bearer', 'invalid_token', 'token_expired']),
  413: refusalSchema('The body is too large.', ['body_too_large']),
  415: refusalSchema('The body is not JSON.', ['unsupported_media_type']),
  422: refusalSchema('A field is invalid or unknown. The text names it.', ['body must not have additional properties']),
  429: refusalSchema('Too many bootstraps of this user in a minute; see Retry-After.', [
    'rate_limited: 30 a minute; try again in 12 s',
  ]),
  503: refusalSchema('The identity provider is not configured or does not answer.', [
    'identity_unconfigured',
    'identity_unavailable',
  ]),
}
