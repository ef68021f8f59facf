import { afterEach, beforeEach, expect } from 'vitest'
import { auditDatabase } from './audit.ts'
import { createDemo, type Demo } from './demo.ts'
import { openWorld, type World } from './world.ts'

/** The demo shop in a world of its own. */
export type Shop = World & { demo: Demo }

/** Gives every test of a file a new shop, and checks after each that the database is sound, whatever the story was. */
export function newShopPerStory(startAt?: number): Shop {
  const shop = {} as Shop
  beforeEach(async () => {
    const world = await openWorld(startAt)
    Object.assign(shop, world, { demo: await createDemo(world.ctx) })
  })
  afterEach(async () => {
    try {
      expect(await auditDatabase(shop.database)).toEqual([])
    } finally {
      await shop.close()
    }
  })
  return shop
}
