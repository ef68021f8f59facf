import { expect, it } from 'vitest'
import type { PurchaseFact } from './purchase-fact.ts'
import { type Move, ownerOf } from './told-owner.ts'

function fact(toldAt: number, appUserId: string, names = [appUserId]): PurchaseFact {
  return { eventId: `f${toldAt}`, type: 'RENEWAL', toldAt, appUserId, names } as unknown as PurchaseFact
}

function move(toldAt: number, from: string[], to: string[]): Move {
  return { eventId: `m${toldAt}`, type: 'TRANSFER', toldAt, from, to }
}

it('a chain belongs to whom its latest event names', () => {
  expect(ownerOf([fact(2, 'anna'), fact(1, 'bert')], [])?.appUserId).toBe('anna')
  expect(ownerOf([], [move(1, ['anna'], ['bert'])])).toBeNull()
})

it('a transfer moves it, by any name of the customer, as long as no later event names somebody else', () => {
  const anna = fact(1, 'anna', ['anna', 'anonymous'])
  expect(ownerOf([anna], [move(2, ['anonymous'], ['bert', 'b2'])])).toEqual({
    appUserId: 'bert',
    names: ['bert', 'b2'],
  })
  expect(ownerOf([anna], [move(2, ['carl'], ['bert'])])?.appUserId).toBe('anna')
  expect(ownerOf([fact(3, 'anna')], [move(2, ['anna'], ['bert'])])?.appUserId).toBe('anna')
})

it('transfers follow each other in the order in which they were told', () => {
  const moves = [move(3, ['bert'], ['carl']), move(2, ['anna'], ['bert'])]
  expect(ownerOf([fact(1, 'anna')], moves)?.appUserId).toBe('carl')
})
