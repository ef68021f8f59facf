import type { Database, RawQuery } from '../../src/db/database.ts'
import type { Query } from '../../src/db/statement.ts'
import type { Fault, FaultSchedule } from './faults.ts'
import { type ProcessLife, silence } from './process-life.ts'

/** The connection's own backend ends itself: what was sent before is done, and what is sent after is lost. */
const END_CONNECTION = 'select pg_terminate_backend(pg_backend_pid())'

const SQLSTATES = { error: '22012', conflict: '40001', lock_timeout: '55P03' } as const

/**
 * A database as a process sees it whose connections are cut, whose statements fail and which is killed as the schedule
 * says. Everything that is done goes to the real database; all that is made up is who hears of it.
 */
export function faultyDatabase(real: Database, faults: FaultSchedule, life: ProcessLife): Database {
  const withConnection = <Value>(work: (query: Query, raw: RawQuery) => Promise<Value>): Promise<Value> => {
    if (life.isOver) return silence()
    let commits = 0
    const used = real.withConnection((query, raw) => {
      // The process died while it waited for a connection, which is as good as new.
      if (life.isOver) return Promise.resolve(undefined as Value)
      const wire = faultyWire({ query, raw }, faults, life, () => {
        commits += 1
        faults.commitsUnheard += 1
      })
      return Promise.race([work(wire.query, wire.raw), life.over])
    })
    return life.heard(used).then((value) => {
      faults.commitsUnheard -= commits
      return value
    })
  }
  return {
    query: (statement, values) => withConnection((query) => query(statement, values)),
    withConnection,
    async close() {},
  }
}

type Wire = { query: Query; raw: RawQuery }

/** One connection. Statements are sent in the order in which they are asked for, and without waiting for each other. */
function faultyWire(real: Wire, faults: FaultSchedule, life: ProcessLife, onCommit: () => void): Wire {
  const inOrder = newLine()
  const send = <Value>(text: string, deliver: () => Promise<Value>): Promise<Value> => {
    if (life.isOver) return silence()
    if (text === 'commit') onCommit()
    const fault = faults.next(text)
    if (fault?.kind === 'stall') inOrder.stall(fault.turns)
    return life.heard(inOrder.take(() => (fault === null ? deliver() : goWrong(fault, deliver, real.raw, life))))
  }
  return {
    query: (statement, values) => send(statement.text, () => real.query(statement, values)),
    raw: (text) => send(text, () => real.raw(text)),
  }
}

function goWrong<Value>(
  { kind }: Fault,
  deliver: () => Promise<Value>,
  raw: RawQuery,
  life: ProcessLife,
): Promise<Value> {
  const cut = () => raw(END_CONNECTION).catch(() => undefined)
  switch (kind) {
    case 'stall':
      return deliver()
    case 'cut_before': {
      void cut()
      return deliver()
    }
    case 'cut_after': {
      const done = deliver().catch(() => undefined)
      return Promise.all([done, cut()]).then(() => Promise.reject(new Error('Connection terminated unexpectedly')))
    }
    case 'kill_before':
      life.kill()
      return silence()
    case 'kill_after':
      deliver().catch(() => undefined)
      life.kill()
      return silence()
    default:
      return raw(
        `do $$ begin raise exception 'injected' using errcode = '${SQLSTATES[kind]}'; end $$`,
      ) as Promise<never>
  }
}

/** Keeps the order of what is sent when something in it has to wait. */
function newLine() {
  let tail: Promise<void> = Promise.resolve()
  let waiting = 0
  return {
    stall(turns: number): void {
      waiting += 1
      tail = tail
        .then(() => eventLoopTurns(turns))
        .finally(() => {
          waiting -= 1
        })
    },
    take<Value>(send: () => Promise<Value>): Promise<Value> {
      if (waiting === 0) return send()
      waiting += 1
      const sent = tail.then(() => {
        waiting -= 1
        return { answer: send() }
      })
      tail = sent.then(() => undefined)
      return sent.then(({ answer }) => answer)
    },
  }
}

async function eventLoopTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}
