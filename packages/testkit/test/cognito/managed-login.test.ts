import { describe, expect, it } from 'vitest'
import { ANN, browserOf, CALLBACK, CHALLENGE, poolWithApplication, query, told, WEB } from '../support/browser.js'
import { doors } from '../support/doors.js'

describe.each(['fetch', 'listen', 'serve'] as const)('the sign-in page through %s', (door) => {
  it('stands between the request and the code', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool, await doors[door](pool))
    const asked = await browser.authorize({ state: 'a b&c' })
    expect([asked.status, asked.headers.get('location')]).toStrictEqual([302, `/login${query({ state: 'a b&c' })}`])
    const page = await browser.go(asked.headers.get('location') as string)
    expect([page.status, page.headers.get('content-type')]).toStrictEqual([200, 'text/html; charset=utf-8'])
    expect(await page.text()).toContain('<form method="post" action="/login?')
    const done = await browser.signIn({ state: 'a b&c' })
    expect(done.status).toBe(302)
    expect(done.headers.get('location')).toMatch(
      /^http:\/\/localhost:3000\/callback\?code=[0-9a-f-]{36}&state=a\+b%26c$/,
    )
    expect([pool.authorize.hits, pool.login.hits]).toStrictEqual([1, 2])
    await pool.close()
  })
})

describe('the form', () => {
  it('needs no script, and names its fields for people and for password managers', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    const page = await browser.go(`/login${query({ login_hint: 'ann', acr_values: 'urn:cognito:loa:4' })}`)
    const text = await page.text()
    expect(text).not.toContain('<script')
    expect(text).toContain('<html lang="en">')
    expect(text).toContain('color-scheme: light dark')
    for (const [, id] of text.matchAll(/<input id="(\w+)"/g)) expect(text).toContain(`<label for="${id}">`)
    for (const hint of ['username', 'current-password', 'one-time-code']) {
      expect(text).toContain(`autocomplete="${hint}"`)
    }
    expect(text).toContain('name="username" value="ann"')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('cache-control')).toBe('no-store')
  })

  it('escapes what it is given', async () => {
    const pool = await poolWithApplication()
    const hint = `"><script>alert('x')</script>&`
    const text = await (await browserOf(pool).go(`/login${query({ login_hint: hint, state: '"><b>' })}`)).text()
    expect(text).not.toContain('<script')
    expect(text).not.toContain('"><b>')
    expect(text).toContain('value="&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#38;"')
  })

  it('asks again, with the reason, when the sign-in fails', async () => {
    const pool = await poolWithApplication()
    pool.addUser({ username: 'no-password' })
    const browser = browserOf(pool)
    const attempts: readonly (readonly [Record<string, string>, string])[] = [
      [{ password: 'guess' }, 'Incorrect username or password.'],
      [{ username: 'nobody' }, 'Incorrect username or password.'],
      [{ username: 'no-password', password: '' }, 'Incorrect username or password.'],
    ]
    for (const [fields, problem] of attempts) {
      const response = await browser.signIn({}, fields)
      expect(response.status).toBe(400)
      expect(await response.text()).toContain(`<p role="alert" id="problem">${problem}</p>`)
    }
    await pool.disableUser('ann')
    expect(await (await browser.signIn()).text()).toContain('User is disabled.')
    await pool.deleteUser('ann')
    expect(await (await browser.signIn()).text()).toContain('Incorrect username or password.')
  })

  it.each([
    ['urn:cognito:loa:1', { password: ANN.password }],
    ['urn:cognito:loa:2', { code: '123456' }],
    ['urn:cognito:loa:3', { password: ANN.password, code: '123456' }],
    ['urn:cognito:loa:4', { password: ANN.password, code: '123456' }],
  ])('asks for what reaches the level %s, and for no less', async (acr_values, needed) => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    const search = query({ acr_values })
    const page = await (await browser.go(`/login${search}`)).text()
    for (const field of ['password', 'code']) expect(page.includes(`name="${field}"`)).toBe(field in needed)
    for (const left of Object.keys(needed)) {
      const { [left as keyof typeof needed]: _, ...rest } = needed
      expect((await browser.submit(search, { username: 'ann', ...(rest as object) })).status).toBe(400)
    }
    if ('code' in needed) {
      expect((await browser.submit(search, { username: 'ann', ...needed, code: '12345' })).status).toBe(400)
    }
    expect((await browser.submit(search, { username: 'ann', ...(needed as object) })).status).toBe(302)
  })
})

describe('a request that is wrong', () => {
  it.each<[string, Readonly<Record<string, string | undefined>>, string, string?]>([
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['the implicit grant', { response_type: 'token' }, 'unauthorized_client'],
    ['a scope nobody has', { scope: 'openid orders/delete' }, 'invalid_request', 'invalid_scope'],
    ['an e-mail address without openid', { scope: 'email' }, 'invalid_request', 'invalid_scope'],
    ['a challenge without its method', { code_challenge: CHALLENGE }, 'invalid_request'],
    ['a method without a challenge', { code_challenge_method: 'S256' }, 'invalid_request'],
    ['a plain challenge', { code_challenge: CHALLENGE, code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge that is none', { code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
    ['a resource that is no URL', { resource: 'orders' }, 'invalid_request'],
    ['a resource with a fragment', { resource: 'https://api.example/#orders' }, 'invalid_request'],
    ['a resource on plain http', { resource: 'http://api.example' }, 'invalid_request'],
    ['an age that is none', { max_age: '-1' }, 'invalid_request'],
    ['levels that nobody knows', { acr_values: 'urn:mine:1 urn:mine:2' }, 'invalid_request'],
    ['a prompt that contradicts itself', { prompt: 'none login' }, 'invalid_request'],
    ['nobody who is signed in, silently', { prompt: 'none' }, 'login_required'],
  ])('by %s is told to the application', async (_, more, error, error_description) => {
    const pool = await poolWithApplication()
    const response = await browserOf(pool).authorize({ ...more, state: 's' })
    expect(response.headers.get('location')).toMatch(/^http:\/\/localhost:3000\/callback\?/)
    expect(told(response)).toStrictEqual({ error, ...(error_description && { error_description }), state: 's' })
  })

  it.each([
    ['redirect_mismatch', { redirect_uri: `${CALLBACK}/` }],
    ['redirect_mismatch', { redirect_uri: undefined }],
    ['invalid_request', { client_id: 'tv' }],
    ['invalid_request', { client_id: undefined }],
  ])('is told on a page, %s, where there is nowhere to go', async (error, more) => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    for (const path of [`/oauth2/authorize${query(more)}`, `/login${query(more)}`]) {
      const response = await browser.go(path)
      expect(response.headers.get('location')).toMatch(new RegExp(`^/error\\?error=${error}`))
      const page = await browser.go(response.headers.get('location') as string)
      expect([page.status, (await page.text()).includes(error)]).toStrictEqual([400, true])
    }
  })

  it('says what to declare', async () => {
    const pool = await poolWithApplication()
    const page = await (await browserOf(pool).go('/error?error=redirect_mismatch&client_id=web')).text()
    expect(page).toContain(CALLBACK)
    expect(page).toContain('<code>redirectUris</code>')
    expect(await (await browserOf(pool).go('/error?error=%3Cb%3E')).text()).toContain('&#60;b&#62;')
  })

  it('by a parameter given twice goes nowhere', async () => {
    const pool = await poolWithApplication()
    const response = await browserOf(pool).go(`/oauth2/authorize${query()}&state=1&state=2`)
    expect(response.headers.get('location')).toBe('/error?error=invalid_request')
  })

  it('is checked when the form is submitted, too', async () => {
    const pool = await poolWithApplication()
    expect(told(await browserOf(pool).signIn({ scope: 'orders/delete' })).error).toBe('invalid_request')
  })
})

describe('the session of a browser', () => {
  it('signs in again without the page, for an hour', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    await browser.signIn()
    expect(told(await browser.authorize())).toHaveProperty('code')
    expect(told(await browser.authorize({ prompt: 'none' }))).toHaveProperty('code')
    expect((await browser.authorize({ prompt: 'login' })).headers.get('location')).toMatch(/^\/login/)
    expect(told(await browserOf(pool).authorize({ prompt: 'none' })).error).toBe('login_required')
    pool.clock.advance('59m')
    expect(told(await browser.authorize())).toHaveProperty('code')
    pool.clock.advance('1m')
    expect((await browser.authorize()).headers.get('location')).toMatch(/^\/login/)
  })

  it('is too old for a client that says so', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    await browser.signIn()
    pool.clock.advance('10m')
    expect(told(await browser.authorize({ max_age: '660' }))).toHaveProperty('code')
    for (const max_age of ['600', '0']) {
      expect((await browser.authorize({ max_age })).headers.get('location')).toMatch(/^\/login/)
    }
    expect(told(await browser.authorize({ max_age: '600', prompt: 'none' })).error).toBe('login_required')
  })

  it('is too weak for a client that asks for more, and strong enough for one that asks for less', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    await browser.signIn()
    const four = { acr_values: 'urn:mine:9 urn:cognito:loa:4 urn:cognito:loa:1' }
    expect((await browser.authorize(four)).headers.get('location')).toMatch(/^\/login/)
    expect(told(await browser.authorize({ acr_values: 'urn:cognito:loa:1' }))).toHaveProperty('code')
    await browser.signIn(four, { code: '123456' })
    expect(told(await browser.authorize({ acr_values: 'urn:cognito:loa:3' }))).toHaveProperty('code')
  })

  it('is for users who are enabled, and no sign-out of tokens ends it', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    await browser.signIn()
    await pool.revokeUser('ann')
    expect(told(await browser.authorize())).toHaveProperty('code')
    await pool.disableUser('ann')
    expect((await browser.authorize()).headers.get('location')).toMatch(/^\/login/)
  })

  it('is a cookie that scripts do not see', async () => {
    const pool = await poolWithApplication()
    const cookie = (await browserOf(pool).signIn()).headers.get('set-cookie')
    expect(cookie).toMatch(/^cognito=[0-9a-f-]{36}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/)
    const plain = await browserOf(pool, await doors.serve(pool)).signIn()
    expect(plain.headers.get('set-cookie')).not.toContain('Secure')
  })
})

describe('/logout', () => {
  it('ends the session, and sends the browser where the client wants it', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    await browser.signIn()
    const out = await browser.go(`/logout?client_id=web&logout_uri=${encodeURIComponent(WEB.logoutUris[0])}`)
    expect([out.status, out.headers.get('location')]).toStrictEqual([302, WEB.logoutUris[0]])
    expect(told(await browser.authorize({ prompt: 'none' })).error).toBe('login_required')
    expect(pool.logout.hits).toBe(1)
  })

  it('makes the cookie worthless, should somebody have kept it', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    const cookie = (await browser.signIn()).headers.get('set-cookie')?.split(';')[0] as string
    const silently = async () =>
      told(await browserOf(pool).go(`/oauth2/authorize${query({ prompt: 'none' })}`, { headers: { cookie } }))
    expect(await silently()).toHaveProperty('code')
    await browser.go(`/logout?client_id=web&logout_uri=${encodeURIComponent(WEB.logoutUris[0])}`)
    expect(await silently()).toStrictEqual({ error: 'login_required' })
  })

  it('leads to the page, to sign in as somebody else', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    await browser.signIn()
    const out = await browser.go(`/logout${query()}`)
    expect(out.headers.get('location')).toBe(`/login${query()}`)
    expect((await browser.go(out.headers.get('location') as string)).status).toBe(200)
    expect(told(await browser.authorize({ prompt: 'none' })).error).toBe('login_required')
  })

  it('ends no token', async () => {
    const pool = await poolWithApplication()
    const token = await pool.accessToken({ username: 'ann', scopes: ['openid'] })
    await browserOf(pool).go(`/logout?client_id=web&logout_uri=${encodeURIComponent(WEB.logoutUris[0])}`)
    const answer = await pool.fetch(pool.userInfo.url, { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(200)
  })

  it('goes nowhere else, and leaves the session', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    await browser.signIn()
    const away = encodeURIComponent('https://elsewhere.example/')
    const mismatch = await browser.go(`/logout?client_id=web&logout_uri=${away}`)
    expect(mismatch.headers.get('location')).toBe('/error?error=redirect_mismatch&client_id=web')
    const unknown = await browser.go(`/logout?client_id=tv&logout_uri=${away}`)
    expect(unknown.headers.get('location')).toBe('/error?error=invalid_request&client_id=tv')
    const missing = await browser.go('/logout?client_id=web')
    expect([missing.status, await missing.text()]).toStrictEqual([400, expect.stringContaining('redirect_uri')])
    expect(told(await browser.authorize({ prompt: 'none' }))).toHaveProperty('code')
  })
})

describe('signInAs', () => {
  it('brings a code at once, without the page, until it is taken back', async () => {
    const pool = await poolWithApplication()
    pool.authorize.signInAs('ann')
    for (const more of [
      {},
      { prompt: 'none' },
      { prompt: 'login' },
      { max_age: '0', acr_values: 'urn:cognito:loa:4' },
    ]) {
      expect(told(await browserOf(pool).authorize(more))).toHaveProperty('code')
    }
    expect(pool.login.hits).toBe(0)
    pool.authorize.signInAs(null)
    expect((await browserOf(pool).authorize()).headers.get('location')).toMatch(/^\/login/)
  })

  it('opens a session, as the form does', async () => {
    const pool = await poolWithApplication()
    const browser = browserOf(pool)
    pool.authorize.signInAs('ann')
    await browser.authorize()
    pool.authorize.signInAs(null)
    expect(told(await browser.authorize({ prompt: 'none' }))).toHaveProperty('code')
  })

  it('takes users who are there and can sign in', async () => {
    const pool = await poolWithApplication()
    await pool.accessToken({ sub: 'u1' })
    for (const name of ['nobody', 'u1']) {
      expect(() => pool.authorize.signInAs(name)).toThrow(`signInAs knows no user ${name}; declare it in users`)
    }
    pool.authorize.signInAs('ann')
    await pool.disableUser('ann')
    expect((await browserOf(pool).authorize()).headers.get('location')).toMatch(/^\/login/)
    expect(() => pool.authorize.signInAs('ann')).toThrow('the user ann was disabled, and cannot sign in')
    await pool.close()
    expect(() => pool.authorize.signInAs(null)).toThrow('the pool was closed')
  })
})
