import { describe, expect, it } from 'vitest'
import { sdkApp } from './fixtures/sdk-app.ts'

type Operation = { operationId: string; summary: string; tags: string[]; security: object[]; responses: object }
type Document = { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: object } }

describe('the OpenAPI document of the SDK surface', () => {
  it('describes every call that is answered, and nothing of other surfaces', async () => {
    const document = (await sdkApp()).document() as unknown as Document
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths).sort()).toEqual([
      '/rcbilling/v1/subscribers/{app_user_id}/products',
      '/v1/diagnostics',
      '/v1/events',
      '/v1/health',
      '/v1/health/connectivity',
      '/v1/offers',
      '/v1/product_entitlement_mapping',
      '/v1/receipts',
      '/v1/subscribers/identify',
      '/v1/subscribers/{app_user_id}',
      '/v1/subscribers/{app_user_id}/adservices_attribution',
      '/v1/subscribers/{app_user_id}/alias',
      '/v1/subscribers/{app_user_id}/attributes',
      '/v1/subscribers/{app_user_id}/attribution',
      '/v1/subscribers/{app_user_id}/health_report_availability',
      '/v1/subscribers/{app_user_id}/intro_eligibility',
      '/v1/subscribers/{app_user_id}/offerings',
      '/v1/subscribers/{app_user_id}/virtual_currencies',
      '/v1/subscribers/{app_user_id}/workflows',
    ])
  })

  it('names every operation once, with its keys and errors', async () => {
    const document = (await sdkApp()).document() as unknown as Document
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    for (const { summary, tags, security, responses } of operations) {
      expect([summary, tags.length, Array.isArray(security)]).toEqual([expect.stringMatching(/./), 1, true])
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '4XX', '5XX']))
    }
  })

  it('has the large schemas once', async () => {
    const document = (await sdkApp()).document() as unknown as Document
    expect(Object.keys(document.components.schemas)).toEqual(['CustomerInfo', 'Error'])
  })
})
