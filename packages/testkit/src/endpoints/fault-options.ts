import { type Duration, instantOf, milliseconds } from '../duration.js'
import type { FakeClock } from '../fake-clock.js'
import { kindOf } from '../given-values.js'
import { refuseUnknown } from '../known-names.js'
import type { FaultOptions } from './endpoint-control.js'

/** How long a fault lasts. */
interface FaultSpan {
  /** Requests it meets. */
  readonly times: number
  /** When it is over, on the clock of the fake. */
  readonly end: number
}

/** Reads what tests say of faults. Whatever it is, it has to do what it seems to. */
export interface FaultReader {
  /** Refuses unknown members, what is no object, and further arguments: `fail(500, { times: 1 })` would last for ever. */
  names(fault: string, how: object, known: readonly string[], more: readonly unknown[]): void
  span(fault: string, how: FaultOptions): FaultSpan
  status(fault: string, status: number, from: number): void
  /** What a header can hold; not empty. */
  headerText(fault: string, name: string, value: unknown): void
  text(fault: string, name: string, value: unknown): void
  bytes(fault: string, bytes: unknown): void
  delay(by: Duration): number
}

const FOR_EVER = Number.POSITIVE_INFINITY
/** Timers cannot wait longer, and would not wait at all. */
const LONGEST_TIMER = 2 ** 31 - 1
/** Texts cannot be much longer. */
const MOST_BYTES = 500_000_000

export function faultReader(maker: string, clock: FakeClock): FaultReader {
  function refuse(message: string): never {
    throw new TypeError(`${maker}: ${message}`)
  }

  function endOf(fault: string, until: Date | Duration): number {
    const end = instantOf(maker, `until of ${fault}`, until, clock.now())
    if (end <= clock.now()) refuse(`${fault} takes an until that is not over yet on the clock of the fake`)
    return end
  }

  function text(fault: string, name: string, value: unknown): void {
    if (typeof value !== 'string') refuse(`${fault} takes ${name} as text, not ${kindOf(value)}`)
  }

  return {
    names(fault, how, known, more) {
      refuseUnknown(maker, fault, how, [...known, 'times', 'until'])
      if (more.length > 0) refuse(`${fault} takes one object with all it is told, and was given more arguments`)
    },
    span(fault, { times = FOR_EVER, until }) {
      if (times !== FOR_EVER && !(Number.isSafeInteger(times) && times >= 1)) {
        refuse(`${fault} takes times as a whole number of one or more`)
      }
      return { times, end: until === undefined ? FOR_EVER : endOf(fault, until) }
    },
    status(fault, status, from) {
      if (!Number.isInteger(status) || status < from || status > 599) {
        refuse(`${fault} takes a status from ${from} to 599`)
      }
    },
    text,
    headerText(fault, name, value) {
      text(fault, name, value)
      if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value as string)) {
        refuse(`${fault} takes ${name} as a header can hold it: printable ASCII, not empty`)
      }
    },
    bytes(fault, bytes) {
      const isLength = Number.isSafeInteger(bytes) && (bytes as number) >= 1 && (bytes as number) <= MOST_BYTES
      if (!isLength) refuse(`${fault} takes bytes as a whole number from 1 to 500,000,000`)
    },
    delay(by) {
      const delay = milliseconds(maker, 'slow', by)
      if (delay < 0) refuse('slow takes a delay of zero or more')
      if (delay > LONGEST_TIMER) refuse("slow takes a delay of '24d' at most; hang() never answers")
      return delay
    },
  }
}
