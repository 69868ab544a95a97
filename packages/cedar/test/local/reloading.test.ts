import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError } from '@tokenward/core'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type CedarDecisionPointOptions, cedarDecisionPoint, type PolicyReload } from '../../src/index.js'
import { asking } from '../support/shop.js'

const PERMIT = '@id("open") permit(principal, action, resource);'
const FORBID = '@id("shut") forbid(principal, action, resource);'

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'cedar-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const write = (name: string, text: string) => writeFileSync(join(path, name), text)
  write('a.cedar', PERMIT)
  return { path, write }
}

function pointOf(options: CedarDecisionPointOptions) {
  const point = cedarDecisionPoint(options)
  onTestFinished(() => point.close())
  return point
}

it('reads every *.cedar of a folder, and a schema by its file', async () => {
  const { path, write } = folder()
  write('b.cedar', FORBID)
  write('ignored.txt', 'no policy')
  write(
    's.cedarschema',
    'entity User; entity Application; action read appliesTo { principal: User, resource: Application };',
  )
  write(
    's.json',
    '{"":{"entityTypes":{"User":{},"Application":{}},"actions":{"read":{"appliesTo":{"principalTypes":["User"],"resourceTypes":["Application"]}}}}}',
  )
  const denied = { decision: 'deny', determiningPolicies: ['shut'] }
  for (const schema of ['s.cedarschema', 's.json']) {
    const point = pointOf({ policies: { files: path }, schema: { file: join(path, schema) } })
    expect(await point.decide(asking())).toMatchObject(denied)
  }
  write('bad.json', '{')
  const bad = { policies: { files: [path] }, schema: { file: join(path, 'bad.json') } }
  expect(() => cedarDecisionPoint(bad)).toThrow(/bad\.json, which is no JSON/)
})

it('reload() brings what stands in the files now; what does not load leaves all as it was', async () => {
  const { path, write } = folder()
  const point = pointOf({ policies: { files: [join(path, 'a.cedar')] } })
  write('a.cedar', FORBID)
  expect(await point.decide(asking())).toMatchObject({ decision: 'permit' })
  point.reload()
  expect(await point.decide(asking())).toMatchObject({ decision: 'deny', determiningPolicies: ['shut'] })
  write('a.cedar', 'permit(principal')
  expect(() => point.reload()).toThrow(/a\.cedar:1:17/)
  expect(await point.decide(asking())).toMatchObject({ decision: 'deny', determiningPolicies: ['shut'] })
})

it('a decision that waits for attributes while policies change is made by the new ones', async () => {
  const { path, write } = folder()
  write('a.cedar', '@id("mine") permit(principal, action, resource) when { resource.open };')
  const point = pointOf({ policies: { files: [path] } })
  let resolve: (attributes: object) => void = () => {}
  const promise = new Promise<object>((done) => (resolve = done))
  const deciding = point.decide(asking({ resource: { type: 'Order', id: '7', attributes: () => promise } }))
  write('a.cedar', '@id("not-mine") forbid(principal, action, resource) when { resource.open };')
  point.reload()
  resolve({ open: true })
  expect(await deciding).toMatchObject({ decision: 'deny', determiningPolicies: ['not-mine'] })
})

it('watch reads files again when they change, and tells what came of it', async () => {
  const { path, write } = folder()
  const reloads: PolicyReload[] = []
  const point = pointOf({
    policies: { files: path },
    watch(reload) {
      reloads.push(reload)
      throw new Error('an observer ends nothing')
    },
  })
  write('b.cedar', FORBID)
  await vi.waitFor(() => expect(reloads).toStrictEqual([{ outcome: 'reloaded', policies: 2 }]), 30_000)
  expect(await point.decide(asking())).toMatchObject({ decision: 'deny' })

  write('b.cedar', 'forbid')
  await vi.waitFor(() => expect(reloads).toHaveLength(2), 30_000)
  expect(reloads[1]).toMatchObject({ outcome: 'refused', error: expect.any(ConfigurationError) })
  expect((reloads[1] as { error: Error }).error.message).toMatch(/b\.cedar:1:\d/)
  expect(await point.decide(asking())).toMatchObject({ decision: 'deny', determiningPolicies: ['shut'] })

  rmSync(join(path, 'b.cedar'))
  await vi.waitFor(() => expect(reloads).toHaveLength(3), 30_000)
  expect(await point.decide(asking())).toMatchObject({ decision: 'permit', determiningPolicies: ['open'] })

  point.close()
  write('a.cedar', FORBID)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(reloads).toHaveLength(3)
})

it('watch says nothing of files that are written without a change', async () => {
  const { path, write } = folder()
  const reloads: PolicyReload[] = []
  pointOf({ policies: { files: path }, watch: (reload) => void reloads.push(reload) })
  write('a.cedar', PERMIT)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(reloads).toStrictEqual([])
})
