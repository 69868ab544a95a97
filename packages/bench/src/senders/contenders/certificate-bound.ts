import type { Prepare } from '../../measure/contender.ts'
import { certificateRequests } from '../certificate-requests.ts'
import type { CertificateSetup } from '../sender-setup.ts'

export const prepare: Prepare<CertificateSetup> = (setup) => certificateRequests(setup, true)
