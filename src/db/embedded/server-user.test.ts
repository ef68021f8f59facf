import { describe, expect, it } from 'vitest'
import { chooseServerUser, parsePasswd } from './server-user.ts'

const accounts = parsePasswd(
  '# comment\nroot:x:0:0:root:/root:/bin/bash\nnobody:*:-2:-2:Nobody:/:/bin/false\npostgres:x:101:104::/:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbroken line\n',
)
const asRoot = { processUid: 0, clusterOwner: undefined, dataDirOwner: { uid: 0, gid: 0 }, accounts }

describe('whom the server runs as', () => {
  it('an ordinary user is always the server user, whatever accounts exist', () => {
    expect(chooseServerUser({ ...asRoot, processUid: 1000 })).toBeUndefined()
  })

  it('root keeps the owner of an existing cluster, who alone can open it, even without a passwd entry', () => {
    expect(chooseServerUser({ ...asRoot, clusterOwner: { uid: 4242, gid: 7 } })).toEqual({
      name: 'uid 4242',
      uid: 4242,
      gid: 7,
    })
  })

  it('root prefers the owner of the data folder, who surely can reach it', () => {
    expect(chooseServerUser({ ...asRoot, dataDirOwner: { uid: 1000, gid: 5 } })?.name).toBe('alice')
  })

  it('root does not take a nameless owner of the data folder for a new cluster, as initdb would fail', () => {
    expect(chooseServerUser({ ...asRoot, dataDirOwner: { uid: 4242, gid: 7 } })?.name).toBe('postgres')
  })

  it('root takes service accounts in order and never root itself', () => {
    expect(chooseServerUser(asRoot)).toEqual({ name: 'postgres', uid: 101, gid: 104 })
    const few = accounts.filter((account) => account.name !== 'postgres')
    expect(chooseServerUser({ ...asRoot, accounts: few })).toEqual({ name: 'nobody', uid: -2, gid: -2 })
    const fake = [{ name: 'postgres', uid: 0, gid: 0 }]
    expect(() => chooseServerUser({ ...asRoot, accounts: fake })).toThrow(/useradd --system purser.*DATABASE_URL/)
  })
})
