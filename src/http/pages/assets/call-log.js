// @ts-check
import { errorWords, isAsAsked } from './words.js'

/** More than a session of trying things has; the oldest are dropped. */
const MAX_ENTRIES = 100

/** @typedef {'sdk' | 'live' | 'error'} EntryKind */
/** @typedef {{ kind: EntryKind, title: string, note?: string, detail?: unknown }} Entry */

const KIND_WORDS = /** @type {Record<EntryKind, string>} */ ({ sdk: 'SDK', live: 'Live', error: 'Error' })
const DETAIL_WORDS = /** @type {Record<EntryKind, string>} */ ({ sdk: 'Answer', live: 'Envelope', error: 'Details' })

/**
 * Shows what happened in a list, newest first.
 *
 * @param {HTMLElement} list
 * @returns {(entry: Entry) => void}
 */
export function createLog(list) {
  return (entry) => {
    list.prepend(renderEntry(entry))
    while (list.children.length > MAX_ENTRIES) list.lastElementChild?.remove()
  }
}

/**
 * Runs a call of the SDK and logs it with its answer and how long it took.
 *
 * @template Answer
 * @param {(entry: Entry) => void} log
 * @param {string} title the call as it stands in code
 * @param {() => Promise<Answer>} run
 * @param {(answer: Answer) => string} summary
 * @returns {Promise<Answer>}
 */
export async function logCall(log, title, run, summary) {
  const startedAt = performance.now()
  try {
    const answer = await run()
    const took = `${Math.round(performance.now() - startedAt)} ms`
    log({ kind: 'sdk', title, note: `${summary(answer)} · ${took}`, detail: answer })
    return answer
  } catch (error) {
    log({ kind: isAsAsked(error) ? 'sdk' : 'error', title, note: errorWords(error), detail: error })
    throw error
  }
}

/** @param {Entry} entry */
function renderEntry({ kind, title, note, detail }) {
  const item = document.createElement('li')
  const head = document.createElement('p')
  head.className = 'entry-head'
  head.append(part('span', `kind kind-${kind}`, KIND_WORDS[kind]), part('code', '', title), part('time', '', timeNow()))
  item.append(head)
  if (note !== undefined) item.append(part('p', 'entry-note', note))
  if (detail !== undefined) {
    const details = document.createElement('details')
    const json = part('pre', '', asJson(detail))
    // It scrolls, so it must be reached without a mouse.
    json.tabIndex = 0
    details.append(part('summary', '', DETAIL_WORDS[kind]), json)
    item.append(details)
  }
  return item
}

/**
 * @param {string} name
 * @param {string} className
 * @param {string} text
 */
function part(name, className, text) {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  element.textContent = text
  return element
}

function timeNow() {
  const now = new Date()
  return `${now.toLocaleTimeString([], { hour12: false })}.${String(now.getMilliseconds()).padStart(3, '0')}`
}

/**
 * The SDK answers with sets and errors, which JSON would show as empty objects.
 *
 * @param {unknown} value
 */
function asJson(value) {
  const readable = (/** @type {string} */ _key, /** @type {unknown} */ entry) => {
    if (entry instanceof Set) return [...entry]
    return entry instanceof Error ? { ...entry, name: entry.name, message: entry.message } : entry
  }
  return JSON.stringify(value, readable, 2)
}
