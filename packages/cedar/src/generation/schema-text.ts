import type { ApiDescription, RouteDescription } from './api-description.js'

/** Claims of Cognito's access tokens. All optional, since machines lack some, and since tokens of other issuers may. */
const CLAIMS: Readonly<Record<string, string>> = {
  'auth_time?': 'Long',
  'client_id?': 'String',
  'exp?': 'Long',
  'iat?': 'Long',
  'iss?': 'String',
  'jti?': 'String',
  'origin_jti?': 'String',
  'scope?': 'Set<String>',
  'sub?': 'String',
  'token_use?': 'String',
  'username?': 'String',
  'version?': 'Long',
}

/** The schema of a description, in Cedar's own syntax. */
export function schemaText({ namespace, claims = {}, resources = {}, routes }: ApiDescription): string {
  const optional = Object.entries(claims).map(([name, type]) => [`${name.replace(/\?$/, '')}?`, type] as const)
  const token = recordText({ ...CLAIMS, ...Object.fromEntries(optional) }, '  ')
  const types = Object.entries(resources).map(
    ([name, attributes]) =>
      `  entity ${name}${Object.keys(attributes).length > 0 ? ` = ${recordText(attributes, '  ')}` : ''};`,
  )
  return `namespace ${namespace} {
  // Claims of an access token, where the mapping of Verified Permissions puts them.
  type Token = ${token};

  entity UserGroup;
  entity User in [UserGroup];
  entity Application;
${types.length > 0 ? `${types.join('\n')}\n` : ''}
${routes.map(actionText).join('\n\n')}
}
`
}

function actionText({ action, resource = 'Application', context = {} }: RouteDescription): string {
  const members = recordText({ token: 'Token', ...context }, '    ')
  return `  action ${cedarString(action)} appliesTo {
    principal: User,
    resource: ${resource},
    context: ${members},
  };`
}

const LINE = 80

function recordText(members: Readonly<Record<string, string>>, indent: string): string {
  const written = Object.entries(members)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, type]) => `${memberName(name)}: ${type}`)
  const line = `{ ${written.join(', ')} }`
  return line.length <= LINE ? line : `{\n${written.map((member) => `${indent}  ${member},`).join('\n')}\n${indent}}`
}

function memberName(name: string): string {
  const bare = name.replace(/\?$/, '')
  const written = /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(bare) ? bare : cedarString(bare)
  return name.endsWith('?') ? `${written}?` : written
}

/** A text as a literal of Cedar, whose escapes are those of Rust. */
export function cedarString(text: string): string {
  const escaped = [...text].map((letter) => {
    if (letter === '"' || letter === '\\') return `\\${letter}`
    // Controls, and what would make the line look like another: escaped, so that a reader sees them.
    return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(letter)
      ? `\\u{${(letter.codePointAt(0) as number).toString(16)}}`
      : letter
  })
  return `"${escaped.join('')}"`
}
