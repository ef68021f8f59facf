import { expect, it } from 'vitest'
import { countLines, filesBelow, read } from './source-tree.ts'

/** Places outside the repository: whoever clones it has none of them. Written in pieces, or this file would be found. */
const ELSEWHERE = [
  ['/work', '/'],
  ['../', 'shared'],
  ['contracts/', 'admin-credits'],
  ['contracts/', 'stores.md'],
].map((pieces) => pieces.join(''))

const TEXT = ['.ts', '.mts', '.mjs', '.cjs', '.js', '.json', '.md', '.sql', '.yaml', '.yml', '.toml', '.html', '.css']
const TEXT_WITHOUT_ENDING = ['.ci/run', 'Dockerfile', '.env.example', '.dockerignore', '.gitignore', '.npmrc']

function mentions(path: string, text: string): string[] {
  return ELSEWHERE.filter((place) => text.includes(place)).map((place) => {
    const line = countLines(text.slice(0, text.indexOf(place) + 1))
    return `${path}:${line} mentions ${place}`
  })
}

it('notices a path that leads out of the repository', () => {
  expect(mentions('docs/a.md', `one\nsee ${ELSEWHERE[0]}notes`)).toEqual([`docs/a.md:2 mentions ${ELSEWHERE[0]}`])
})

it('the project stands alone: no file mentions a place outside it', () => {
  const files = filesBelow('.', ...TEXT, ...TEXT_WITHOUT_ENDING)
  expect(files).toContain('package.json')
  expect(files.flatMap((path) => mentions(path, read(path)))).toEqual([])
})
