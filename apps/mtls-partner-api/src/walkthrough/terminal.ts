import type { Step } from './step.js'

const colours = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const

/** Colour on a terminal only, and never against the reader's wish (no-color.org). */
const inColour = process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === ''

function paint(colour: keyof typeof colours, text: string): string {
  return inColour ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text
}

export function write(text = ''): void {
  process.stdout.write(`${text}\n`)
}

export function writeTitle(text: string): void {
  write(`\n${paint('bold', text)}`)
}

export function writeHeading(text: string): void {
  write(`\n  ${paint('cyan', text)}`)
}

export function writeDetail(label: string, text: string): void {
  write(`  ${label.padEnd(14)}${paint('dim', text)}`)
}

/** Whether it is as expected, for client and operator. */
export function writeStep({ call, expected, operatorSees = [], because }: Step, got: string, seen: readonly string[]) {
  const isAsExpected = got === expected && seen.join() === operatorSees.join()
  write(`  ${isAsExpected ? paint('green', '✓') : paint('red', '✗')} ${call.padEnd(58)}${paint('dim', because)}`)
  write(`      ${got}`)
  if (seen.length > 0) write(`      ${paint('dim', `operator sees: ${seen.join(', ')}`)}`)
  if (!isAsExpected) write(`      ${paint('red', `expected: ${expected}; operator: ${operatorSees.join(', ')}`)}`)
  return isAsExpected
}

export function writeVerdict(passed: number, total: number): void {
  const verdict =
    passed === total
      ? paint('green', `All ${total} answers were the expected ones.`)
      : paint('red', `${total - passed} of ${total} answers were not the expected ones.`)
  write(`\n  ${verdict}\n`)
}
