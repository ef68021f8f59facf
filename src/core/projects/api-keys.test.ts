import { describe, expect, test } from 'vitest'
import { API_KEY_MAX_LENGTH, keyShape, publicKeyPrefix } from './api-keys.ts'
import type { Store } from './project.ts'

const STORES: Store[] = [
  'app_store',
  'mac_app_store',
  'play_store',
  'amazon',
  'stripe',
  'rc_billing',
  'paddle',
  'roku',
  'galaxy',
  'test_store',
]

describe('the shape of a key', () => {
  test.each<[string, Store]>([
    ['test_abc', 'test_store'],
    ['appl_abc', 'app_store'],
    ['mac_abc', 'mac_app_store'],
    ['goog_abc', 'play_store'],
    ['amzn_abc', 'amazon'],
    ['galx_abc', 'galaxy'],
    ['strp_abc', 'stripe'],
    ['strp_sb_abc', 'stripe'],
    ['rcb_abc', 'rc_billing'],
    ['rcb_sb_abc', 'rc_billing'],
    ['pdl_abc', 'paddle'],
    ['roku_abc', 'roku'],
  ])('%s belongs to an app of %s', (key, store) => {
    expect(keyShape(key)).toEqual({ kind: 'public', store })
  })

  test('with sk_ is secret, whatever follows', () => {
    expect(keyShape('sk_test_abc')).toEqual({ kind: 'secret' })
  })

  test.each(['', 'abc', 'test_', 'TEST_abc', ' test_abc', 'test_a b', 'test_ä', "test_'--", 'atk_abc', '\u0000'])(
    '%j is no key, so no query is made for it',
    (key) => {
      expect(keyShape(key)).toBeNull()
    },
  )

  test('is not read beyond its greatest length', () => {
    const longest = `test_${'a'.repeat(API_KEY_MAX_LENGTH - 5)}`
    expect(keyShape(longest)).not.toBeNull()
    expect(keyShape(`${longest}a`)).toBeNull()
  })
})

test('a new key of each store is recognised as one of that store, and is no sandbox key', () => {
  for (const store of STORES) {
    expect(keyShape(`${publicKeyPrefix(store)}abc`)).toEqual({ kind: 'public', store })
    expect(publicKeyPrefix(store)).not.toContain('_sb_')
  }
})
