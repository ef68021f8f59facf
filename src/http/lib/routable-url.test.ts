import { describe, expect, it } from 'vitest'
import { routableUrl } from './routable-url.ts'

describe('routableUrl', () => {
  it.each(['/v1/subscribers/a', '/v1/subscribers/%24RC%3A1%2B%25', '/a%C3%BC?b=%zz', '/'])('leaves %s alone', (url) => {
    expect(routableUrl(url)).toBe(url)
  })

  it.each([
    ['/v1/subscribers/%zz', '/v1/subscribers/%25zz'],
    ['/v1/subscribers/%ff', '/v1/subscribers/%25ff'],
    ['/v1/subscribers/%C3/x%20', '/v1/subscribers/%25C3/x%2520'],
    ['/%', '/%25'],
  ])('makes %s routable, so that its surface can refuse it', (url, routable) => {
    expect(routableUrl(url)).toBe(routable)
    expect(() => decodeURIComponent(routable)).not.toThrow()
  })
})
