import { beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS } from '../../src/core/lib/clock.ts'
import { statement } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { DEVICES_MAX, registerDevice, unregisterDevice } from '../../src/usecases/push/register-device.ts'
import { newShopPerStory } from '../support/story.ts'

const BUNDLE = 'com.example.app'
const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const ALL = statement('test.devices', 'select customer_id, device_id, push_token from devices order by device_id')

const shop = newShopPerStory()
let projectId = ''
beforeEach(() => {
  projectId = shop.demo.projectId
})

const register = (userId: string, deviceId: string, pushToken: string, bundleId = BUNDLE) =>
  registerDevice(shop.ctx, { projectId, userId, deviceId, platform: 'ios', pushToken, bundleId })
const customerOf = async (userId: string) => {
  const customer = await shop.ctx.read.customers.findByAppUserId(projectId, userId)
  if (customer === null) throw new Error(`${userId} is known`)
  return customer
}
const tokensOf = async (userId: string, bundleId = BUNDLE) => {
  const devices = await shop.ctx.read.devices.ofCustomers([await customerOf(userId)], bundleId)
  return devices.map(({ pushToken }) => pushToken).sort()
}

describe('a device', () => {
  test('is registered for its user, who is created with it, and changes nothing that a client reads', async () => {
    await register('anna', 'phone', 'aa')
    expect(await tokensOf('anna')).toEqual(['aa'])
    expect((await customerOf('anna')).revision).toBe(1)
    expect(shop.changes).toEqual([])
  })

  test('is renewed under its id, and is pushed to only as an installation of its own app', async () => {
    await register('anna', 'phone', 'aa')
    await register('anna', 'phone', 'bb')
    await register('anna', 'tablet', 'cc', 'com.example.other')
    expect(await tokensOf('anna')).toEqual(['bb'])
    expect(await tokensOf('anna', 'com.example.other')).toEqual(['cc'])
  })

  test('belongs to whoever signed in there last', async () => {
    await register('anna', 'phone', 'aa')
    await register('ben', 'phone', 'aa')
    expect(await tokensOf('anna')).toEqual([])
    expect(await tokensOf('ben')).toEqual(['aa'])
  })

  test('gives way when its user has too many, the one that was registered longest ago first', async () => {
    for (let index = 0; index <= DEVICES_MAX; index++) {
      await register('anna', `device ${index}`, `0${index}`)
      shop.clock.advance(1)
    }
    const tokens = await tokensOf('anna')
    expect(tokens).toHaveLength(DEVICES_MAX)
    expect(tokens).not.toContain('00')
  })

  test('is removed by its user, and that may be asked for again', async () => {
    await register('anna', 'phone', 'aa')
    const phone = { projectId, userId: 'anna', deviceId: 'phone' }
    expect(await unregisterDevice(shop.ctx, { ...phone, userId: 'nobody' })).toBe(false)
    expect(await unregisterDevice(shop.ctx, phone)).toBe(true)
    expect(await unregisterDevice(shop.ctx, phone)).toBe(false)
    expect(await tokensOf('anna')).toEqual([])
  })

  test('that the service does not know is forgotten, unless it was registered again since', async () => {
    await register('anna', 'phone', 'aa')
    await register('ben', 'phone', 'bb')
    const pushedAt = shop.clock.now() + 1
    shop.clock.advance(HOUR_MS)
    await register('ben', 'phone', 'bb')
    const forget = (token: string) =>
      shop.ctx.transaction<number, never>(async (tx) => ({
        ok: true,
        value: await tx.devices.deleteByToken(token, pushedAt),
      }))
    expect(await forget('aa')).toEqual({ ok: true, value: 1 })
    expect(await forget('bb')).toEqual({ ok: true, value: 0 })
  })

  test('goes along when its user is merged into another one; of two with one id the later stays', async () => {
    await register(PHONE, 'phone', 'aa')
    await register(PHONE, 'watch', 'bb')
    shop.clock.advance(1)
    await register('anna', 'phone', 'cc')
    await identifyCustomer(shop.ctx, { projectId, appUserId: PHONE, newAppUserId: 'anna' })
    const { customerId } = await customerOf('anna')
    expect(await shop.database.query(ALL, [])).toEqual([
      { customer_id: customerId, device_id: 'phone', push_token: 'cc' },
      { customer_id: customerId, device_id: 'watch', push_token: 'bb' },
    ])
  })
})
