import { describe, expect, it } from 'vitest'
import { decodeBase64, parsePem } from '../../src/sender-constraints/pem.js'
import { authority, derOf, partner, stranger } from '../support/client-certificates.js'

const [pem, other] = [partner.certificate, stranger.certificate]

/** Without what the runtime makes of bytes. */
const read = (text: string) => parsePem(text)?.map((der) => Uint8Array.from(der))

describe('parsePem', () => {
  it('reads certificates, in order', () => {
    expect(read(pem)).toStrictEqual([derOf(pem)])
    expect(read(`${pem}${other}${authority.certificate}`)).toStrictEqual([pem, other, authority.certificate].map(derOf))
  })

  it('reads them whatever its lines end with, and however long they are', () => {
    const [body = ''] = /(?<=-\n)[^-]+/.exec(pem) ?? []
    const oneLine = `-----BEGIN CERTIFICATE-----\n${body.replaceAll('\n', '')}\n-----END CERTIFICATE-----`
    for (const text of [pem.replaceAll('\n', '\r\n'), `\n ${pem}\n\n`, pem.trim(), oneLine]) {
      expect(read(text)).toStrictEqual([derOf(pem)])
    }
  })

  it.each([
    ['nothing', ''],
    ['no PEM', 'certificate'],
    ['spaces in place of line ends, as a form decoder leaves', pem.replaceAll('\n', ' ')],
    ['a space in place of a plus sign', pem.replace(/[A-Za-z]{2}\n/, (end) => ` ${end.slice(1)}`)],
    ['text before', `Certificate:\n${pem}`],
    ['text behind', `${pem}Certificate:`],
    ['text between', `${pem}and\n${other}`],
    ['a key', pem.replaceAll('CERTIFICATE', 'PRIVATE KEY')],
    ['no end', pem.replace('-----END CERTIFICATE-----', '')],
    ['another end', pem.replace('END CERTIFICATE', 'END X509')],
    ['nothing inside', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
    ['base64 that was cut', pem.replace(/.{3}\n-----END/, '\n-----END')],
    ['the other alphabet', pem.replace(/[A-Za-z]{2}\n/, '-_\n')],
    ['more certificates than a chain has', pem.repeat(11)],
  ])('reads none of %s', (_, text) => {
    expect(parsePem(text)).toBeUndefined()
  })

  it('does not hang on a text made to slow it down', { timeout: 20_000 }, () => {
    const length = 1_000_000
    for (const text of [
      `-----BEGIN CERTIFICATE-----\n${'A'.repeat(length)}`,
      `-----BEGIN CERTIFICATE-----\n${'\n'.repeat(length)}`,
      `${' '.repeat(length)}x`,
      `${pem}${'\n'.repeat(length)}x`,
    ]) {
      expect(parsePem(text)).toBeUndefined()
    }
  })
})

describe('decodeBase64', () => {
  it('takes one spelling', () => {
    expect(decodeBase64('+/8=')).toStrictEqual(Buffer.from('+/8=', 'base64'))
    for (const wrong of ['-_8=', '+/8', '+/9=', '+/8==', '+ 8=', '====', 'A===']) {
      expect(decodeBase64(wrong), wrong).toBeUndefined()
    }
  })
})
