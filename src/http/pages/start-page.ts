import { type Html, html } from './html.ts'
import { pageFrame } from './page-frame.ts'

type Running = { readonly version: string; readonly engine: string; readonly isDemo: boolean }

/** `href` is null for what is not on this server. */
type Place = { readonly href: string | null; readonly name: string; readonly text: string }

const API_PLACES: readonly Place[] = [
  { href: '/reference', name: 'API reference', text: 'Every route with its fields and errors, and a way to call it.' },
  { href: '/openapi/sdk-v1.json', name: 'OpenAPI: SDK API v1', text: 'What the SDKs call, as a document for tools.' },
  { href: '/openapi/api-v2.json', name: 'OpenAPI: REST API v2', text: 'What server clients call.' },
  { href: '/openapi/admin.json', name: 'OpenAPI: Admin Credits API', text: 'What operators and live apps call.' },
  { href: '/openapi/usage.json', name: 'OpenAPI: Usage', text: 'What was used, and consumption.' },
]

const TRY_IT: Place = { href: '/try', name: 'Try it', text: 'Buy, log in, and watch a balance change.' }

const DOCUMENTS: Place = {
  href: null,
  name: 'Documentation',
  text: 'In docs/ of the repository; docs/start.md comes first.',
}

const HEALTH_PLACES: readonly Place[] = [
  { href: '/live', name: '/live', text: 'Whether the process runs.' },
  { href: '/ready', name: '/ready', text: 'Whether it can serve: the database answers, and it is not stopping.' },
  { href: '/metrics', name: '/metrics', text: 'Numbers for Prometheus.' },
]

/** The start page: what runs, where things are, what to do next. */
export function startPage(running: Running): Html {
  const { isDemo } = running
  const lead = isDemo
    ? 'The server, its database and a demo project are ready.'
    : 'The server and its database are ready.'
  return pageFrame({
    title: 'Running',
    current: '/',
    isDemo,
    body: html`<main id="main" class="narrow">
<h1>Purser is running</h1>
<p class="lead">${lead}</p>
${isDemo ? html`<p><a class="button" href="/try">Try it in the browser</a></p>` : null}
${whatRuns(running)}
<section aria-labelledby="places">
<h2 id="places">Where things are</h2>
<div class="places">
${placeList('For people', isDemo ? [TRY_IT, DOCUMENTS] : [DOCUMENTS])}
${placeList('For programs', API_PLACES)}
${placeList('For monitoring', HEALTH_PLACES)}
</div>
</section>
${isDemo ? demoSteps : ownSteps}
</main>`,
  })
}

function whatRuns({ version, engine, isDemo }: Running): Html {
  return html`<section aria-labelledby="running">
<h2 id="running">What runs</h2>
<dl class="facts">
<div><dt>Version</dt><dd>${version}</dd></div>
<div><dt>Database</dt><dd>${engine}</dd></div>
<div><dt>Project</dt><dd>${isDemo ? 'Demo, with a Test Store: no purchase costs anything' : 'Your own'}</dd></div>
</dl>
</section>`
}

function placeList(title: string, places: readonly Place[]): Html {
  const entries = places.map(({ href, name, text }) => {
    const named = href === null ? html`<span>${name}</span>` : html`<a href="${href}">${name}</a>`
    return html`<li>${named}<p>${text}</p></li>`
  })
  return html`<div><h3>${title}</h3><ul>${entries}</ul></div>`
}

const demoSteps = html`<section aria-labelledby="next">
<h2 id="next">What to do next</h2>
<ol class="steps">
<li><a href="/try">Buy something</a> on the page “Try it”, and give that customer credits from your terminal.</li>
<li>Point your own app here: it keeps RevenueCat’s SDK and changes one address. <code>docs/start.md</code> in the
repository has the lines to copy, and <code>data/credentials.json</code> has the keys.</li>
<li>Read <code>docs/configuration.md</code> before you serve real customers.</li>
</ol>
</section>`

const ownSteps = html`<section aria-labelledby="next">
<h2 id="next">What to do next</h2>
<ol class="steps">
<li>Create a project, an app and its keys: <code>purser project create</code>, <code>purser app create</code>,
<code>purser key create</code>.</li>
<li>Set this address as the proxy URL of RevenueCat’s SDK in your app; <code>docs/start.md</code> in the repository shows
how.</li>
<li><code>docs/configuration.md</code> lists every setting; <code>purser config</code> shows those in effect.</li>
</ol>
</section>`
