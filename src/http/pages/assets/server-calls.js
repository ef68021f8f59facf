// @ts-check

/**
 * Reads a JSON document of this server.
 *
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function getJson(path) {
  return answerOf(path, await fetch(path))
}

/**
 * Sends a JSON body with a bearer and reads the answer.
 *
 * @param {string} path
 * @param {string} bearer
 * @param {object} body
 * @returns {Promise<any>}
 */
export async function postJson(path, bearer, body) {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  return answerOf(path, await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }))
}

/**
 * @param {string} path
 * @param {Response} response
 */
async function answerOf(path, response) {
  const answer = await response.json()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${answer.detail ?? 'no reason given'}`)
  return answer
}
