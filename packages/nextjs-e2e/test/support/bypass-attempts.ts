import type { RawRequest } from './raw-request.js'

/** What an attempt knows of the build, as anybody can who has seen a page of it. */
export interface Build {
  readonly id: string
  /** Of the server function that wipes everything. */
  readonly action: string
}

type Attempts = Readonly<Record<string, readonly RawRequest[]>>

const get = (...paths: readonly string[]): readonly RawRequest[] => paths.map((path) => ({ path }))
const PROTECTED = ['/admin', '/legacy', '/api/secret', '/api/legacy']

/** Ways in which proxies of Next.js have been passed by, or could be. Each has to end at a handler that asks for a token. */
export function bypassAttempts({ id, action }: Build): Attempts {
  const call = {
    method: 'POST',
    body: '[]',
    headers: { 'next-action': action, 'content-type': 'text/plain;charset=UTF-8' },
  }
  return {
    'no attempt at all': get(...PROTECTED, '/admin/users', '/api/secret/7'),
    'x-middleware-subrequest (CVE-2025-29927)': [
      'middleware',
      'proxy',
      'src/middleware',
      'src/proxy',
      'pages/_middleware',
      ...['middleware', 'proxy', 'src/middleware', 'src/proxy'].map((name) => Array(6).fill(name).join(':')),
    ].flatMap((value) =>
      PROTECTED.map((path) => ({
        path,
        headers: { 'x-middleware-subrequest': value, 'x-middleware-subrequest-id': '1' },
      })),
    ),
    'path encodings': get(
      '/%61dmin',
      '/%2561dmin',
      '/adm%69n',
      '/admin%2Fusers',
      '/admin/%75sers',
      '/admin/%2575sers',
      '/api/secret/%37',
      '/%2Fadmin',
      '/admin%00',
      '/admin%0a',
      '/api/%73ecret',
      '/api%2Fsecret',
      '/%6Cegacy',
      '/api/%6Cegacy',
    ),
    'slashes, dots and letters': get(
      '//admin',
      '/admin/',
      '/admin//users',
      '/./admin',
      '/sign-in/../admin',
      '/sign-in/..%2Fadmin',
      '/\\admin',
      '/sign-in/..\\admin',
      '/ADMIN',
      '/admin;a=b',
      '//legacy',
      '/legacy/',
      '//api/secret',
      '/api//secret',
      '/api/secret/',
      '/API/secret',
      '//api/legacy',
      '/api/legacy/',
    ),
    'data of the App Router (CVE-2026-44575, CVE-2026-45109)': [
      ...get(
        '/admin.rsc',
        '/admin.rsc?_rsc=abc',
        '/admin/users.rsc',
        '/admin.segments/_tree.segment.rsc',
        '/admin.segments/_full.segment.rsc',
        '/admin.segments/admin.segment.rsc',
        '/admin.segments/admin/__PAGE__.segment.rsc',
        '/admin/users.segments/_tree.segment.rsc',
        '/admin/users.segments/_full.segment.rsc',
        '/admin/users.segments/admin/$d$section/__PAGE__.segment.rsc',
        '/admin.prefetch.rsc',
        '/admin.txt',
        '/api/secret.rsc',
      ),
      ...[
        { rsc: '1' },
        { rsc: '1', 'next-router-prefetch': '1' },
        { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' },
        { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/admin/__PAGE__' },
      ].flatMap((headers) =>
        ['/admin', '/admin?_rsc=abc', '/admin.rsc', '/admin/users', '/admin/users.rsc', '/en/admin'].map((path) => ({
          path,
          headers,
        })),
      ),
    ],
    'data of the Pages Router': [
      'legacy',
      'admin',
      'en/legacy',
      'de/legacy',
      'index/legacy',
      'api/legacy',
      'en/admin',
    ].flatMap((page) =>
      [{}, { 'x-nextjs-data': '1' }, { 'x-nextjs-data': '1', 'x-middleware-prefetch': '1' }].map((headers) => ({
        path: `/_next/data/${id}/${page}.json`,
        headers: headers as Record<string, string>,
      })),
    ),
    'locales (GHSA-6gpp-xcg3-4w24)': get(
      '/en/admin',
      '/de/admin',
      '/fr/admin',
      '/en/legacy',
      '/de/legacy',
      '/DE/legacy',
      '/en/api/secret',
      '/de/api/legacy',
      '/en/en/legacy',
      '/en//legacy',
    ),
    'parameters of dynamic routes (CVE-2026-44574)': [
      ...get(
        '/sign-in?nxtPsection=users',
        '/admin/users?nxtPsection=users',
        '/any?nxtPname=admin',
        '/api/secret/7?nxtPid=8',
        '/legacy?__nextLocale=de',
        '/legacy?__nextDataReq=1',
        '/?__nextDefaultLocale=en&nxtPname=admin',
      ),
      { path: '/sign-in', headers: { 'x-now-route-matches': '1=admin&nxtPsection=users' } },
      { path: '/any', headers: { 'x-nextjs-rewritten-path': '/admin' } },
    ],
    'headers that name another path': [
      'x-invoke-path',
      'x-matched-path',
      'x-rewrite-url',
      'x-original-url',
      'x-original-uri',
      'x-forwarded-uri',
      'x-forwarded-path',
      'x-forwarded-prefix',
      'x-middleware-rewrite',
      'x-middleware-invoke',
      'x-middleware-next',
      'x-nextjs-rewrite',
      'x-http-path-override',
    ].flatMap((name) => [
      { path: '/sign-in', headers: { [name]: '/admin' } },
      { path: '/admin', headers: { [name]: '/sign-in' } },
      { path: '/api/secret', headers: { [name]: '/sign-in' } },
    ]),
    'what the matcher leaves out': get(
      '/api/identity',
      '/api/identity/',
      '//api/identity',
      '/en/api/identity',
      '/api/identity?nxtPname=identity',
      '/own',
      '/own/',
      '/de/own',
      '/own.rsc',
    ),
    'forged identity': [
      'x-user-id',
      'x-user',
      'x-auth-sub',
      'x-auth-user',
      'x-forwarded-user',
      'x-amzn-oidc-identity',
      'x-amzn-oidc-data',
      'x-tokenward-subject',
      'remote-user',
      'x-middleware-request-authorization',
      'x-middleware-override-headers',
    ].flatMap((name) => PROTECTED.map((path) => ({ path, headers: { [name]: 'root' } }))),
    methods: [
      ...['HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY'].flatMap((method) =>
        PROTECTED.map((path) => ({ path, method })),
      ),
      ...['x-http-method-override', 'x-http-method', 'x-method-override'].flatMap((name) => [
        { path: '/api/secret', headers: { [name]: 'OPTIONS' } },
        { path: '/api/secret/7', method: 'POST', headers: { [name]: 'DELETE' } },
        { path: '/api/legacy', method: 'POST', headers: { [name]: 'GET' } },
      ]),
      ...get('/api/secret?_method=OPTIONS', '/api/legacy?_method=OPTIONS'),
    ],
    'server functions, called on the page they belong to and on others': [
      { ...call, path: '/admin' },
      { ...call, path: '/admin/users' },
      { ...call, path: '/sign-in' },
      { ...call, path: '/cached' },
      { ...call, path: '/en/admin' },
      { ...call, path: '/admin.rsc' },
      {
        ...call,
        path: '/sign-in',
        headers: { ...call.headers, 'x-forwarded-host': 'localhost', origin: 'http://localhost' },
      },
      {
        path: '/admin',
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: `--b\r\nContent-Disposition: form-data; name="$ACTION_ID_${action}"\r\n\r\n\r\n--b--\r\n`,
      },
      {
        path: '/sign-in',
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: `--b\r\nContent-Disposition: form-data; name="$ACTION_ID_${action}"\r\n\r\n\r\n--b--\r\n`,
      },
    ],
    'tokens in other places': get('/api/secret?access_token=a', '/admin?access_token=a', '/api/legacy?token=a'),
  }
}
