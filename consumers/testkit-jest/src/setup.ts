import { matchers } from '@tokenward/testkit/jest'

expect.extend(matchers)
