import { damaged } from './transfer-error.ts'

/** Longest line, in bytes: far above any row that Purser writes, and low enough that a strange file cannot fill the memory. */
const LINE_BYTES_MAX = 64 * 1024 * 1024
const NEWLINE = 0x0a

/**
 * Splits bytes into lines, each with its newline, and gives those of a chunk together. Only the line feed ends a line:
 * Node's own line reader also breaks at characters that may stand inside a JSON string.
 */
export async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer[]> {
  let pieces: Buffer[] = []
  let pendingBytes = 0
  for await (const bytes of source) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const lines: Buffer[] = []
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const line = chunk.subarray(from, at + 1)
      lines.push(pieces.length === 0 ? line : Buffer.concat([...pieces, line]))
      pieces = []
      pendingBytes = 0
      from = at + 1
    }
    if (from < chunk.length) {
      pieces.push(chunk.subarray(from))
      pendingBytes += chunk.length - from
      if (pendingBytes > LINE_BYTES_MAX) throw damaged('a line is longer than any that Purser writes')
    }
    if (lines.length > 0) yield lines
  }
  if (pieces.length > 0) throw damaged('it ends in the middle of a line')
}
