// @ts-check
import { createLog } from './call-log.js'
import { CustomerApp } from './customer-app.js'
import { getJson } from './server-calls.js'
import { improveStoreDialog } from './store-dialog.js'
import * as view from './view.js'

/** How long "Copied" stays. */
const COPIED_SHOWN_MS = 2_000

start().catch(view.showFailure)

async function start() {
  const settings = await getJson('/demo/settings.json')
  const [{ Purchases }, { connectRealtime }] = await Promise.all([
    import(settings.sdk_url),
    import(settings.client_url),
  ])
  const app = new CustomerApp(Purchases, connectRealtime, settings, createLog(view.byId('log')))
  improveStoreDialog()
  const input = /** @type {HTMLInputElement} */ (view.byId('log-in-id'))
  view.byId('log-in').addEventListener('submit', async (event) => {
    event.preventDefault()
    await app.logIn(input.value.trim())
    input.value = ''
  })
  view.byId('new-anonymous').addEventListener('click', () => app.becomeAnonymous())
  view.byId('copy-grant').addEventListener('click', copyGrant)
  await app.start()
}

/** Copies the command; where the browser does not let a page copy, selects it instead. */
async function copyGrant() {
  const command = view.byId('grant-command')
  const button = view.byId('copy-grant')
  try {
    await navigator.clipboard.writeText(command.textContent ?? '')
    button.textContent = 'Copied'
  } catch {
    getSelection()?.selectAllChildren(command)
    button.textContent = 'Selected'
  }
  setTimeout(() => {
    button.textContent = 'Copy'
  }, COPIED_SHOWN_MS)
}
