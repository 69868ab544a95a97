import { ConfigurationError } from '@tokenward/core'
import { assertOptionNames } from '../option-check.js'
import { checkValue, type TemplateValue } from './template-value.js'

/**
 * A custom domain with mutual TLS. API Gateway checks the chain of a client's certificate against the truststore, and no
 * revocation of it.
 */
export interface MutualTlsDomain {
  /** For example `'api.example.com'`. */
  readonly domainName: TemplateValue
  /** The certificate of the domain itself. */
  readonly certificateArn: TemplateValue
  /** Where the certificates of the accepted authorities are: `'s3://bucket/truststore.pem'`. */
  readonly truststoreUri: TemplateValue
  /** The version of that object. Default: the newest at the time of the deployment. */
  readonly truststoreVersion?: TemplateValue
}

/** A domain that was checked. */
export type CheckedMutualTls = MutualTlsDomain

export function checkMutualTlsDomain(option: string, given: MutualTlsDomain | undefined): CheckedMutualTls | undefined {
  if (given === undefined) return undefined
  assertOptionNames(option, given, ['domainName', 'certificateArn', 'truststoreUri', 'truststoreVersion'])
  const truststoreUri = checkValue(`${option}.truststoreUri`, given.truststoreUri)
  if (typeof truststoreUri === 'string' && !/^s3:\/\/[^/]+\/.+$/.test(truststoreUri)) {
    throw new ConfigurationError(
      `${option}.truststoreUri`,
      "must be an object of S3, such as 's3://bucket/truststore.pem'",
    )
  }
  return {
    domainName: checkValue(`${option}.domainName`, given.domainName),
    certificateArn: checkValue(`${option}.certificateArn`, given.certificateArn),
    truststoreUri,
    ...(given.truststoreVersion !== undefined && {
      truststoreVersion: checkValue(`${option}.truststoreVersion`, given.truststoreVersion),
    }),
  }
}
