import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './source-files.js'

/** Lines of an interface between its braces, without those of nested types. */
function bodyOf(path: string, name: string): readonly string[] {
  const lines = readFileSync(join(root, path), 'utf8').split('\n')
  const start = lines.findIndex((line) => new RegExp(`^(?:export )?interface ${name}\\b`).test(line))
  if (start === -1) throw new Error(`${path} has no interface ${name}`)
  const end = lines.findIndex((line, index) => index > start && line === '}')
  return lines.slice(start + 1, end)
}

const MEMBER = /^ {2}(?:readonly )?(\w+)[?(<:]/

/** Names of the members an interface has itself. */
export function membersOf(path: string, name: string): readonly string[] {
  return bodyOf(path, name).flatMap((line) => MEMBER.exec(line)?.[1] ?? [])
}

/** Names of the members that no comment explains. */
export function unexplainedMembersOf(path: string, name: string): readonly string[] {
  const body = bodyOf(path, name)
  return body.flatMap((line, index) => {
    const member = MEMBER.exec(line)?.[1]
    return member === undefined || body[index - 1]?.trimEnd().endsWith('*/') ? [] : member
  })
}
