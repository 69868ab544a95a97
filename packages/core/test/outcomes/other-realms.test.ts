import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { checkOptionNames } from '../../src/outcomes/option-check.js'

it('options may be an object of another realm', () => {
  const check = (options: unknown) => () => checkOptionNames('owner', options, ['a'])
  expect(check(runInNewContext('({ a: 1 })'))).not.toThrow()
  expect(check(runInNewContext('({ b: 1 })'))).toThrow('owner.b is not an option')
  expect(check(runInNewContext('new Map()'))).toThrow('takes a plain object of options')
})
