// @ts-check

/**
 * The lines for a terminal that give a customer credits through the Admin Credits API. The secret is read there; this
 * page does not know it.
 *
 * @param {{ origin: string, appUserId: string, currency: string }} facts
 */
export function grantCommand({ origin, appUserId, currency }) {
  const body = JSON.stringify({ user_id: appUserId, amount: 25, currency, reason: 'ZD-1042 goodwill' }, null, 2)
  return [
    `ADMIN_SECRET=$(node -p "require('./data/credentials.json').admin_secret")`,
    '',
    `curl ${origin}/admin/credits/adjust \\`,
    `  -H "Authorization: Bearer $ADMIN_SECRET" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${quoted(body.replaceAll('\n', '\n  '))}`,
  ].join('\n')
}

/**
 * One word of a POSIX shell, whatever is in it: ids may hold quotes and dollar signs.
 *
 * @param {string} text
 */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
