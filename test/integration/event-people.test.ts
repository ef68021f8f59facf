import { expect, test } from 'vitest'
import { ConflictError } from '../../src/core/lib/conflict-error.ts'
import { readEventPeople } from '../../src/db/event-people.ts'
import type { Query } from '../../src/db/statement.ts'
import { getCustomer } from '../../src/usecases/customers/get-customer.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()
const ANONYMOUS = '$RCAnonymousID:0123456789abcdef0123456789abcdef'

test('a merge between two reads of the relay is read again, and nobody is taken for erased', async () => {
  const { projectId } = shop.demo
  const open = async (appUserId: string) =>
    (await getCustomer(shop.ctx, { projectId, appUserId, touch: false })).customer
  const [anonymous, anna] = [await open(ANONYMOUS), await open('anna')]
  let isMerged = false
  const query: Query = async (statement, values) => {
    if (statement.name === 'event_people.aliases' && !isMerged) {
      isMerged = true
      await identifyCustomer(shop.ctx, { projectId, appUserId: ANONYMOUS, newAppUserId: 'anna' })
    }
    return shop.database.query(statement, values)
  }
  await expect(readEventPeople(query)([anonymous])).rejects.toThrow(ConflictError)
  const people = await readEventPeople(query)([anonymous])
  expect(people.get(anonymous.customerId)?.customer.customerId).toBe(anna.customerId)
})
