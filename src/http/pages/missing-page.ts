import { html } from './html.ts'
import { pageFrame } from './page-frame.ts'

/** Stands where the page "Try it" would be, on a server without a demo project. */
export const missingPage = pageFrame({
  title: 'Nothing to try here',
  current: null,
  isDemo: false,
  body: html`<main id="main" class="narrow">
<h1>Nothing to try here</h1>
<p class="lead">This server runs without a demo project, so there is no customer to play with.</p>
<p>To try Purser, run <code>npm start</code> in its repository on your own machine.
See <a href="/">what runs here</a>.</p>
</main>`,
})
