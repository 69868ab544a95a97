import type { HttpResponse } from 'msw'
import { type FakeRequest, type FakeResponse, nothingThere, type PublicServer } from '../endpoints/fake-server.js'

/** A request that msw caught, as the fakes take it. The original stays unread for handlers that come later. */
export async function fakeRequest(request: Request): Promise<FakeRequest> {
  const { method, url, headers } = request
  return { method, url: new URL(url), headers, body: await request.clone().text() }
}

/** The answer of the fakes that share an address, as msw sends it. */
export function mswResponse(
  candidates: readonly PublicServer[],
  request: FakeRequest,
  { HttpResponse: make }: { readonly HttpResponse: typeof HttpResponse },
): Promise<Response> {
  return answerOf(candidates, request).then(
    ({ status, headers, body }) => new make(body === '' ? null : body, { status, headers: { ...headers } }),
    () => make.error(),
  )
}

/** The servers that a request is meant for, as far as it says. */
export function ownersOf(candidates: readonly PublicServer[], request: FakeRequest): readonly PublicServer[] {
  return candidates.filter((server) => server.owns(request))
}

/** The server that owns the request answers. One that is alone at an address answers whatever comes there. */
async function answerOf(candidates: readonly PublicServer[], request: FakeRequest): Promise<FakeResponse> {
  const [first, ...others] = candidates as [PublicServer, ...PublicServer[]]
  const owners = ownersOf(candidates, request)
  const owner = others.length === 0 ? first : owners.length === 1 ? owners[0] : undefined
  const answer = owner === undefined ? first.stray(request, owners) : await owner.answer(request)
  return answer ?? nothingThere(first.kind, request.method, request.url.href)
}
