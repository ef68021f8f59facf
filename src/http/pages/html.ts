/** Markup that is safe to send. Only `html` makes it. */
export type Html = { readonly markup: string }

/** What may stand in a template: text is escaped, markup is not, lists are joined, nothing is left out. */
export type HtmlPart = string | number | Html | readonly Html[] | null

/** Builds markup: `` html`<p>${text}</p>` ``. Safe in text and in quoted attributes, not inside scripts or styles. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const rendered = parts.map((part, index) => render(part) + (strings[index + 1] ?? ''))
  return { markup: (strings[0] ?? '') + rendered.join('') }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function render(part: HtmlPart): string {
  if (part === null) return ''
  if (typeof part === 'string' || typeof part === 'number') {
    return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
  }
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('')
}
