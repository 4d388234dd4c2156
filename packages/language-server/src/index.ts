/** dbops over the Language Server Protocol: https://microsoft.github.io/language-server-protocol/ */
export type { ServedSnippet } from "./completion.ts";
export { type ServerOptions, serve } from "./server.ts";
