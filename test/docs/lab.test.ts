import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COLUMNS } from '../../apps/lab/src/report/columns.ts'
import { BEGIN, END, markdownSection, withSection } from '../../apps/lab/src/report/markdown-section.ts'
import type { LabResults } from '../../apps/lab/src/report/results.ts'
import type { MeasuredSetting } from '../../apps/lab/src/run-lab.ts'
import { problemsOf } from '../../apps/lab/src/self-check.ts'
import { documentAt } from '../support/documents.js'
import { root } from '../support/source-files.js'

const results = JSON.parse(readFileSync(join(root, 'apps/lab/results.json'), 'utf8')) as LabResults

/** As people read it: how wide the formatter makes a column says nothing. */
function read(markdown: string): string {
  return markdown
    .replaceAll(/ *\| */g, '|')
    .replaceAll(/-{3,}/g, '---')
    .trim()
}

describe('the figures of the lab', () => {
  it('stand in the README as they were measured; run `npm run lab` to write them again', () => {
    const section = documentAt('README.md').text.split(BEGIN)[1]?.split(END)[0] ?? ''
    expect(read(section)).toBe(read(markdownSection(results)))
  })

  it('stand in the page as they were measured', () => {
    const page = readFileSync(join(root, 'apps/lab/results.html'), 'utf8')
    const cells = [...page.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map((match) =>
      (match[1] as string).replaceAll(/<.*?>/g, '`'),
    )
    const expected = results.settings.flatMap((result) => COLUMNS.map(({ cell }) => cell(result)))
    expect(cells).toStrictEqual(expected.map((cell) => cell.replaceAll('<', '&lt;')))
    expect(page).toContain(results.machine.cpu.replaceAll('<', '&lt;'))
  })

  it('make a page that loads nothing', () => {
    const page = readFileSync(join(root, 'apps/lab/results.html'), 'utf8').replaceAll(/xmlns(?::\w+)?="[^"]*"/g, '')
    expect(page).not.toMatch(/https?:|<script|<link|<img|@import|url\((?!#)/)
  })

  it('name the machine, and are of at least thirty revocations in each setting', () => {
    expect(results.machine.cpu).not.toBe('')
    expect(results.settings).toHaveLength(6)
    for (const { lagMeasuredMs, lagBoundMs } of results.settings) {
      expect(lagMeasuredMs.n).toBeGreaterThanOrEqual(30)
      expect(lagMeasuredMs.median).toBeLessThanOrEqual(lagBoundMs + results.pollMs)
    }
  })

  it('replace those before them and nothing else', () => {
    const document = `above\n${BEGIN}old\n${END}below\n`
    expect(withSection(document, results)).toBe(`above\n${BEGIN}${markdownSection(results)}${END}below\n`)
    expect(() => withSection('no place', results)).toThrow('must hold')
  })
})

describe('the lab', () => {
  const workload = { requests: 600, perSecond: 200, tokens: 50 }

  const unaffected = { granted: 9, unavailable: 0, refused: 0, grantedUntil: 2_900, backAfter: 0 }
  const unanswered = { granted: 0, unavailable: 9, refused: 0, grantedUntil: undefined, backAfter: 800 }
  const noCalls = { latencies: [1], upstreamCalls: 0, elapsed: 3_001 }

  /** What is measured where everything is as declared. */
  function measured(lagBoundMs: number, changes: Partial<MeasuredSetting> = {}): MeasuredSetting {
    const isLive = changes.load?.upstreamCalls !== 0
    return {
      running: {
        setting: { maxRevocationLag: '2s', tokensOf: 'opaque', source: 'introspection', lagBoundMs } as never,
        explanation: {
          sources: isLive ? ['live-call'] : ['local-validation'],
          duringOutage: isLive ? 'unavailable' : 'unaffected',
        } as never,
      },
      load: { latencies: [1], upstreamCalls: lagBoundMs === 0 ? 600 : 100, elapsed: 3_001 },
      trials: [{ refusedAfter: lagBoundMs + 150, grantedUntil: lagBoundMs }],
      outage: unanswered,
      ...changes,
    }
  }
  it('has nothing to say where all is as declared', () => {
    expect(problemsOf(measured(0), workload)).toStrictEqual([])
    expect(problemsOf(measured(2_000), workload)).toStrictEqual([])
    const atExpiry = { load: noCalls, outage: unaffected }
    expect(problemsOf(measured(5_000, atExpiry), workload)).toStrictEqual([])
  })

  it.each([
    ['a token that was accepted past the bound', 2_000, { trials: [{ refusedAfter: 2_050, grantedUntil: 2_001 }] }],
    ['a token that was accepted after its revocation', 0, { trials: [{ refusedAfter: 5, grantedUntil: 1 }] }],
    ['a request on 0s without a call', 0, { load: { ...noCalls, upstreamCalls: 599 } }],
    ['calls above one per token and duration', 2_000, { load: { ...noCalls, upstreamCalls: 101 } }],
    ['calls below one per token', 2_000, { load: { ...noCalls, upstreamCalls: 49 } }],
    ['a good token that an outage refused', 0, { outage: { ...unanswered, refused: 1 } }],
    ['a grant in an outage on 0s', 0, { outage: { ...unanswered, granted: 1, grantedUntil: 1 } }],
    ['a grant in an outage past the bound', 2_000, { outage: { ...unanswered, granted: 1, grantedUntil: 2_001 } }],
    ['an outage that nobody noticed', 2_000, { outage: { ...unaffected, grantedUntil: 1 } }],
    ['an outage that touched local validation', 5_000, { load: noCalls, outage: { ...unaffected, unavailable: 1 } }],
    ['an outage that did not end', 0, { outage: { ...unanswered, backAfter: 1_001 } }],
  ])('notices %s', (_, lagBoundMs, changes) => {
    expect(problemsOf(measured(lagBoundMs, changes), workload)).toHaveLength(1)
  })
})
