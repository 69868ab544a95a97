/** A body that is read in pieces, as a web `Request` or `Response` has one. */
export interface ReadableBody {
  /** The part of a stream's reader that is used. */
  getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> }
}

/** The whole body; `undefined` as soon as it turns out to be larger than the limit. */
export async function readBody(body: ReadableBody | null, maxBytes: number): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array()
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (value === undefined) continue
    size += value.length
    if (size > maxBytes) return undefined
    chunks.push(value)
  }
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
