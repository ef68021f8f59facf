/** What the page shows. */
export type ReferencePage = {
  /** The documents there are, in the order of their links. */
  readonly names: readonly string[]
  /** The one that is shown; undefined when there is none. */
  readonly shown: string | undefined
  readonly styleTag: string
  /** The tag of the viewer's file; null when it is not installed. */
  readonly viewerTag: string | null
}

/** What the documents are called in links. Others go by their name. */
const TITLES: Readonly<Record<string, string>> = {
  'sdk-v1': 'SDK API v1',
  'api-v2': 'REST API v2',
  admin: 'Admin Credits API',
  usage: 'Usage API',
}

/**
 * The page `/reference`. It works without a script of its own: each document is a link. All addresses are relative, so
 * that the page also works where a proxy puts the server below a path.
 */
export function referencePage({ names, shown, styleTag, viewerTag }: ReferencePage): string {
  const title = shown === undefined ? 'Purser: API reference' : `Purser: ${titleOf(shown)} reference`
  const script =
    viewerTag === null ? '' : `<script type="module" src="reference/rapidoc-min.js?v=${viewerTag}"></script>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="reference/reference.css?v=${styleTag}">
${script}
</head>
<body>
<header>
<h1>Purser API reference</h1>
<nav aria-label="Documents">
<ul>
${names.map((name) => documentLinks(name, name === shown)).join('\n')}
</ul>
</nav>
</header>
${contentOf(shown, viewerTag !== null)}
</body>
</html>
`
}

function documentLinks(name: string, isShown: boolean): string {
  const current = isShown ? ' aria-current="page"' : ''
  const title = escapeHtml(titleOf(name))
  const path = escapeHtml(encodeURIComponent(name))
  return `<li><a href="reference?document=${path}"${current}>${title}</a> <a href="openapi/${path}.json" aria-label="${title} as JSON">JSON</a></li>`
}

function contentOf(shown: string | undefined, hasViewer: boolean): string {
  if (shown === undefined) return '<main><p>This server describes none of its APIs.</p></main>'
  if (!hasViewer) {
    return '<main><p>The viewer is not installed with this server. Read the documents as JSON, by the links above.</p></main>'
  }
  // The viewer brings its own main landmark.
  return `<noscript><p>The viewer needs JavaScript. Without it, read the documents as JSON, by the links above.</p></noscript>
<rapi-doc spec-url="openapi/${escapeHtml(encodeURIComponent(shown))}.json" ${VIEWER_OPTIONS}></rapi-doc>`
}

/**
 * Nothing is loaded from elsewhere, no other document can be opened, and requests can be tried against this server
 * only. Keys typed in are forgotten with the page.
 */
const VIEWER_OPTIONS = [
  ['load-fonts', 'false'],
  ['regular-font', 'system-ui, sans-serif'],
  ['mono-font', 'ui-monospace, monospace'],
  ['show-header', 'false'],
  ['allow-spec-url-load', 'false'],
  ['allow-spec-file-load', 'false'],
  ['allow-server-selection', 'false'],
  ['persist-auth', 'false'],
  ['render-style', 'read'],
  ['theme', 'light'],
  ['primary-color', '#0b57a4'],
  ['sort-endpoints-by', 'none'],
  ['schema-style', 'table'],
]
  .map(([name, value]) => `${name}="${value}"`)
  .join(' ')

function titleOf(name: string): string {
  return TITLES[name] ?? name
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
