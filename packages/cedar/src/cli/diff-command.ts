import { readLocalCedar } from './local-files.js'
import { connectStore, readStore, type StoreOptions } from './store-contents.js'
import { describe, differenceOf, isDifferent } from './store-plan.js'
import { EXIT, type Exit, type Terminal } from './terminal.js'

/** Compares a folder with a policy store. */
export async function diffCommand(
  terminal: Terminal,
  options: StoreOptions & { readonly folder: string },
): Promise<Exit> {
  const local = readLocalCedar(options.folder)
  const client = await connectStore(options)
  try {
    const difference = differenceOf(local, await readStore(client, options.store))
    for (const line of describe(difference)) terminal.out(line)
    return isDifferent(difference) ? EXIT.different : EXIT.fine
  } finally {
    client.destroy()
  }
}
