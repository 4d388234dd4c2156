/** What of the client knows kubeconfigs and the credentials in them; its API is not used. Loaded when a verb asks a cluster. */
export { KubeConfig } from "@kubernetes/client-node/dist/config.js";
