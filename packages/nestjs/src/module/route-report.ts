import { Inject, Injectable, Logger } from '@nestjs/common'
import { type CompiledPolicy, ConfigurationError, type PolicyExplanation, type ResourceServer } from '@tokenward/core'
import type { FoundHandler } from '../policies/handlers.js'
import { nameOf } from '../policies/route-policies.js'
import { BOOT_OPTIONS, type BootOptions, RESOURCE_SERVER } from './tokenward-options.js'

/** Tells at boot what handlers demand, and of demands that nobody can meet. */
@Injectable()
export class RouteReport {
  readonly #server: ResourceServer
  readonly #options: BootOptions
  readonly #log = new Logger('Tokenward')

  constructor(@Inject(RESOURCE_SERVER) server: ResourceServer, @Inject(BOOT_OPTIONS) options: BootOptions) {
    this.#server = server
    this.#options = options
  }

  /** Says what a handler's policy means, and that nobody can meet it where that is so. */
  tell(handler: FoundHandler, policy: CompiledPolicy<unknown> | 'public'): void {
    const explanation = policy === 'public' ? undefined : this.#server.explain(policy)
    const issuers = explanation?.issuers ?? []
    if (issuers.length > 0 && issuers.every(({ sources }) => sources.length === 0)) {
      const problem =
        'demands what no token of the configured issuers can meet: nothing can say soon enough that one was revoked'
      if (this.#options.strictRoutes) throw new ConfigurationError(nameOf(handler), problem)
      this.#log.warn(`${nameOf(handler)} ${problem}`)
    }
    if (this.#options.logRoutes) this.#log.log(`${nameOf(handler)}: ${planOf(policy, explanation)}`)
  }
}

/** One line for the log of the boot. */
function planOf(policy: CompiledPolicy<unknown> | 'public', explanation: PolicyExplanation | undefined): string {
  if (policy === 'public' || explanation === undefined) return 'public'
  const { scopes, anyScope, groups, claims } = policy
  const outage = policy.maxRevocationLagDuringOutage
  return [
    'a valid token',
    ...(scopes.length > 0 ? [`scopes ${scopes.join(' ')}`] : []),
    ...anyScope.map((list) => `one of the scopes ${list.join(' ')}`),
    ...groups.map((list) => `one of the groups ${list.join(', ')}`),
    ...(claims === undefined ? [] : ['a claims schema']),
    ...explanation.decisions.map(({ action = 'what a function says', explanation: by }) =>
      by === undefined ? `permission for ${action}` : `permission for ${action} (${by})`,
    ),
    `maxRevocationLag ${lagText(policy.maxRevocationLag)}${outage === undefined ? '' : ` (${lagText(outage)} during an outage)`}`,
    ...explanation.issuers.map(
      ({ issuers: [issuer], tokens, sources, duringOutage }) =>
        `${issuer} (${tokens}): ${sources.join(' or ') || 'no evidence'}, ${duringOutage} during an outage`,
    ),
  ].join('; ')
}

function lagText(lag: 'token-lifetime' | number): string {
  return typeof lag === 'number' ? `${lag} ms` : lag
}
