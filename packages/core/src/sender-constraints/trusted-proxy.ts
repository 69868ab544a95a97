import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames, stringListOption } from '../outcomes/option-check.js'
import { equalInConstantTime } from '../vocabulary/constant-time.js'
import { type IpAddress, type IpRange, isInRange, parseIpAddress, parseIpRange } from '../vocabulary/ip-address.js'
import { type AnyRequest, headerValues } from '../vocabulary/protected-request.js'

/**
 * How the proxy that ends TLS is known. Whatever reaches this API another way may send the same headers, so that they are
 * read from this proxy alone. Where both are given, both must hold.
 */
export interface TrustedProxy {
  /**
   * Its addresses, or ranges of them (`'10.0.3.0/24'`), as this API sees them at the other end of the connection. Nobody
   * else may be able to connect from there. Default: any.
   */
  readonly addresses?: readonly string[] | undefined
  /** A header that the proxy sets, and that clients cannot know. Default none. */
  readonly secretHeader?: SecretHeader | undefined
}

/** A secret that proxy and API share. The proxy has to take the header away from what clients send. */
export interface SecretHeader {
  /** Name of the header. */
  readonly name: string
  /** Its value, 32 characters at least; or several of which any will do, to change it without an outage. */
  readonly value: string | readonly string[]
}

/** Whether a request comes from the proxy. */
export type ComesFromProxy = (request: AnyRequest) => boolean

const MIN_SECRET_LENGTH = 32
const EITHER = 'must have addresses or a secretHeader: without one, anybody could send what the proxy sends'

export function checkTrustedProxy(option: string, proxy: TrustedProxy): ComesFromProxy {
  checkOptionNames(option, proxy, ['addresses', 'secretHeader'])
  const { addresses, secretHeader } = proxy as TrustedProxy
  if (addresses === undefined && secretHeader === undefined) throw new ConfigurationError(option, EITHER)
  const ranges = addresses === undefined ? undefined : checkAddresses(`${option}.addresses`, addresses)
  const secret = secretHeader === undefined ? undefined : checkSecretHeader(`${option}.secretHeader`, secretHeader)
  return (request) => (ranges === undefined || isFrom(request, ranges)) && (secret === undefined || secret(request))
}

function checkAddresses(option: string, addresses: readonly string[]): readonly IpRange[] {
  const accepted = "must be a list of one or more IP addresses or ranges, such as ['10.0.3.0/24']"
  if (!Array.isArray(addresses)) throw new ConfigurationError(option, accepted)
  const everyKind = ['0.0.0.0', '::'].map((text) => parseIpAddress(text) as IpAddress)
  return stringListOption(option, addresses, accepted).map((text) => {
    const range = parseIpRange(text)
    if (range === undefined) throw new ConfigurationError(option, accepted)
    if (everyKind.some((address) => range.prefix <= 96 && isInRange(address, range))) {
      throw new ConfigurationError(option, 'must not be every address there is')
    }
    return range
  })
}

function isFrom({ remoteAddress }: AnyRequest, ranges: readonly IpRange[]): boolean {
  const address = remoteAddress === undefined ? undefined : parseIpAddress(remoteAddress)
  return address !== undefined && ranges.some((range) => isInRange(address, range))
}

function checkSecretHeader(option: string, header: SecretHeader): ComesFromProxy {
  checkOptionNames(option, header, ['name', 'value'])
  const { name, value } = header as unknown as SecretHeader
  const lowerCaseName = checkHeaderName(`${option}.name`, name)
  const accepted = `must be text of ${MIN_SECRET_LENGTH} characters at least, or a list of them`
  const secrets = stringListOption(`${option}.value`, value, accepted)
  if (secrets.some((secret) => secret.length < MIN_SECRET_LENGTH)) {
    throw new ConfigurationError(`${option}.value`, accepted)
  }
  return (request) => {
    const sent = headerValues(request, lowerCaseName)
    const [only = ''] = sent
    return sent.length === 1 && secrets.some((secret) => equalInConstantTime(only, secret))
  }
}

/** In lower case (RFC 9110 §5.1). */
export function checkHeaderName(option: string, name: unknown): string {
  if (typeof name !== 'string' || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
    throw new ConfigurationError(option, 'must be the name of a header')
  }
  return name.toLowerCase()
}
