/** Loaded when an editor asks for it: a lint run never does. */
export { serve } from "@dbops/language-server";
