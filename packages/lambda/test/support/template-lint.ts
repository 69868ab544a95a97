import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CelEngine, type Engine, TemplateFile } from '@aws/cloudformation-validate'
import type { TemplateResource } from '../../src/wiring/index.js'

let engine: Engine | undefined

/**
 * What the linter of AWS finds in a template: what cannot be deployed, and what it warns of. Left out is what it would add,
 * such as tags.
 */
export function lint(
  resources: Readonly<Record<string, TemplateResource>>,
  others: Readonly<Record<string, unknown>> = {},
): readonly string[] {
  engine ??= new CelEngine()
  const folder = mkdtempSync(join(tmpdir(), 'tokenward-'))
  try {
    const file = join(folder, 'template.json')
    writeFileSync(file, JSON.stringify({ Resources: { ...resources, ...partsOfTheApplication }, ...others }))
    const { diagnostics } = engine.validateStandard(new TemplateFile(file))
    return diagnostics
      .filter(({ severity }) => severity !== 'INFO')
      .map(({ ruleId, message }) => `${ruleId} ${message}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const aws = { Principal: { Service: 'lambda.amazonaws.com' }, Effect: 'Allow', Action: 'sts:AssumeRole' }

/** What the resources of an API refer to, and an application brings. */
const partsOfTheApplication: Readonly<Record<string, TemplateResource>> = {
  AuthorizerRole: {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [aws] } },
  },
  AuthorizerFunction: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['AuthorizerRole', 'Arn'] },
      Code: { ZipFile: 'exports.handler = async () => ({ isAuthorized: false })' },
    },
  },
}
