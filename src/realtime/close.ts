/** How a session ends: the WebSocket close code and a word for it. */
export type Close = { code: number; reason: string }

/**
 * Every end that the server decides. Codes from 4000 are the application's; 1001, 1009 and 1011 are those of RFC 6455
 * (going away, message too big, internal error), 1012 is "service restart" of the IANA registry.
 */
export const CLOSE = {
  idle: { code: 1001, reason: 'idle' },
  frameTooLarge: { code: 1009, reason: 'frame_too_large' },
  internalError: { code: 1011, reason: 'internal_error' },
  serviceRestart: { code: 1012, reason: 'service_restart' },
  tokenExpired: { code: 4001, reason: 'token_expired' },
  revoked: { code: 4001, reason: 'session_revoked' },
  protocolError: { code: 4002, reason: 'protocol_error' },
  replaced: { code: 4003, reason: 'replaced' },
  tooSlow: { code: 4008, reason: 'too_slow' },
  tooManyFrames: { code: 4029, reason: 'too_many_frames' },
} as const satisfies Record<string, Close>
