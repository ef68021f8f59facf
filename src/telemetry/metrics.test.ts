import { describe, expect, it } from 'vitest'
import { boundLabel, OTHER_LABEL } from './bounded-label.ts'
import { createMetrics } from './metrics.ts'

describe('createMetrics', () => {
  it('exports every metric under its documented name and labels', async () => {
    const metrics = createMetrics()
    metrics.recordHttpRequest({ surface: 'admin', route: '/a/:id', method: 'GET', status: 200, durationMs: 20 })
    metrics.recordDatabaseWait(2)
    metrics.recordRefusal('sdk-v1', 7226)
    metrics.realtime.sessionsChanged('websocket', 3)
    metrics.realtime.envelopeSent('balance.changed')
    metrics.realtime.toldAfter(20)
    metrics.realtime.waiting(512)
    metrics.realtime.resumed('event_stream')
    metrics.realtime.ended(4008)
    metrics.realtime.swept(2)
    metrics.recordLedgerTransaction('grant')
    metrics.recordPurchase('test', 'renewal')
    metrics.recordJob('outbox', 'done')
    const lines = (await metrics.render()).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'purser_http_request_duration_seconds_bucket{le="0.01",surface="admin",route="/a/:id",method="GET",status="200"} 0',
        'purser_http_request_duration_seconds_bucket{le="0.025",surface="admin",route="/a/:id",method="GET",status="200"} 1',
        'purser_database_wait_seconds_sum 0.002',
        'purser_refusals_total{surface="sdk-v1",code="7226"} 1',
        'purser_realtime_sessions{transport="websocket"} 3',
        'purser_realtime_lag_seconds_bucket{le="0.01"} 0',
        'purser_realtime_lag_seconds_bucket{le="0.025"} 1',
        'purser_realtime_waiting_bytes 512',
        'purser_realtime_resumed_total{transport="event_stream"} 1',
        'purser_realtime_closes_total{code="4008"} 1',
        'purser_realtime_dropped_total 1',
        'purser_realtime_swept_total 2',
        'purser_realtime_envelopes_total{event="balance.changed"} 1',
        'purser_ledger_transactions_total{kind="grant"} 1',
        'purser_purchases_total{store="test",event="renewal"} 1',
        'purser_jobs_total{job="outbox",outcome="done"} 1',
      ]),
    )
    expect(lines.some((line) => line.startsWith('process_cpu_seconds_total'))).toBe(true)
    expect(metrics.contentType).toContain('text/plain')
  })

  it('keeps two servers in one process apart', async () => {
    const [one, two] = [createMetrics(), createMetrics()]
    one.recordLedgerTransaction('spend')
    expect(await one.render()).toContain('kind="spend"')
    expect(await two.render()).not.toContain('kind="spend"')
  })

  it('does not grow without bound when callers choose a label', async () => {
    const metrics = createMetrics()
    for (let number = 0; number < 1_000; number++) metrics.recordRefusal('admin', `code_${number}`)
    const series = (await metrics.render()).split('\n').filter((line) => line.startsWith('purser_refusals_total{'))
    expect(series).toHaveLength(301)
    expect(series).toContain('purser_refusals_total{surface="admin",code="other"} 700')
  })
})

describe('boundLabel', () => {
  it('keeps passing values it has seen after the bound is reached', () => {
    const bound = boundLabel(1)
    expect([bound('a'), bound('b'), bound('a')]).toEqual(['a', OTHER_LABEL, 'a'])
  })
})
