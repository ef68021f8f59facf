// @ts-check

/**
 * Reads a JSON document of this server.
 *
 * @param {string} path
 * @returns {Promise<any>}
 */
export function getJson(path) {
  return send(path, {})
}

/**
 * Sends a JSON body with a bearer and reads the answer.
 *
 * @param {string} path
 * @param {string} bearer
 * @param {object} body
 * @returns {Promise<any>}
 */
export function postJson(path, bearer, body) {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  return send(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function send(path, init) {
  const response = await fetch(path, init).catch((cause) => {
    throw new Error('The server cannot be reached.', { cause })
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${answer.detail ?? 'no reason given'}`)
  return answer
}
