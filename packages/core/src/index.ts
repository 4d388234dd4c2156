export { SourceFile } from "./text/source-file.ts";
