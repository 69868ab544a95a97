declare module 'test-files' {
  /** Every test file of the bundle, loaded when it is asked for. */
  export const testFiles: Readonly<Record<string, () => Promise<unknown>>>
}

declare module 'cloudflare:node' {
  /** Hands a request to the server of `node:http` that listens on a port. */
  export function handleAsNodeRequest(port: number, request: Request): Promise<Response>
}
