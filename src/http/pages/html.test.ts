import { expect, it } from 'vitest'
import { html } from './html.ts'

it('escapes text, so that no value becomes markup or leaves its attribute', () => {
  const value = `<script>"&'`
  expect(html`<p title="${value}">${value}</p>`.markup).toBe(
    '<p title="&lt;script&gt;&quot;&amp;&#39;">&lt;script&gt;&quot;&amp;&#39;</p>',
  )
})

it('keeps markup that it made itself, in lists too, and leaves nothing out but nothing', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`)
  expect(html`<ul>${items}</ul>${null}${0}`.markup).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>0')
})
