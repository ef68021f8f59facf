import { describe, expect, it } from 'vitest'
import { customerChange } from '../../test/support/realtime-client.ts'
import { createInProcessBus } from './bus.ts'

const change = customerChange('c1', 2)

describe('the in-process bus', () => {
  it('tells every listener, until it leaves', () => {
    const bus = createInProcessBus(() => undefined)
    const heard: string[] = []
    const leave = bus.subscribe(() => void heard.push('one'))
    bus.subscribe(() => void heard.push('two'))
    bus.publish(change)
    leave()
    leave()
    bus.publish(change)
    expect(heard).toEqual(['one', 'two', 'two'])
  })

  it('takes the same function twice, and takes away only the one that leaves', () => {
    const bus = createInProcessBus(() => undefined)
    let heard = 0
    const listener = () => void heard++
    const leave = bus.subscribe(listener)
    bus.subscribe(listener)
    leave()
    bus.publish(change)
    expect(heard).toBe(1)
  })

  it('keeps errors of a listener, and even of their report, away from the publisher and the other listeners', () => {
    const errors: unknown[] = []
    const bus = createInProcessBus((error) => {
      errors.push(error)
      throw new Error('the reporter is broken too')
    })
    const failure = new Error('listener failed')
    let heard = 0
    bus.subscribe(() => {
      throw failure
    })
    bus.subscribe(() => void heard++)
    bus.publish(change)
    expect([errors, heard]).toEqual([[failure], 1])
  })
})
