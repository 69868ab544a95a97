// What osls and its plugin serverless-offline run. They are told what the same description deploys.
export { emulatorConfiguration as default } from './dist/deployment/emulator.js'
