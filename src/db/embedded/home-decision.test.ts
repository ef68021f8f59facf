import { describe, expect, it } from 'vitest'
import { decideHome, type HomeFacts } from './home-decision.ts'

const facts: HomeFacts = {
  dataDir: '/d',
  pointer: undefined,
  pointerLeadsSomewhere: false,
  clusterInDataDir: false,
  serverCanUseDataDir: true,
  userName: 'nobody',
  freeSystemHome: '/var/lib/purser/ab',
}

describe('where the cluster lives', () => {
  it('in the data folder when the server can work there', () => {
    expect(decideHome(facts)).toEqual({ kind: 'data-dir', folder: '/d/postgres' })
  })

  it('in the system folder when it cannot', () => {
    expect(decideHome({ ...facts, serverCanUseDataDir: false })).toEqual({
      kind: 'system',
      folder: '/var/lib/purser/ab',
    })
  })

  it('where it was put once, even if the data folder could be used by now', () => {
    const moved = { ...facts, pointer: '/elsewhere', pointerLeadsSomewhere: true }
    expect(decideHome(moved)).toEqual({ kind: 'system', folder: '/elsewhere' })
  })

  it('nowhere else when it is known and gone, or out of reach, or there are two: an empty one would look like a loss', () => {
    const gone = decideHome({ ...facts, pointer: '/elsewhere' })
    expect(gone).toMatchObject({ kind: 'refuse', fault: 'cluster-missing' })
    const unreachable = decideHome({ ...facts, clusterInDataDir: true, serverCanUseDataDir: false })
    expect(unreachable).toMatchObject({ kind: 'refuse', fault: 'cluster-unreachable' })
    const two = decideHome({ ...facts, pointer: '/elsewhere', pointerLeadsSomewhere: true, clusterInDataDir: true })
    expect(two).toMatchObject({ kind: 'refuse', fault: 'cluster-missing' })
  })
})
