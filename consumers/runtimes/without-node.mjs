// Loaded first where the build for edge runtimes runs: whoever still uses Node's own client or verification is found out.
import crypto from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'

const used = (name) => () => {
  throw new Error(`${name} of Node was used`)
}
crypto.verify = used('crypto.verify')
http.request = used('http.request')
https.request = used('https.request')
syncBuiltinESMExports()
