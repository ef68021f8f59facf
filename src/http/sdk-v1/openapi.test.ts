import { describe, expect, it } from 'vitest'
import { CONFORMANCE } from './conformance.ts'
import { sdkApp } from './fixtures/sdk-app.ts'

type Operation = { operationId: string; summary: string; tags: string[]; security: object[]; responses: object }
type Document = { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: object } }

/** Parts that the caller chooses have other names in a route than in the published documents. */
const shapeOf = (path: string) => path.replace(/\{[^}]+\}/g, '*')

describe('the OpenAPI document of the SDK surface', () => {
  it('describes every call that is answered, and nothing of other surfaces', async () => {
    const document = (await sdkApp()).document() as unknown as Document
    expect(document.openapi).toBe('3.1.0')
    const answered = CONFORMANCE.filter((row) => row.isServed && row.status.startsWith('2'))
    expect(Object.keys(document.paths).map(shapeOf).sort()).toEqual(
      [...new Set(answered.map(({ path }) => shapeOf(path)))].sort(),
    )
  })

  it('names every operation once, with its keys and errors', async () => {
    const document = (await sdkApp()).document() as unknown as Document
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    for (const { summary, tags, security, responses } of operations) {
      expect([summary, tags.length, Array.isArray(security)]).toEqual([expect.stringMatching(/./), 1, true])
      expect(Object.keys(responses)).toEqual(expect.arrayContaining([expect.stringMatching(/^20/), '4XX', '5XX']))
    }
  })

  it('has the large schemas once', async () => {
    const document = (await sdkApp()).document() as unknown as Document
    expect(Object.keys(document.components.schemas)).toEqual(['CustomerInfo', 'Error'])
  })
})
