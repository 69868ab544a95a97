import { matchers } from '@tokenward/testkit/vitest'
import { expect } from 'vitest'

expect.extend(matchers)
