// The one file of the extension in the browser. On the desktop the parts are taken from it, too, so that the package has them once.
export { activate } from "./extension.ts";
export { start } from "./parts.ts";
