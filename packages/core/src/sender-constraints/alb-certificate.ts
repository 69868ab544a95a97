import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import { type CertificateChain, chainOf } from './certificate-chain.js'
import { type CertificateSource, certificateSource, parseEscapedPem, proxyHeader } from './certificate-source.js'
import { checkTrustedProxy, type ComesFromProxy, type TrustedProxy } from './trusted-proxy.js'

/** Options of {@link albCertificate}. */
export type AlbCertificateOptions = AlbVerifyOptions | AlbPassthroughOptions

interface AlbOptions {
  /**
   * The load balancer. `'alb-event'`: this API is a Lambda function behind it, whose events `fromAwsEvent` reads; let nobody
   * else invoke it.
   */
  readonly trustedProxy: TrustedProxy | 'alb-event'
}

/** The load balancer verifies certificates against its trust store. */
export interface AlbVerifyOptions extends AlbOptions {
  /** `'verify'`: the load balancer has verified the chain, and hands on the certificate alone. */
  readonly mode: 'verify'
  /** For `'passthrough'` only. */
  readonly chain?: undefined
}

/** The load balancer verifies nothing: any certificate of anybody arrives here. */
export interface AlbPassthroughOptions extends AlbOptions {
  /** `'passthrough'`: the load balancer hands on the chain as the client sent it. */
  readonly mode: 'passthrough'
  /** Verifies the chain: `certificateChain({ ca })` of `@tokenward/core/node`. */
  readonly chain: CertificateChain
}

const OWNER = 'albCertificate'
const HEADERS = { verify: 'x-amzn-mtls-clientcert-leaf', passthrough: 'x-amzn-mtls-clientcert' } as const
/** What else it tells in either mode, a client could tell as well. */
const EVERY_HEADER = ['', '-leaf', '-serial-number', '-issuer', '-subject', '-validity'].map(
  (part) => `x-amzn-mtls-clientcert${part}`,
)

/**
 * The certificate that an Application Load Balancer hands on (Elastic Load Balancing, "Mutual authentication with TLS").
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function albCertificate(options: AlbCertificateOptions): CertificateSource {
  checkOptionNames(OWNER, options, ['mode', 'trustedProxy', 'chain'])
  const { mode, trustedProxy, chain } = options as unknown as AlbCertificateOptions
  if (mode !== 'verify' && mode !== 'passthrough') {
    throw new ConfigurationError(`${OWNER}.mode`, "must be 'verify' or 'passthrough', as the listener says")
  }
  if ((chain === undefined) !== (mode === 'verify')) {
    throw new ConfigurationError(`${OWNER}.chain`, "goes with mode: 'passthrough', and only with it")
  }
  const verifyChain = chain && chainOf(chain, `${OWNER}.chain`)
  const comesFromProxy: ComesFromProxy =
    trustedProxy === 'alb-event'
      ? ({ deliveredBy }) => deliveredBy === 'alb-event'
      : checkTrustedProxy(`${OWNER}.trustedProxy`, trustedProxy)
  return certificateSource({
    acceptUnverified: false,
    verifies: true,
    forwarded: { comesFromProxy, names: EVERY_HEADER },
    find(request) {
      const header = proxyHeader(request, comesFromProxy, HEADERS[mode])
      return typeof header === 'string' ? header : { ...header, verified: true }
    },
    decode(text) {
      const certificates = parseEscapedPem(text)
      const [der, ...others] = certificates ?? []
      if (certificates === undefined || der === undefined) return undefined
      if (verifyChain !== undefined) return { der, chain: verifyChain(certificates) }
      return others.length === 0 ? { der } : undefined
    },
  })
}
