import type { Step, StepResult } from './step.js'

const colours = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

/** Colour on a terminal only, and never against the reader's wish (no-color.org). */
const inColour = process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === ''

function paint(colour: keyof typeof colours, text: string): string {
  return inColour ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text
}

export function write(text = ''): void {
  process.stdout.write(`${text}\n`)
}

export function writeTitle(text: string): void {
  write()
  write(paint('bold', text))
}

export function writeHeading(text: string): void {
  write()
  write(`  ${paint('cyan', text)}`)
}

export function writeDetail(label: string, text: string): void {
  write(`  ${label.padEnd(14)}${paint('dim', text)}`)
}

export function writeStep({ what, tokenLabel, expected }: Step, result: StepResult): void {
  const ok = result.differences.length === 0
  const mark = ok ? paint('green', '✓') : paint('red', '✗')
  const status = paint(result.status < 400 ? 'green' : 'yellow', String(result.status))
  write(`  ${mark} ${what.padEnd(22)} ${tokenLabel.padEnd(29)} ${status}  ${paint('dim', expected.because)}`)
  if (result.challenge !== undefined) write(`      ${paint('dim', `WWW-Authenticate: ${result.challenge}`)}`)
  if (result.retryAfter !== undefined) write(`      ${paint('dim', `Retry-After: ${result.retryAfter}`)}`)
  if (result.received !== undefined) write(`      ${paint('dim', `received: ${result.received}`)}`)
  if (result.reason !== undefined) write(`      ${paint('dim', `operator sees: ${result.reason}`)}`)
  for (const difference of result.differences) write(`      ${paint('red', difference)}`)
}

export function writeVerdict(passed: number, total: number): void {
  write()
  write(
    passed === total
      ? paint('green', `  All ${total} answers were the expected ones.`)
      : paint('red', `  ${total - passed} of ${total} answers were not the expected ones.`),
  )
  write()
}
