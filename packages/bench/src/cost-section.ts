import type { EngineCost } from './engine/engine-cost.ts'
import type { MemoryCase } from './memory/memory-cost.ts'
import type { Spread } from './measure/statistics.ts'
import { betweenMarkers, table } from './readme.ts'
import { type Results } from './results.ts'

/** Puts the figures where the markers of a README are. */
export function withCostSection(readme: string, results: Results): string {
  return betweenMarkers(readme, costTables(results))
}

export function costTables(results: Results): string {
  const { date, node, cpu, cores } = results.measuredOn
  return (
    [
      `CPU time of the calling process, medians of rounds in which all took turns; ${date}, Node ${node}, ${cores} × ${cpu}, ` +
        'shared with other work: ratios say more than microseconds.',
      introspectionTable(results),
      engineTable(results.engine),
      validationTable(results),
      memoryTable(results),
      floodText(results),
    ].join('\n\n') + '\n'
  )
}

function introspectionTable({ introspection: { opaque, jwt, jwtToIntrospectionAlone } }: Results): string {
  const row = (name: string, { cpu, ratio }: (typeof opaque)['tokenward']) => [name, micros(cpu), times(ratio)]
  return table(
    ['a route that always asks, for one request', 'CPU', '× oauth4webapi'],
    [
      row('opaque token: oauth4webapi, introspection', opaque.oauth4webapi),
      row("opaque token: Tokenward, `'0s'`", opaque.tokenward),
      row('the same call by hand on `node:http`, nothing checked', opaque.nodeHttp),
      row('JWT: oauth4webapi, validation and introspection', jwt.oauth4webapi),
      row("JWT: Tokenward, `'0s'`", jwt.tokenward),
      ["JWT: Tokenward, `'0s'`, beside introspection without validation", '', times(jwtToIntrospectionAlone)],
    ],
  )
}

function engineTable({ validation, plainDecision, added }: EngineCost): string {
  const row = (name: string, route: keyof typeof added) => [name, micros(added[route].decision, 1)]
  return table(
    ['a JWT that is validated here', 'CPU'],
    [
      ['parsing and verifying (RS256)', micros(validation)],
      ['decision, without introspection and list', micros(plainDecision, 1)],
      row("added by introspection and a list of 10,000 entries, `'token-lifetime'`", 'equippedTokenLifetime'),
      row("the same on `'30s'`, young token", 'equippedThirtySeconds'),
      row("added once an inactive answer is remembered, `'token-lifetime'`", 'inactiveTokenLifetime'),
      row("the same on `'30s'`, young token", 'inactiveThirtySeconds'),
    ],
  )
}

function validationTable({ validation: { RS256, ES256 } }: Results): string {
  const names = Object.keys(RS256) as (keyof typeof RS256)[]
  return table(
    ['validation alone, keys at hand', 'RS256', '× Tokenward', 'ES256', '× Tokenward'],
    names.map((name) => {
      const cells = [RS256, ES256].flatMap((cost) => [micros(cost[name].cpu), times(cost[name].ratio)])
      return [name === 'tokenward' ? 'Tokenward, `verify`' : name, ...cells]
    }),
  )
}

const memories: Readonly<Record<MemoryCase, string>> = {
  jwtUnchanged: 'answer about a JWT that changes nothing',
  jwtNarrowed: 'answer about a JWT that narrows it; its claims are kept',
  jwtInactive: 'inactive answer about a JWT',
  opaque: 'answer about an opaque token; its claims are kept',
  opaqueInactive: 'inactive answer about an opaque token',
  listedToken: 'revocation list: a token',
  listedLogin: 'revocation list: a login',
  listedUser: 'revocation list: a user',
}

function memoryTable({ memory }: Results): string {
  return table(
    ['bytes for one of', '10,000', '100,000'],
    Object.entries(memories).map(([kind, name]) => {
      const bytes = memory[kind as MemoryCase]
      return [name, ...[10_000, 100_000].map((count) => Math.round(bytes[count] as number).toLocaleString('en-US'))]
    }),
  )
}

function floodText({ flood: { heapBefore, heapAfter, remembered } }: Results): string {
  const grown = Object.entries(heapAfter).map(([count, heap]) => {
    return `${Number(count).toLocaleString('en-US')} of them ${((heap - heapBefore) / 2 ** 20).toFixed(1)} MB`
  })
  return (
    `Made-up opaque tokens on a \`'0s'\` route leave behind what fits into \`maxRememberedTokens\`: ${grown.join(', ')}, ` +
    `with ${remembered.toLocaleString('en-US')} remembered in the end.`
  )
}

function micros({ median }: Spread, digits = 0): string {
  return `${median.toFixed(digits)} µs`
}

function times(ratio: number): string {
  return ratio.toFixed(2)
}
