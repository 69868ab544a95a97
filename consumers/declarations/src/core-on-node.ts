import { createServer } from 'node:http'
import { type ResourceServer, TokenRefusedError } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { ConfigurationError } from '@tokenward/core/errors'
import { fromNodeRequest } from '@tokenward/core/node'

declare const api: ResourceServer

createServer((request, response) => {
  void api.authorize(fromNodeRequest(request), { scopes: ['orders/read'] }).then((outcome) => {
    if (outcome.outcome === 'granted') return response.end(outcome.principal.subject)
    return response.writeHead(outcome.status, { ...outcome.headers }).end(JSON.stringify(outcome.body))
  })
})

try {
  cognitoUserPool({ userPoolId: 'x', clientId: null })
} catch (error) {
  if (error instanceof ConfigurationError) error.option satisfies string
  if (error instanceof TokenRefusedError) error.code satisfies string
}
