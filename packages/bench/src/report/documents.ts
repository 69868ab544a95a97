import { type GroupName, isGroupName } from '../groups.ts'
import { type MeasuredOn, type Results, rowsOf } from '../results.ts'
import { charted, chartOf } from './charts.ts'
import { betweenMarkers } from './markdown.ts'
import { groupTable, notesOf, provenance } from './tables.ts'

/** What the README of core shows; the rest stands with all of it in `docs/benchmarks`. */
const IN_CORE: readonly GroupName[] = [
  'verification',
  'repeated tokens',
  'whole request',
  'senders',
  'introspection',
  'decision',
  'memory',
  'start',
]

const HEADINGS: Readonly<Record<GroupName, string>> = {
  verification: 'A token that comes for the first time',
  'repeated tokens': 'A token that comes again',
  'whole request': 'A whole request',
  'key sets': 'When keys change, endpoints fail and floods come',
  senders: 'A token that is bound to its sender',
  introspection: 'A route that always asks',
  decision: 'What a decision adds to a token that is validated here',
  policies: 'A decision by policies of Cedar, in this process',
  memory: 'Memory',
  start: 'Starting, and what has to be shipped',
  authorizer: 'A Lambda authorizer, when its function starts',
  testkit: 'The testkit',
}

export function withCoreSection(readme: string, results: Results): string {
  const tables = IN_CORE.flatMap((group) => [`${HEADINGS[group]}:`, groupTable(results, group)])
  return betweenMarkers(readme, `${[introduction(results.measuredOn.verification), ...tables].join('\n\n')}\n`)
}

export function withTestkitSection(readme: string, results: Results): string {
  return betweenMarkers(readme, `${introduction(results.measuredOn.testkit)}\n\n${groupTable(results, 'testkit')}\n`)
}

export function withCedarSection(readme: string, results: Results): string {
  const { measuredOn } = results
  const all = [
    introduction(measuredOn.policies),
    groupTable(results, 'policies'),
    ...notesText(notesOf(results, 'policies')),
  ]
  return betweenMarkers(readme, `${all.join('\n\n')}\n`)
}

/** The page with everything, between the markers. */
export function withAllSections(page: string, results: Results): string {
  const sections = groupsOf(results).flatMap((group) => [
    `## ${HEADINGS[group]}`,
    ...(charted(rowsOf(results, group)).length === 0 ? [] : [`![${HEADINGS[group]}](${chartName(group)})`]),
    groupTable(results, group),
    ...notesText(notesOf(results, group)),
    provenance(results.measuredOn[group] as MeasuredOn),
  ])
  return betweenMarkers(page, `${sections.join('\n\n')}\n`)
}

/** By file name. */
export function chartsOf(results: Results): ReadonlyMap<string, string> {
  const charts = new Map<string, string>()
  for (const group of groupsOf(results)) {
    const rows = charted(rowsOf(results, group))
    if (rows.length > 0) charts.set(chartName(group), chartOf(rows))
  }
  return charts
}

function groupsOf({ rows }: Results): readonly GroupName[] {
  return [...new Set(rows.map(({ group }) => group))].filter(isGroupName)
}

function chartName(group: GroupName): string {
  return `${group.replaceAll(' ', '-')}.svg`
}

function introduction(measuredOn: MeasuredOn | undefined): string {
  const how = 'Medians of at least seven rounds in which all took turns; CPU is that of the whole process.'
  return measuredOn === undefined ? how : `${how} ${provenance(measuredOn)}`
}

function notesText(notes: readonly string[]): readonly string[] {
  return notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]
}
