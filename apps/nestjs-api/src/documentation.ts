import type { INestApplication } from '@nestjs/common'
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger'
import { createProtectedDocument } from '@tokenward/nestjs/swagger'

/** The page at `/docs`, where a token can be pasted in, and the document at `/docs-json`. */
export function serveDocumentation(app: INestApplication, cognitoDomain: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Orders')
    .setDescription('A small API protected by Tokenward.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'token')
    .addOAuth2(
      {
        type: 'oauth2',
        flows: {
          authorizationCode: {
            authorizationUrl: `${cognitoDomain}/oauth2/authorize`,
            tokenUrl: `${cognitoDomain}/oauth2/token`,
            scopes: { 'orders/read': 'Read orders', 'orders/write': 'Change orders' },
          },
        },
      },
      'cognito',
    )
    .build()
  const document = createProtectedDocument(app, config)
  SwaggerModule.setup('docs', app, document)
  return document
}
