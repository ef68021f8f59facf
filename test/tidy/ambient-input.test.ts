import ts from 'typescript'
import { expect, it } from 'vitest'
import { filesBelow, read } from './source-tree.ts'
import { nodesOf, parse, placeOf } from './syntax.ts'

/** Where the real clock and real randomness are handed to those who need them. */
const WIRING = /^src\/(app|main)\.ts$|^src\/app\//
const SETTINGS = /^src\/config\//

/** The hidden input that an expression reads, and where that is allowed. */
function ambientInput(node: ts.Node): { what: string; allowed: RegExp } | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length)
    return { what: 'new Date()', allowed: WIRING }
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return { what: 'Date()', allowed: WIRING }
  if (ts.isImportDeclaration(node) && /^['"](node:)?process['"]$/.test(node.moduleSpecifier.getText()))
    return { what: 'import of process', allowed: SETTINGS }
  if (!ts.isPropertyAccessExpression(node)) return undefined
  const name = node.getText().replace(/^globalThis\./, '')
  if (name === 'Date.now' || name === 'Math.random') return { what: name, allowed: WIRING }
  if (name === 'process.env') return { what: name, allowed: SETTINGS }
  return undefined
}

function ambientInputs(path: string, text: string): string[] {
  return [...nodesOf(parse(path, text))].flatMap((node) => {
    const input = ambientInput(node)
    return input && !input.allowed.test(path) ? [`${placeOf(node)} ${input.what}`] : []
  })
}

it('notices a clock, randomness and the environment, but not words about them', () => {
  const text = [
    'const a = Date.now()',
    'const b = new Date()',
    'const c = globalThis.Math.random()',
    'const d = process.env.HOME',
    "import { env } from 'node:process'",
    "// Date.now() in words, 'process.env' too",
    'const e = new Date(5)',
  ].join('\n')
  expect(ambientInputs('src/core/a.ts', text).map((line) => line.split(' ')[0])).toEqual([
    'src/core/a.ts:1',
    'src/core/a.ts:2',
    'src/core/a.ts:3',
    'src/core/a.ts:4',
    'src/core/a.ts:5',
  ])
  expect(ambientInputs('src/app.ts', 'Date.now()')).toEqual([])
  expect(ambientInputs('src/config/environment.ts', 'process.env')).toEqual([])
})

it('no source reads the clock, randomness or the environment by itself: they are injected, so that tests can set them', () => {
  const sources = filesBelow('src', '.ts').filter((path) => !path.endsWith('.test.ts'))
  expect(sources.flatMap((path) => ambientInputs(path, read(path)))).toEqual([])
})
