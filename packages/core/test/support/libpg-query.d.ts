/** The package has no types for its glue. */
declare module "libpg-query/wasm/libpg-query.js" {
  const glue: (module: object) => Promise<unknown>;
  export default glue;
}
