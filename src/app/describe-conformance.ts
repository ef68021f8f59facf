import { CONFORMANCE } from '../http/sdk-v1/conformance.ts'
import type { ConformanceRow } from '../http/sdk-v1/conformance-row.ts'

const BEGIN =
  '<!-- Generated from src/http/sdk-v1/conformance.ts by `npm run docs`: change that file, not this table. -->'
const END = '<!-- End of the generated table. -->'

/** The page about compatibility with its table of calls written anew; the rest of it is written by hand. */
export function withConformanceTable(page: string): string {
  const [before, rest] = cut(page, BEGIN)
  const [, after] = cut(rest, END)
  return `${before}${BEGIN}\n\n${conformanceTable()}\n\n${END}${after}`
}

function cut(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark)
  if (at === -1) throw new Error(`docs/compatibility.md has lost the line ${mark}`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

function conformanceTable(): string {
  const head = ['| Call | Key | Answer | State | Remarks | Test |', '|---|---|---|---|---|---|']
  return [...head, ...CONFORMANCE.map(rowToMarkdown)].join('\n')
}

function rowToMarkdown({ method, path, keys, status, state, remarks, test }: ConformanceRow): string {
  const name = test.split('/').at(-1)?.replace('.test.ts', '')
  return `| \`${method} ${path}\` | ${keys} | ${status} | ${state} | ${remarks} | [${name}](../${test}) |`
}
