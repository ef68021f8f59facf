import { type Html, html } from './html.ts'
import { pageFrame } from './page-frame.ts'

/** The page "Try it", before its scripts fill it. */
export function tryPage({ sdkVersion }: { readonly sdkVersion: string }): Html {
  return pageFrame({
    title: 'Try it',
    current: '/try',
    isDemo: true,
    head: html`<link rel="stylesheet" href="/assets/try.css">
<link rel="stylesheet" href="/assets/shop.css">
<link rel="stylesheet" href="/assets/call-log.css">
<script type="module" src="/assets/try.js"></script>`,
    body: html`<main id="main" class="wide">
<h1>Try it</h1>
<p class="lead">This page is an app like yours. It uses RevenueCat’s JavaScript SDK ${sdkVersion}, unchanged, and talks
to nobody but this server. Nothing you buy here costs anything.</p>
<noscript><p class="notice">This page needs JavaScript: it is an app.</p></noscript>
<p id="notice" class="notice" role="alert" hidden></p>
<div class="columns">
<div class="app">
${customer}
<div class="pair">${balance}${access}</div>
${shop}
${grant}
</div>
${log}
</div>
</main>`,
  })
}

const customer = html`<section class="card" aria-labelledby="customer-title">
<h2 id="customer-title">Customer</h2>
<p class="customer"><code id="customer-id">…</code> <span id="customer-kind" class="tag" hidden></span></p>
<div class="customer-actions">
<form id="log-in">
<label for="log-in-id">Log in as</label>
<div class="field">
<input id="log-in-id" name="id" maxlength="100" placeholder="anna" required autocomplete="off" autocapitalize="none"
spellcheck="false">
<button type="submit" class="quiet">Log in</button>
</div>
</form>
<button type="button" id="new-anonymous" class="quiet">New anonymous customer</button>
</div>
</section>`

const balance = html`<section class="card" aria-labelledby="balance-title">
<div class="card-head">
<h2 id="balance-title">Credits</h2>
<p id="connection" class="connection" role="status" data-state="connecting">Connecting</p>
</div>
<p class="balance" aria-live="polite" aria-atomic="true">
<span id="balance">–</span><span class="unheard"> credits</span></p>
<p id="balance-note" class="note">Changes appear here by themselves.</p>
</section>`

const access = html`<section class="card" aria-labelledby="access-title">
<h2 id="access-title">Entitlement <code>pro</code></h2>
<p id="access" class="access" aria-live="polite">–</p>
<p id="access-note" class="note"></p>
</section>`

const shop = html`<section class="card" aria-labelledby="shop-title">
<h2 id="shop-title">Shop</h2>
<p id="shop-note" class="note">Loading the current offering…</p>
<ul id="packages" class="packages"></ul>
</section>`

const grant = html`<section class="card" aria-labelledby="grant-title">
<h2 id="grant-title">Grant credits, as support would</h2>
<p>Run this where you ran <code>npm start</code>. The first line reads the admin secret, the second gives this customer
25 credits. Watch the balance.</p>
<div class="command">
<pre id="grant-command"><code>…</code></pre>
<button type="button" id="copy-grant" class="quiet">Copy</button>
</div>
</section>`

const log = html`<section class="log card" aria-labelledby="log-title">
<div class="card-head">
<h2 id="log-title">What happened</h2>
<p class="note">newest first</p>
</div>
<div class="log-scroll" tabindex="0" role="group" aria-label="Entries"><ol id="log"></ol></div>
</section>`
