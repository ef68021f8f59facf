import { type Browser, chromium, type Page } from 'playwright-core'

/**
 * A real Chromium that can reach nothing but this machine. Requests are never intercepted: an intercepted request would
 * have its preflight answered by the test tool instead of by Purser.
 */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.PURSER_TEST_CHROMIUM
  if (executablePath === undefined) throw new Error('PURSER_TEST_CHROMIUM names no browser')
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  })
}

/** Addresses outside of this machine that a page asked for. */
export function watchOutsideRequests(page: Page): string[] {
  const outside: string[] = []
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') outside.push(request.url())
  })
  return outside
}

/** Presses a button of the SDK's own Test Store dialog. */
export async function answerTestStoreDialog(page: Page, button: string): Promise<void> {
  const dialog = page.locator('.rc-simulated-store-modal')
  await dialog.getByRole('button', { name: button }).click()
  await dialog.waitFor({ state: 'detached' })
}
