// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { createProtectedDocument } from './swagger/protected-document.js'
export type { DocumentConfig, ProtectedDocumentOptions } from './swagger/protected-document.js'
