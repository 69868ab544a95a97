import { missing, paramsIn, type Transport } from './transport.js'
import { eventOf } from './wire-error.js'

/** Messages and events of microservices. */
export const rpc: Transport = {
  keyOf: (context) => context.switchToRpc().getContext<object>(),
  /** Messages have no header that all brokers share: `extractToken` says where the token is. */
  requestOf: () => ({ method: 'POST', url: '/', headers: {} }),
  paramsOf: (context) => paramsIn(context.switchToRpc().getData()),
  staysOpen: () => false,
  async exceptionFor(denied) {
    const { RpcException } = await import('@nestjs/microservices').catch(() => missing('@nestjs/microservices'))
    return new RpcException(eventOf(denied))
  },
}
