import { readFileSync } from 'node:fs'
import { ConfigurationError } from '@tokenward/core'
import { runDecisionTable } from './decision-table.js'
import { decisionsFile, readLocalCedar } from './local-files.js'
import { EXIT, type Exit, type Terminal } from './terminal.js'

interface CheckOptions {
  readonly folder: string
  readonly decisions: string | undefined
}

/** Validates policies against the schema, and makes the example decisions. */
export async function checkCommand(terminal: Terminal, { folder, decisions }: CheckOptions): Promise<Exit> {
  const local = readLocalCedar(folder)
  terminal.out(`${local.policies.length} policies fit the schema`)
  const file = decisionsFile(folder, decisions)
  if (file === undefined) {
    terminal.out('no example decisions')
    return EXIT.fine
  }
  const { count, failures } = await runDecisionTable(local, readTable(file))
  for (const failure of failures) terminal.out(`not as expected: ${failure}`)
  terminal.out(`${count - failures.length} of ${count} decisions as expected`)
  return failures.length === 0 ? EXIT.fine : EXIT.different
}

function readTable(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ConfigurationError(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
