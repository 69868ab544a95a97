/** Data of a request that Cedar has no value for. Its message names the place, never the value. */
export class Unmappable extends Error {
  constructor(path: string, problem: string) {
    super(`${path} ${problem}`)
    this.name = 'Unmappable'
  }
}
