import * as testkit from '@tokenward/testkit'
import * as msw from '@tokenward/testkit/msw'
import listen from './listen.cjs'

await listen(testkit, msw)
