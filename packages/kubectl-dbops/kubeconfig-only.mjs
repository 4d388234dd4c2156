/**
 * A plugin of esbuild: of the client of Kubernetes only the part is kept that knows kubeconfigs. node-fetch, with its tables of
 * Unicode, serves the rest of it.
 *
 * @type {import("esbuild").Plugin}
 */
export const kubeconfigOnly = {
  name: "kubeconfig-only",
  setup(build) {
    build.onResolve({ filter: /^node-fetch$/ }, () => ({ path: "node-fetch", namespace: "of-node" }));
    build.onLoad({ filter: /.*/, namespace: "of-node" }, () => ({
      contents: "export default globalThis.fetch; export const Headers = globalThis.Headers;",
    }));
    build.onResolve({ filter: /^\./ }, async ({ path: name, pluginData, ...rest }) => {
      if (pluginData === "resolved" || !rest.importer.includes("/client-node/")) return undefined;
      return { ...(await build.resolve(name, { ...rest, pluginData: "resolved" })), sideEffects: false };
    });
  },
};
