import { combinePolicies, type CompiledPolicy, definePolicy, type ResourceServer } from '@tokenward/core'

/** A policy as it is decided at one place of a stack, and the stack with it on top. */
interface Step {
  readonly policy: CompiledPolicy<unknown>
  readonly above: PolicyStack
}

/**
 * The policies that have let a call in so far. Each is decided where it stands; a refusal tells the scopes of those below,
 * too, so that a client that asks for exactly these gets past all of them (RFC 6750 §3). Steps are made once for each
 * place where a policy stands.
 */
export class PolicyStack {
  readonly #api: ResourceServer
  readonly #scopes: readonly CompiledPolicy<unknown>[]
  readonly #steps = new Map<CompiledPolicy<unknown>, Map<string, Step>>()

  constructor(api: ResourceServer, scopes: readonly CompiledPolicy<unknown>[] = []) {
    this.#api = api
    this.#scopes = scopes
  }

  /** Puts a policy on top; where it has no name, events name the procedure. */
  step(policy: CompiledPolicy<unknown>, path: string): Step {
    const known = this.#steps.get(policy) ?? new Map<string, Step>()
    this.#steps.set(policy, known)
    const step = known.get(path) ?? {
      policy: this.#api.policy(combinePolicies(policy, ...this.#scopes, definePolicy({ name: path }))),
      above: new PolicyStack(this.#api, [...this.#scopes, ...scopesOf(policy)]),
    }
    known.set(path, step)
    return step
  }
}

function scopesOf({ scopes, anyScope }: CompiledPolicy<unknown>): readonly CompiledPolicy<unknown>[] {
  const all = scopes.length === 0 ? [] : [definePolicy({ scopes })]
  return [...all, ...anyScope.map((list) => definePolicy({ anyScope: list }))]
}
