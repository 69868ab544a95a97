import type * as cedarWasm from '@cedar-policy/cedar-wasm/nodejs'

/** The engine, which is what the service evaluates with. */
export type Cedar = typeof cedarWasm

/** Loaded on demand: 4 MB that only this entry needs. */
export async function loadCedar(maker: string): Promise<Cedar> {
  try {
    return await import('@cedar-policy/cedar-wasm/nodejs')
  } catch (cause) {
    throw new Error(`${maker}: could not load Cedar. Add @cedar-policy/cedar-wasm as a dev dependency`, { cause })
  }
}

/** What Cedar says is wrong. */
export function reasonsOf(errors: readonly { readonly message: string }[]): string {
  return errors.map(({ message }) => message).join('; ')
}
