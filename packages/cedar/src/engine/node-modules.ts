import type * as fileSystem from 'node:fs'
import type * as modules from 'node:module'
import { ConfigurationError } from '@tokenward/core'

export type FileSystem = typeof fileSystem

interface NodeModules {
  'node:fs': FileSystem
  'node:module': typeof modules
}

/** A module of Node when it is needed: runtimes without it import this package, with policies and engine handed in. */
export function nodeModule<Name extends keyof NodeModules>(option: string, name: Name): NodeModules[Name] {
  const module = globalThis.process?.getBuiltinModule?.(name)
  if (module === undefined) throw new ConfigurationError(option, `needs ${name}, which this runtime does not have`)
  return module as unknown as NodeModules[Name]
}
