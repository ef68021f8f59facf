import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startGateway } from '../../test/support/realtime-client.ts'
import { revokeSessions } from '../usecases/realtime/revoke-sessions.ts'

let rig: Awaited<ReturnType<typeof startGateway>>

beforeEach(async () => {
  rig = await startGateway()
})

afterEach(() => rig.close())

const everything = { projectId: 'proj', userId: 'anna', deviceId: null }
const signOut = (bearer: string, query = '') =>
  rig.ask(`/v1/sessions/realtime${query}`, { method: 'DELETE', headers: { authorization: `Bearer ${bearer}` } })

describe('a revocation', () => {
  it('ends every connection of the user at once, on every transport, and those of nobody else', async () => {
    const phone = await rig.connect(await rig.token('anna', 'phone'))
    const tablet = await rig.stream(`?token=${await rig.token('anna', 'tablet')}`)
    const watch = rig.ask('/realtime/poll?cursor=1', {
      headers: { authorization: `Bearer ${await rig.token('anna', 'watch')}` },
    })
    await rig.until(3)
    const ben = await rig.connect(await rig.token('ben'))
    expect(await revokeSessions(rig.world.ctx, everything)).toEqual({ ok: true, value: { tokensRevoked: 3 } })
    expect(await phone.next()).toMatchObject({ event: 'session.revoked', data: { topic: 'user:anna', silent: true } })
    expect(await phone.closed).toEqual({ code: 4001, reason: 'session_revoked' })
    expect(await tablet.until('session.revoked')).not.toBeNull()
    expect((await tablet.until('closed'))?.data?.data).toEqual({ code: 4001, reason: 'session_revoked' })
    expect((await watch).body).toMatchObject({ close: { code: 4001, reason: 'session_revoked' } })
    expect(await ben.settled()).toEqual([])
  })

  it('makes a token worthless on every transport', async () => {
    const token = await rig.token('anna')
    await revokeSessions(rig.world.ctx, everything)
    expect(await rig.refused(`/realtime?token=${token}`)).toMatchObject({
      status: 401,
      body: { detail: 'invalid_token' },
    })
    for (const path of ['events', 'poll']) {
      expect(await rig.ask(`/realtime/${path}?token=${token}`)).toMatchObject({
        status: 401,
        body: { detail: 'invalid_token' },
      })
    }
  })

  it('ends sessions within seconds where no message of it arrives, by comparing with the database', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    rig.world.announceTo(() => undefined)
    await revokeSessions(rig.world.ctx, everything)
    expect(await anna.settled()).toEqual([])
    rig.world.clock.advance(6000)
    expect(await anna.closed).toEqual({ code: 4001, reason: 'session_revoked' })
  })

  it('reaches a connection that was being opened meanwhile', async () => {
    const token = await rig.token('anna')
    const find = rig.world.read.customers.findByAppUserId
    rig.world.read.customers.findByAppUserId = async (projectId, userId) => {
      rig.world.read.customers.findByAppUserId = find
      // The token was found; it is revoked before the session is known to anybody.
      await revokeSessions(rig.world.ctx, everything)
      return find(projectId, userId)
    }
    const anna = await rig.connect(token)
    expect(await anna.closed).toEqual({ code: 4001, reason: 'session_revoked' })
  })

  it('refuses an unknown user, whose id may be misspelt', async () => {
    expect(await revokeSessions(rig.world.ctx, { ...everything, userId: 'nobody' })).toEqual({
      ok: false,
      refusal: { code: 'customer_not_found' },
    })
  })

  it('cannot be made up by a message: tokens that still exist keep their sessions', async () => {
    const anna = await rig.connect(await rig.token('anna'))
    rig.bus.publish({
      projectId: 'proj',
      customerId: 'cust_anna',
      revision: 1,
      kinds: [],
      cause: 'revocation',
      currency: null,
      occurredAt: 0,
      absorbedCustomerId: null,
    })
    expect(await anna.settled()).toEqual([])
  })
})

describe('signing out', () => {
  it('with a socket token ends its device and leaves the others', async () => {
    const token = await rig.token('anna', 'phone')
    const [phone, tablet] = [await rig.connect(token), await rig.connect(await rig.token('anna', 'tablet'))]
    expect((await signOut(token)).status).toBe(204)
    expect((await phone.closed).code).toBe(4001)
    expect(await tablet.settled()).toEqual([])
    expect(await signOut(token)).toMatchObject({ status: 401, body: { detail: 'invalid_token' } })
  })

  it("with the user's own token ends a named device, or all of them", async () => {
    const [phone, tablet] = [
      await rig.connect(await rig.token('anna', 'phone')),
      await rig.connect(await rig.token('anna', 'tablet')),
    ]
    expect((await signOut('user.anna', '?device_id=phone')).status).toBe(204)
    expect((await phone.closed).code).toBe(4001)
    expect(await tablet.settled()).toEqual([])
    expect((await signOut('user.anna')).status).toBe(204)
    expect((await tablet.closed).code).toBe(4001)
  })

  it("never ends another user's sessions, whatever the request names", async () => {
    const ben = await rig.connect(await rig.token('ben', 'phone'))
    const token = await rig.token('anna', 'phone')
    expect((await signOut('user.anna', '?device_id=phone')).status).toBe(204)
    expect((await signOut(token)).status).toBe(401)
    expect((await signOut('user.anna', '?user_id=ben')).status).toBe(422)
    expect(await ben.settled()).toEqual([])
  })

  it.each([
    ['', 401, 'missing_bearer'],
    ['unknown', 401, 'invalid_token'],
    ['not.a.user', 401, 'invalid_token'],
  ])('is refused with the bearer "%s"', async (bearer, status, detail) => {
    expect(await signOut(bearer)).toMatchObject({ status, body: { detail } })
  })

  it('takes no body, so that nobody believes that one was read', async () => {
    const refused = await rig.ask('/v1/sessions/realtime', {
      method: 'DELETE',
      headers: { authorization: 'Bearer user.anna', 'content-type': 'application/json' },
      body: '{"device_id":"phone"}',
    })
    expect(refused.status).toBe(422)
  })
})
