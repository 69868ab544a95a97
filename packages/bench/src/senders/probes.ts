import { dpopKey, type DpopKey, type ForgedProofs } from '@tokenward/testkit'
import type { Prepare } from '../measure/contender.ts'
import type { Signer } from '../tokens.ts'
import { METHOD, type ProofSetup, TARGET } from './sender-setup.ts'

/** Nobody here gives out nonces. */
const NOT_ASKED: ReadonlySet<string> = new Set<keyof ForgedProofs>(['otherNonce'])

/** What a contender does not look at: the forged proofs that it takes. It must take a good one, and no second time. */
export async function unchecked(
  prepare: Prepare<ProofSetup>,
  setup: ProofSetup,
  signer: Signer,
): Promise<readonly string[]> {
  const key = await dpopKey()
  const token = signer.token({ cnf: key.cnf })
  const request = { method: METHOD, url: TARGET, accessToken: token }
  const operationFor = (proof: string) => prepare({ ...setup, tokens: [token], proofs: [proof] })
  const accepts = async (proof: string) => {
    const operation = await operationFor(proof)
    try {
      await operation(0)
      return true
    } catch {
      return false
    }
  }
  const good = await operationFor(await key.proof(request))
  await good(0)
  const taken: string[] = []
  try {
    await good(0)
    taken.push('a proof that comes twice')
  } catch {
    // As it should.
  }
  for (const name of namesOf(key)) {
    if (await accepts(await key.forged[name](request))) taken.push(inWords(name))
  }
  return taken
}

function namesOf({ forged }: DpopKey): readonly (keyof ForgedProofs)[] {
  return (Object.keys(forged) as (keyof ForgedProofs)[]).filter((name) => !NOT_ASKED.has(name))
}

/** `otherMethod` as "other method". */
function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
