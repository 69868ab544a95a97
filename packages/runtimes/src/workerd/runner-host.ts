/** Where the Worker takes orders. */
export const RUNNER = 'runner.example'
