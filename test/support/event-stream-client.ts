/** One block of a stream of server-sent events. A comment is `{ comment }`. */
export type StreamBlock = {
  comment?: string
  retry?: number
  id?: string
  event?: string
  data?: { v: number; event: string; data: Record<string, unknown> }
}

/** Reads a stream block by block, as a browser would. */
export async function openEventStream(url: string, headers: Record<string, string> = {}) {
  const abort = new AbortController()
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: abort.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<StreamBlock | null> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end !== -1) {
        const block = text.slice(0, end)
        text = text.slice(end + 2)
        return blockOf(block)
      }
      const chunk = await reader?.read()
      if (chunk === undefined || chunk.done) return null
      text += chunk.value
    }
  }
  return {
    response,
    next,
    /** Reads until an event of this name comes; answers it, or null when the stream ends before. */
    async until(event: string): Promise<StreamBlock | null> {
      for (;;) {
        const block = await next()
        if (block === null || block.event === event) return block
      }
    },
    close: () => abort.abort(),
  }
}

function blockOf(text: string): StreamBlock {
  const block: StreamBlock = {}
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
    if (name === '') block.comment = value
    else if (name === 'retry') block.retry = Number(value)
    else if (name === 'data') block.data = JSON.parse(value)
    else if (name === 'id' || name === 'event') block[name] = value
  }
  return block
}
