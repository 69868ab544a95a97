/** As much of a browser as signing in needs: it keeps cookies for each host, and goes where it is sent. */
export interface CookieBrowser {
  /** Follows redirects; tells where it ended. */
  open(
    url: string | URL,
    init?: RequestInit,
  ): Promise<{ readonly response: Response; readonly url: URL; readonly text: string }>
}

export function cookieBrowser(): CookieBrowser {
  const jars = new Map<string, Map<string, string>>()

  async function once(url: URL, init: RequestInit): Promise<Response> {
    const jar = jars.get(url.host) ?? new Map<string, string>()
    jars.set(url.host, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(init.headers as Record<string, string>), ...(cookie !== '' && { cookie }) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }

  return {
    async open(first, init = {}) {
      let url = new URL(first)
      let response = await once(url, init)
      for (
        let location = response.headers.get('location');
        location !== null;
        location = response.headers.get('location')
      ) {
        url = new URL(location, url)
        response = await once(url, {})
      }
      return { response, url, text: await response.text() }
    },
  }
}
