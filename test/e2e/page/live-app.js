// An app's page: the official SDK reads, and Purser's client says when to read again.
import { connectRealtime } from '/client/connect-realtime.js'
import { Purchases } from '/sdk/Purchases.es.js'

document.body.innerHTML = '<p id="balance"></p><p id="access"></p><p id="connection"></p>'
const byId = (id) => document.getElementById(id)

let purchases
let line

globalThis.app = {
  /** `mintToken` is given by the test and plays the identity provider. */
  start({ apiKey, appUserId, url, transports }) {
    purchases = Purchases.configure({
      apiKey,
      appUserId,
      httpConfig: { proxyURL: url },
      flags: { collectAnalyticsEvents: false },
    })
    line = connectRealtime({
      url,
      transports,
      userId: appUserId,
      getToken: () => globalThis.mintToken(appUserId),
      onState: ({ state, transport }) => {
        byId('connection').textContent = `${state} ${transport ?? ''}`.trim()
      },
      onChange: ({ kind }) => {
        if (kind !== 'entitlements') void readBalance()
        if (kind !== 'usage') void readAccess()
      },
    })
  },
  /** Settles when a text has been on screen for a frame: at what time, in epoch milliseconds. */
  shows: (id, text) =>
    new Promise((resolve) => {
      const look = () => {
        if (byId(id).textContent !== text) return
        observer.disconnect()
        requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()))
      }
      const observer = new MutationObserver(look)
      observer.observe(byId(id), { childList: true, characterData: true, subtree: true })
      look()
    }),
  stop: () => line.close(),
}

async function readBalance() {
  purchases.invalidateVirtualCurrenciesCache()
  byId('balance').textContent = String((await purchases.getVirtualCurrencies()).all.CRD?.balance ?? 0)
}

async function readAccess() {
  const { entitlements } = await purchases.getCustomerInfo()
  byId('access').textContent = Object.keys(entitlements.active).sort().join(' ') || 'none'
}
