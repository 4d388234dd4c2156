/// <reference path="./libpg-query.d.ts" />

export { default as glue } from "libpg-query/wasm/libpg-query.js";
