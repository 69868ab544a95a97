import { DocumentBuilder } from '@nestjs/swagger'
import { Test } from '@nestjs/testing'
import { authorizationServer, TokenwardModule } from '@tokenward/nestjs'
import { createProtectedDocument } from '@tokenward/nestjs/swagger'
import { overridePrincipal } from '@tokenward/nestjs/testing'
import { CatsController } from './cats.controller'
import { CatsService } from './cats.service'

const issuer = authorizationServer({ issuer: 'https://auth.example', audience: 'https://api.example' })
const builder = () =>
  Test.createTestingModule({
    imports: [TokenwardModule.forRoot({ issuers: [issuer] })],
    controllers: [CatsController],
    providers: [CatsService],
  })

describe('the entries beside the main one, in CommonJS', () => {
  it('swagger writes the demands of handlers into the document', async () => {
    const app = (await builder().compile()).createNestApplication({ logger: false })
    const document = createProtectedDocument(app, new DocumentBuilder().addBearerAuth().build())
    expect(document.paths['/cats']?.get).toMatchObject({ security: [{ bearer: [] }], responses: { 401: {}, 403: {} } })
    expect(document.paths['/cats/health']?.get).toMatchObject({ security: [] })
    await app.close()
  })

  it('testing says who is calling', async () => {
    const module = await overridePrincipal(builder(), { sub: 'u1', scopes: ['cats/read'] }).compile()
    const app = module.createNestApplication({ logger: false })
    await app.listen(0, '127.0.0.1')
    const response = await fetch(`${await app.getUrl()}/cats`)
    expect(await response.json()).toEqual({ cats: ['Tom'], caller: 'u1' })
    await app.close()
  })
})
