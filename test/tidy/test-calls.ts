import ts from 'typescript'
import { nodesOf, parse, placeOf } from './syntax.ts'

const ROOTS = new Set(['test', 'it', 'describe', 'suite'])
const LEFT_OUT = new Set(['skip', 'skipIf', 'runIf', 'todo'])

/** `it.skipIf(x)` as its words: it, skipIf. Undefined when the expression does not begin with a name. */
function words(expression: ts.Expression): string[] | undefined {
  if (ts.isIdentifier(expression)) return [expression.text]
  if (ts.isCallExpression(expression)) return words(expression.expression)
  if (!ts.isPropertyAccessExpression(expression)) return undefined
  const before = words(expression.expression)
  return before && [...before, expression.name.text]
}

function optionNames(call: ts.CallExpression): string[] {
  const options = call.arguments.find(ts.isObjectLiteralExpression)
  return options ? options.properties.map((property) => property.name?.getText() ?? '') : []
}

/** `test.skipIf(x)` waits for its name: the call that hands over the name is the one to judge. */
function isCalledAgain(call: ts.CallExpression): boolean {
  let outer: ts.Expression = call
  while (ts.isPropertyAccessExpression(outer.parent)) outer = outer.parent
  return ts.isCallExpression(outer.parent) && outer.parent.expression === outer
}

function callFault(call: ts.CallExpression): string | undefined {
  const chain = words(call.expression)
  if (!chain) return undefined
  const isTest = ROOTS.has(chain[0] ?? '')
  const modifiers = isTest ? [...chain.slice(1), ...optionNames(call)] : chain.slice(-1)
  if (isTest && modifiers.includes('only')) return 'keeps all other tests from running'
  const leavesOut = isTest ? modifiers.some((word) => LEFT_OUT.has(word)) : modifiers[0] === 'skip'
  if (!leavesOut || isCalledAgain(call)) return undefined
  return call.arguments[0]?.getText().includes('because') ? undefined : 'is left out and its name has no "because"'
}

/** The tests of a file that do not run without saying why, or that keep others from running. */
export function silentSkips(path: string, text: string): string[] {
  return [...nodesOf(parse(path, text))].filter(ts.isCallExpression).flatMap((call) => {
    const fault = callFault(call)
    return fault ? [`${placeOf(call)} ${fault}`] : []
  })
}

/** Whether a test file checks anything: a call of something that expects or asserts. */
export function checksSomething(path: string, text: string): boolean {
  return [...nodesOf(parse(path, text))]
    .filter(ts.isCallExpression)
    .some((call) => words(call.expression)?.some((word) => /^(expect|assert)/.test(word)))
}
