import { dirname, join, normalize } from 'node:path/posix'
import { expect, it } from 'vitest'
import { exists, filesBelow, isProgram, read } from './source-tree.ts'

/** Text without what only looks like a link: fenced code and inline code. */
function prose(markdown: string): string {
  return markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '')
}

/** The targets of inline links and images, and of reference definitions. */
function linkTargets(markdown: string): string[] {
  const text = prose(markdown)
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
  const references = [...text.matchAll(/^\s{0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$/gm)]
  return [...inline, ...references].map((match) => match[1] ?? '')
}

/** The anchors that GitHub gives to headings; a heading that occurs again is numbered. */
function anchors(markdown: string): Set<string> {
  const seen = new Map<string, number>()
  const result = new Set<string>()
  for (const [, heading = ''] of markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    result.add(times === 0 ? slug : `${slug}-${times}`)
  }
  for (const [, id = ''] of markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)) result.add(id)
  return result
}

function brokenLinks(path: string, markdown: string): string[] {
  return linkTargets(markdown).flatMap((target) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []
    const [file = '', anchor] = target.split('#')
    const destination = normalize(join(dirname(path), decodeURI(file)))
    const leadsOut = target.startsWith('/') || destination.startsWith('..')
    if (file !== '' && (leadsOut || !exists(destination))) return [`${path}: ${target}`]
    if (!anchor || !(file === '' || destination.endsWith('.md'))) return []
    const text = file === '' ? markdown : read(destination)
    return anchors(text).has(anchor.toLowerCase()) ? [] : [`${path}: ${target} (no such heading)`]
  })
}

it('notices a missing file and a missing heading, and leaves code and the web alone', () => {
  const text = [
    '# A `code` Title!',
    '[ok](package.json) [ok](#a-code-title) [ok](https://example.com) ![ok](src "title")',
    '`[x](code.md)`',
    '```',
    '[x](fenced.md)',
    '```',
    '[gone](nowhere.md) [gone](#nothing) [out](../elsewhere.md)',
    '[ref]: also-gone.md',
  ].join('\n')
  expect(brokenLinks('README.md', text)).toEqual([
    'README.md: nowhere.md',
    'README.md: #nothing (no such heading)',
    'README.md: ../elsewhere.md',
    'README.md: also-gone.md',
  ])
})

it('every relative link in the documents leads to a file, and its anchor to a heading', () => {
  const documents = filesBelow('.', '.md')
  expect(documents.flatMap((path) => brokenLinks(path, read(path)))).toEqual([])
  if (isProgram) expect(documents).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md']))
})
