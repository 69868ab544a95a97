/** A figure that must not be exceeded. */
export interface Target {
  readonly name: string
  readonly limit: number
  readonly measured: number
}
