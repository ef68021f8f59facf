import { type Html, html } from './html.ts'

type Frame = {
  /** Of this page alone; the program's name is added. */
  readonly title: string
  readonly current: '/' | '/try' | null
  readonly isDemo: boolean
  readonly body: Html
  /** Further elements of the head. */
  readonly head?: Html
}

/** What all pages share: the head, the way between them, and the landmarks. No script or style stands in a page itself. */
export function pageFrame({ title, current, isDemo, body, head }: Frame): Html {
  const link = (href: string, text: string) =>
    html`<li><a href="${href}"${href === current ? html` aria-current="page"` : null}>${text}</a></li>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Purser</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/page.css">
${head ?? null}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28">Purser</a>
<nav aria-label="Pages"><ul>
${link('/', 'Start')}
${isDemo ? link('/try', 'Try it') : null}
${link('/reference', 'API reference')}
</ul></nav>
</header>
${body}
</body>
</html>
`
}
