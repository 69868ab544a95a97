// Vitest starts processes for the tests: that these are of the same runtime is what all of this is about.
const wanted = process.env['TOKENWARD_RUNTIME'] ?? 'a runtime that the settings name'
if (process.versions[wanted] === undefined) throw new Error(`this is not ${wanted}`)
