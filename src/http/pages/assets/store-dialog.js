// @ts-check

const OVERLAY = '.rc-simulated-store-modal-overlay'
const CANCEL = '.rc-simulated-store-modal-button-cancel'

/**
 * The SDK's Test Store dialog is a plain element at the end of the page. This makes it one for keyboards and screen
 * readers too: the page behind it rests, the focus goes in and comes back, and Escape cancels.
 */
export function improveStoreDialog() {
  /** @type {Element | null} */
  let returnTo = null
  /** @type {Element | null} */
  let open = null
  new MutationObserver(() => {
    const overlay = document.querySelector(OVERLAY)
    if (overlay === open) return
    open = overlay
    setPageInert(overlay !== null)
    if (overlay !== null) {
      returnTo = document.activeElement
      describe(overlay)
    } else if (returnTo instanceof HTMLElement) returnTo.focus()
  }).observe(document.body, { childList: true, subtree: true })
  document.addEventListener('keydown', ({ key }) => {
    const cancel = key === 'Escape' ? open?.querySelector(CANCEL) : null
    if (cancel instanceof HTMLElement) cancel.click()
  })
}

/** @param {Element} overlay */
function describe(overlay) {
  const title = overlay.querySelector('h2')
  if (title !== null) title.id = 'store-dialog-title'
  overlay.setAttribute('role', 'dialog')
  overlay.setAttribute('aria-modal', 'true')
  overlay.setAttribute('aria-labelledby', 'store-dialog-title')
  overlay.querySelector('button')?.focus()
}

/** @param {boolean} isInert */
function setPageInert(isInert) {
  for (const element of document.querySelectorAll('body > header, body > main')) {
    if (element instanceof HTMLElement) element.inert = isInert
  }
}
