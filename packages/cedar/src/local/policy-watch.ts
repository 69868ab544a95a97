import type { FSWatcher } from 'node:fs'
import { nodeModule } from '../engine/node-modules.js'
import { isFolder } from './policy-source.js'

/** Editors and deployments write in several steps; what they end with is read. */
const QUIET_MS = 50

/** Calls back some time after anything happened in the folders of the paths. Keeps no process alive. */
export function watchPaths(option: string, paths: readonly string[], onChange: () => void): { close(): void } {
  const { watch } = nodeModule(option, 'node:fs')
  let timer: NodeJS.Timeout | undefined
  // Folders, not files: a file that is replaced by another of its name would be watched no more.
  const folders = new Set(paths.map((path) => (isFolder(option, path) ? path : folderOf(path))))
  const watchers: readonly FSWatcher[] = [...folders].map((folder) => {
    const watcher = watch(folder, { persistent: false }, () => {
      clearTimeout(timer)
      timer = setTimeout(onChange, QUIET_MS)
      timer.unref()
    })
    // A folder that goes away: what was read stays in force.
    return watcher.on('error', () => watcher.close())
  })
  return {
    close() {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.close()
    },
  }
}

function folderOf(path: string): string {
  return /^(.*)[\\/][^\\/]*$/s.exec(path)?.[1] ?? '.'
}
