import type { Prepare } from '../../measure/contender.ts'
import { ISSUER } from '../../tokens.ts'
import type { IntrospectionSetup } from '../introspection-rows.ts'

/** What is used of what was built. */
interface ClientModule {
  createHttpClient(): unknown
  clientSecretBasic(clientId: string, clientSecret: string): unknown
  readonly systemClock: unknown
  createIntrospectionClient(options: object): {
    introspect(token: string, timeout: number): Promise<{ readonly active: boolean }>
  }
}

/** The call and the checks of its answer, with nothing decided. */
export const prepare: Prepare<IntrospectionSetup> = async ({ endpoint, tokens, client: url }) => {
  const files = ['introspection-client', 'client-authentication', 'clock', 'http-client']
  const loaded = await Promise.all(files.map((file) => import(`${url}${file}.mjs`)))
  const module: ClientModule = Object.assign({}, ...loaded)
  const client = module.createIntrospectionClient({
    http: module.createHttpClient(),
    clock: module.systemClock,
    issuer: ISSUER,
    endpoint: { find: () => endpoint, forget() {} },
    clientAuthentication: module.clientSecretBasic('orders-api', 'a secret of this API'),
  })
  return async (index) => {
    const answer = await client.introspect(tokens[index % tokens.length] as string, 3_000)
    if (!answer.active) throw new Error('not active')
  }
}
