import { expect, it } from 'vitest'
import { receiptsInFlight } from './receipts-in-flight.ts'

function held<Value>() {
  return Promise.withResolvers<Value>()
}

it('runs the work for one receipt one after the other, and for others beside it', async () => {
  const inFlight = receiptsInFlight()
  const first = held<string>()
  const order: string[] = []
  const one = inFlight('a', async () => {
    order.push('a1')
    return first.promise
  })
  const two = inFlight('a', async () => void order.push('a2'))
  const three = inFlight('a', async () => void order.push('a3'))
  await inFlight('b', async () => void order.push('b'))
  expect(order).toEqual(['a1', 'b'])
  first.resolve('done')
  expect(await one).toBe('done')
  await Promise.all([two, three])
  expect(order.slice(2).sort()).toEqual(['a2', 'a3'])
})

it('goes on after work that failed, whose error only its own caller gets', async () => {
  const inFlight = receiptsInFlight()
  const first = held<void>()
  const one = inFlight('a', () => first.promise)
  const two = inFlight('a', async () => 'second')
  first.reject(new Error('the store is down'))
  await expect(one).rejects.toThrow('the store is down')
  expect(await two).toBe('second')
})

it('sends away who would wait too long, with the code that SDKs repeat after', async () => {
  const inFlight = receiptsInFlight(1)
  const first = held<void>()
  const one = inFlight('a', () => first.promise)
  await expect(inFlight('a', async () => undefined)).rejects.toMatchObject({ status: 529, body: { code: 7638 } })
  first.resolve()
  await one
  expect(await inFlight('a', async () => 'later')).toBe('later')
})
