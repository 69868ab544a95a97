import { httpApiAuthorizer } from '@tokenward/lambda'
import { description, wiring } from '../deployment/description.js'
import { keepingResults } from '../emulator/result-cache.js'
import { api } from './resource-server.js'

const authorizer = httpApiAuthorizer(api, wiring.authorizerOptions)

/** A function on AWS exports `authorizer`: API Gateway keeps its results, which the emulator does not. */
export const handler = keepingResults(authorizer, description.resultCache)
