import { ConfigurationError } from '@tokenward/core'

/** A value of a template: text, or what CloudFormation resolves, such as `{ Ref: 'UserPool' }`. */
export type TemplateValue = string | TemplateFunction

/** A function of CloudFormation, such as `{ 'Fn::GetAtt': ['Authorizer', 'Arn'] }`. */
export type TemplateFunction = Readonly<Record<string, unknown>>

/** One resource of a template. */
export interface TemplateResource {
  /** For example `'AWS::ApiGatewayV2::Route'`. */
  readonly Type: string
  /** Those of its type. */
  readonly Properties: Readonly<Record<string, unknown>>
}

export function checkValue(option: string, value: unknown): TemplateValue {
  const isFunction = typeof value === 'object' && value !== null && /^(?:Ref|Fn::\w+)$/.test(Object.keys(value).join())
  if (isFunction || (typeof value === 'string' && value !== '')) return value as TemplateValue
  throw new ConfigurationError(option, "must be text, or a function of CloudFormation such as { Ref: 'UserPool' }")
}

export function checkValues(option: string, values: unknown): readonly TemplateValue[] {
  if (!Array.isArray(values) || values.length === 0) {
    throw new ConfigurationError(option, 'must be a list of one or more values')
  }
  return values.map((value) => checkValue(option, value))
}

/** `Fn::Sub` with names for the values in the text; plain text where nothing is left to resolve. */
export function sub(text: string, values: Readonly<Record<string, TemplateValue>> = {}): TemplateValue {
  return Object.keys(values).length === 0 ? { 'Fn::Sub': text } : { 'Fn::Sub': [text, values] }
}
