import { parseArgs } from 'node:util'
import { TokenwardError } from '@tokenward/core'
import { checkCommand } from './check-command.js'
import { diffCommand } from './diff-command.js'
import { generateCommand } from './generate-command.js'
import { pushCommand } from './push-command.js'
import { EXIT, type Exit, type Terminal, UsageError } from './terminal.js'

const USAGE = `tokenward-cedar generate <description> [--folder cedar] [--force]
  Writes schema.cedarschema and policies/scopes.cedar from a description of scopes, groups and routes: JSON, or a module.
tokenward-cedar check [--folder cedar] [--decisions cedar/decisions.json]
  Validates the policies against the schema, and makes the example decisions of a table.
tokenward-cedar diff --store <id> [--folder cedar] [--region <region>] [--endpoint <url>]
  Compares the folder with a policy store of Amazon Verified Permissions.
tokenward-cedar push --store <id> [--folder cedar] [--region <region>] [--endpoint <url>] [--prune] [--write [--yes]]
  Says what would be written. --write writes after somebody has confirmed, or with --yes at once.
Ends with 0; with 1 when something differs or a decision is not as expected; with 2 when it could not be done.`

const FLAGS = {
  folder: { type: 'string', default: 'cedar' },
  force: { type: 'boolean', default: false },
  decisions: { type: 'string' },
  store: { type: 'string' },
  region: { type: 'string' },
  endpoint: { type: 'string' },
  write: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  prune: { type: 'boolean', default: false },
} as const

type Flag = keyof typeof FLAGS

/** The flags of each command: one that does nothing would be believed to do something. */
const COMMANDS: Readonly<Record<string, readonly Flag[]>> = {
  generate: ['folder', 'force'],
  check: ['folder', 'decisions'],
  diff: ['folder', 'store', 'region', 'endpoint'],
  push: ['folder', 'store', 'region', 'endpoint', 'write', 'yes', 'prune'],
}

/** Runs the command line. Returns what the process is to end with. */
export async function main(args: readonly string[], terminal: Terminal): Promise<Exit> {
  const [command = 'help', ...rest] = args
  if (command === 'help' || command === '--help') {
    terminal.out(USAGE)
    return EXIT.fine
  }
  try {
    return await run(command, rest, terminal)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // Of AWS, a name says more than most messages.
    const isKnown = error instanceof UsageError || error instanceof TokenwardError
    terminal.err(isKnown ? error.message : `${error.name}: ${error.message}`)
    if (error instanceof UsageError) terminal.err(USAGE)
    return EXIT.failed
  }
}

async function run(command: string, rest: readonly string[], terminal: Terminal): Promise<Exit> {
  const known = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
  if (known === undefined) throw new UsageError(`there is no command ${command}`)
  const { values, positionals } = parsed(command, rest, known)
  if (command === 'generate') return generateCommand(terminal, positionals, values)
  if (positionals.length > 0) throw new UsageError(`${command} takes flags alone`)
  if (command === 'check') return checkCommand(terminal, { ...values, decisions: values.decisions })
  const { store, region, endpoint, ...others } = values
  if (store === undefined) throw new UsageError(`${command} needs --store <id>`)
  if (others.yes && !others.write) throw new UsageError('--yes goes with --write')
  const options = { ...others, store, region, endpoint }
  return command === 'diff' ? diffCommand(terminal, options) : pushCommand(terminal, options)
}

function parsed(command: string, args: readonly string[], known: readonly Flag[]) {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      options: FLAGS,
      allowPositionals: true,
      tokens: true,
    })
    const stray = tokens.find((token) => token.kind === 'option' && !known.includes(token.name as Flag))
    if (stray?.kind === 'option') throw new UsageError(`${command} knows no ${stray.rawName}`)
    return { values, positionals }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message)
  }
}
