import { expect, test } from 'vitest'
import type { Catalog } from '../core/catalog/catalog.ts'
import { cachedCatalogs } from './catalog-cache.ts'

const START = 1_700_000_000_000

function reader() {
  const asked: string[] = []
  const read = async (projectId: string): Promise<Catalog> => {
    asked.push(projectId)
    return { projectId, products: new Map(), offerings: [], currencies: [] }
  }
  return { asked, read }
}

test('callers who ask at the same time or shortly after share one reading', async () => {
  const { asked, read } = reader()
  let now = START
  const { ofProject: catalogOf } = cachedCatalogs(read, { now: () => now })
  const [one, other] = await Promise.all([catalogOf('proj1'), catalogOf('proj1')])
  now += 1_999
  expect(await catalogOf('proj1')).toBe(one)
  expect(other).toBe(one)
  expect(asked).toEqual(['proj1'])
})

test('two seconds later it is read again, and also when the clock was set back', async () => {
  const { asked, read } = reader()
  let now = START
  const { ofProject: catalogOf } = cachedCatalogs(read, { now: () => now })
  for (const at of [START, START + 2_000, START - 1]) {
    now = at
    await catalogOf('proj1')
  }
  expect(asked).toHaveLength(3)
})

test('a change of the catalogue is seen by whoever asks after it, also while an older reading is under way', async () => {
  const { asked, read } = reader()
  const { ofProject, forget } = cachedCatalogs(read, { now: () => START })
  const before = ofProject('proj1')
  forget('proj1')
  const after = ofProject('proj1')
  expect(await after).not.toBe(await before)
  expect(await ofProject('proj1')).toBe(await after)
  expect(asked).toEqual(['proj1', 'proj1'])
})

test('each project has its own', async () => {
  const { asked, read } = reader()
  const { ofProject: catalogOf } = cachedCatalogs(read, { now: () => START })
  expect((await catalogOf('proj1')).projectId).toBe('proj1')
  expect((await catalogOf('proj2')).projectId).toBe('proj2')
  expect(asked).toEqual(['proj1', 'proj2'])
})

test('a reading that failed is not kept', async () => {
  const { read } = reader()
  let isDown = true
  const { ofProject: catalogOf } = cachedCatalogs(
    async (projectId) => {
      if (isDown) throw new Error('the database is away')
      return read(projectId)
    },
    { now: () => START },
  )
  await expect(catalogOf('proj1')).rejects.toThrow('the database is away')
  isDown = false
  expect((await catalogOf('proj1')).projectId).toBe('proj1')
})

test('a thousand projects are kept, and the oldest goes first', async () => {
  const { asked, read } = reader()
  const { ofProject: catalogOf } = cachedCatalogs(read, { now: () => START })
  for (let index = 0; index <= 1_000; index++) await catalogOf(`proj${index}`)
  await catalogOf('proj1000')
  await catalogOf('proj1')
  expect(asked).toHaveLength(1_001)
  await catalogOf('proj0')
  expect(asked).toHaveLength(1_002)
})

test('a catalogue that has not changed stays the same object, and one that has is a new one', async () => {
  let name = 'Monthly'
  let now = START
  const { ofProject: catalogOf } = cachedCatalogs(
    async (projectId) => ({
      projectId,
      products: new Map(),
      offerings: [
        {
          offeringId: 'ofrng1',
          lookupKey: 'default',
          description: name,
          metadata: null,
          isCurrent: true,
          packages: [],
        },
      ],
      currencies: [],
    }),
    { now: () => now },
  )
  const first = await catalogOf('proj1')
  now += 2_000
  expect(await catalogOf('proj1')).toBe(first)
  name = 'Every month'
  now += 2_000
  expect((await catalogOf('proj1')).offerings[0]?.description).toBe('Every month')
})
