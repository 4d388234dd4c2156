import type { Plugin } from "esbuild";

export const kubeconfigOnly: Plugin;
