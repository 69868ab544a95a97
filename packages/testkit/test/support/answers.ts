/** The same refusal in every form a test may hold it in, but for decisions. */
export const forms: Readonly<Record<string, (status: number, challenge?: string, body?: object) => unknown>> = {
  'a web Response': (status, challenge, body) =>
    new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      ...(challenge !== undefined && { headers: { 'www-authenticate': challenge } }),
    }),
  // http.IncomingMessage, supertest
  'a record with status': (status, challenge, body = {}) => ({
    status,
    statusCode: status,
    headers: challenge === undefined ? {} : { 'www-authenticate': challenge },
    body,
    text: JSON.stringify(body),
  }),
  // inject of Fastify, an answer of API Gateway
  'a record with statusCode': (status, challenge, body = {}) => ({
    statusCode: status,
    headers: challenge === undefined ? {} : { 'WWW-Authenticate': [challenge] },
    body: JSON.stringify(body),
  }),
}
