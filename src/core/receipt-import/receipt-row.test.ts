import { expect, test } from 'vitest'
import type { App } from '../projects/project.ts'
import { chooseApp } from './choose-app.ts'
import { watchDuplicates } from './duplicate-receipts.ts'
import { columnsProblem, fieldOfColumn } from './receipt-columns.ts'
import { FETCH_TOKEN_MAX_LENGTH, parseReceiptRow, type ReceiptFields } from './receipt-row.ts'

const parse = (fields: ReceiptFields, problem: string | null = null) => parseReceiptRow({ row: 1, fields, problem })

test('a row needs a user and a receipt; what it does not say is null', () => {
  expect(parse({ app_user_id: ' anna ', fetch_token: ' sub_1 ' })).toEqual({
    ok: true,
    value: { appUserId: 'anna', fetchToken: 'sub_1', storeProductId: null, app: null, store: null },
  })
  expect(parse({ app_user_id: 'anna', fetch_token: 'sub_1', product_id: 'pro', app: 'app1', store: '' })).toMatchObject(
    {
      value: { storeProductId: 'pro', app: 'app1', store: null },
    },
  )
})

test.each([
  [{ fetch_token: 'sub_1' }, 'app_user_id is empty'],
  [{ app_user_id: 'null', fetch_token: 'sub_1' }, 'it is a placeholder, not the id of a person'],
  [{ app_user_id: 'anna' }, 'fetch_token is empty'],
  [{ app_user_id: 'anna', fetch_token: 'x'.repeat(FETCH_TOKEN_MAX_LENGTH + 1) }, 'fetch_token is longer than'],
  [{ app_user_id: 'anna', fetch_token: 'sub_1', product_id: 'p'.repeat(256) }, 'product_id is longer than'],
])('a row that cannot be a receipt says why (%#)', (fields, problem) => {
  expect(parse(fields)).toMatchObject({ ok: false, refusal: expect.stringContaining(problem) })
})

test('what the reader of the file found wrong comes first', () => {
  expect(parse({ app_user_id: 'anna', fetch_token: 'sub_1' }, 'has 3 cells')).toEqual({
    ok: false,
    refusal: 'has 3 cells',
  })
})

test("the names of the vendor's bulk files are understood, in any letter case; others are left alone", () => {
  expect(['App_User_Id', 'receipt/JWS', 'subscription_token', 'product_id', 'created_at'].map(fieldOfColumn)).toEqual([
    'app_user_id',
    'fetch_token',
    'fetch_token',
    'product_id',
    null,
  ])
  expect(columnsProblem(['app_user_id', null])).toBe('its first line names no column fetch_token')
  expect(columnsProblem(['app_user_id', 'fetch_token', 'fetch_token'])).toBe('two of its columns mean fetch_token')
  expect(columnsProblem(['fetch_token', 'app_user_id', null, null])).toBeNull()
})

const app = (appId: string, store: App['store']): App => ({
  appId,
  projectId: 'proj1',
  name: appId,
  store,
  publicKey: `key_${appId}`,
})
const ios = app('app1', 'app_store')
const play = app('app2', 'play_store')
const playToo = app('app3', 'play_store')

test('a row goes to the app that it names, else to the only one of its store, else to the chosen one', () => {
  const apps = [ios, play]
  expect(chooseApp(apps, { app: 'key_app2', store: 'ios' }, ios)).toEqual({ ok: true, value: play })
  expect(chooseApp(apps, { app: null, store: 'Google' }, ios)).toEqual({ ok: true, value: play })
  expect(chooseApp(apps, { app: null, store: null }, ios)).toEqual({ ok: true, value: ios })
  expect(chooseApp([play], { app: null, store: null }, null)).toEqual({ ok: true, value: play })
})

test('nothing is guessed: an app that is not there, or one of several, is refused', () => {
  const refused = (code: string) => ({ ok: false, refusal: expect.objectContaining({ code }) })
  expect(chooseApp([ios], { app: 'app9', store: null }, ios)).toEqual(refused('app_unknown'))
  expect(chooseApp([ios], { app: null, store: 'amazon' }, ios)).toEqual(refused('app_unknown'))
  expect(chooseApp([], { app: null, store: null }, null)).toEqual(refused('app_unknown'))
  expect(chooseApp([ios, play, playToo], { app: null, store: 'android' }, ios)).toEqual(refused('app_ambiguous'))
  expect(chooseApp([ios, play], { app: null, store: null }, null)).toEqual(refused('app_ambiguous'))
})

test('a receipt that is there twice is found with the row that had it first', () => {
  const firstRowOf = watchDuplicates()
  expect([firstRowOf('a', 1), firstRowOf('b', 2), firstRowOf('a', 3), firstRowOf('a', 4)]).toEqual([null, null, 1, 1])
})
