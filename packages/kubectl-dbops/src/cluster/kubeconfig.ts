import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { reasonOf } from "../files/discover.ts";
import { UsageError } from "../io.ts";
import { didYouMean } from "../meaning.ts";
import { proxyFor } from "./proxy.ts";
import type { ClusterRequest, Surroundings } from "./source.ts";

/** A cluster and who asks it. */
export interface Target {
  readonly config: KubeConfig;
  readonly server: string;
  /** `context prod`, or what stands for it in a Pod. */
  readonly context: string;
  readonly namespace: string;
  readonly proxy: string | undefined;
}

/** Where a Pod finds the credentials of its ServiceAccount. https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
const tokenOfPod = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * The cluster that kubectl would ask: --kubeconfig, else the files of KUBECONFIG, else ~/.kube/config, else the Pod's own.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files @throws UsageError
 */
export async function targetOf(request: ClusterRequest, { cwd, env }: Surroundings): Promise<Target> {
  const { KubeConfig } = await import("./client-library.ts");
  const config = new KubeConfig();
  const files = filesOf(request, cwd, env);
  if (files.length === 0) {
    const isInPod = (env.KUBERNETES_SERVICE_HOST ?? "") !== "" && existsSync(tokenOfPod);
    if (!isInPod)
      throw new UsageError(
        `no cluster to ask: ${env.KUBECONFIG === undefined || env.KUBECONFIG === "" ? "~/.kube/config does not exist, and KUBECONFIG is not set" : `KUBECONFIG names no file that exists (${env.KUBECONFIG})`}; --kubeconfig names a file`,
      );
    config.loadFromCluster();
  } else config.loadFromOptions(merged(files, () => new KubeConfig()));
  if (request.context !== undefined) config.setCurrentContext(request.context);
  return complete(config, request, files, env);
}

function filesOf({ kubeconfig }: ClusterRequest, cwd: string, env: Surroundings["env"]): readonly string[] {
  if (kubeconfig !== undefined) {
    const file = path.resolve(cwd, kubeconfig);
    if (!existsSync(file)) throw new UsageError(`${kubeconfig}: no such file`);
    return [file];
  }
  const listed = env.KUBECONFIG ?? "";
  const all =
    listed !== ""
      ? listed.split(path.delimiter).filter((file) => file !== "")
      : [path.join(env.HOME ?? env.USERPROFILE ?? "", ".kube/config")];
  return all.map((file) => path.resolve(cwd, file)).filter((file) => existsSync(file));
}

type Parts = Pick<KubeConfig, "clusters" | "users" | "contexts" | "currentContext">;

/** The first file to say something of a name wins. */
function merged(files: readonly string[], make: () => KubeConfig): Parts {
  const all = files.flatMap((file) => {
    const one = make();
    try {
      // An empty file says nothing, which is none of the others' business.
      if (files.length > 1 && isEmpty(readFileSync(file, "utf8"))) return [];
      // What nobody asks for may be incomplete.
      one.loadFromFile(file, { onInvalidEntry: "filter" });
    } catch (error) {
      throw new UsageError(`${file}: ${whyUnreadable(error)}`);
    }
    for (const user of one.users) resolveCommand(user.exec, path.dirname(file));
    return [one];
  });
  const first = <T extends { readonly name: string }>(lists: readonly (readonly T[])[]): T[] => [
    ...new Map(
      lists
        .flat()
        .reverse()
        .map((each) => [each.name, each]),
    ).values(),
  ];
  return {
    clusters: first(all.map(({ clusters }) => clusters)),
    users: first(all.map(({ users }) => users)),
    contexts: first(all.map(({ contexts }) => contexts)),
    currentContext: all.map(({ currentContext }) => currentContext).find((each) => (each ?? "") !== "") ?? "",
  };
}

function isEmpty(text: string): boolean {
  return text.split("\n").every((line) => /^(?:---|\s*(?:#.*)?)$/.test(line.trimEnd()));
}

/** Errors of the parser quote the file, which holds passwords: of those the place has to do. */
function whyUnreadable(error: unknown): string {
  if (error instanceof TypeError) return "this is not a kubeconfig";
  const { mark } = error as { readonly mark?: { readonly line: number; readonly column: number } };
  if (mark !== undefined) return `line ${mark.line + 1}, column ${mark.column + 1}: this is not YAML`;
  return reasonOf(error).split("\n")[0] ?? "";
}

/** A command with a folder in it is meant from where the file is. */
function resolveCommand(exec: { command?: string } | undefined, folder: string): void {
  const command = exec?.command;
  if (exec !== undefined && command?.includes("/") === true && !path.isAbsolute(command))
    exec.command = path.join(folder, command);
}

function complete(
  config: KubeConfig,
  request: ClusterRequest,
  files: readonly string[],
  env: Surroundings["env"],
): Target {
  const name = config.getCurrentContext();
  const names = config.getContexts().map((each) => each.name);
  if ((name ?? "") === "")
    throw new UsageError(
      names.length === 0
        ? `${files[0]} names no cluster`
        : `the kubeconfig has no current context; --context names one of ${names.join(", ")}`,
    );
  const context = config.getContextObject(name);
  if (context === null)
    throw new UsageError(
      `there is no context ${name} in the kubeconfig${didYouMean(name, names, names.length === 0 ? "it has none" : `it has ${names.join(", ")}`)}`,
    );
  const cluster = config.getCluster(context.cluster);
  if (cluster === null)
    throw new UsageError(`context ${name} names cluster ${context.cluster}, which the kubeconfig does not have`);
  // A user that is not there is nobody, as for kubectl.
  const user = config.getUser(context.user) ?? { name: context.user };
  if (config.getUser(context.user) === null) config.users = [...config.users, user];
  const named = request.as === undefined ? user : { ...user, impersonateUser: request.as };
  // Plain HTTP is what `kubectl proxy` speaks.
  const server = serverOf(cluster, user);
  const address = server.href.replace(/\/$/, "");
  const isPlain = server.protocol === "http:";
  const proxy = cluster.proxyUrl ?? proxyFor(server, env);
  config.users = config.users.map((each) => (each.name === context.user ? named : each));
  config.clusters = config.clusters.map((each) =>
    each.name === context.cluster
      ? {
          ...cluster,
          server: address,
          skipTLSVerify: isPlain || cluster.skipTLSVerify,
          ...(proxy === undefined ? {} : { proxyUrl: proxy }),
        }
      : each,
  );
  return {
    config,
    server: address,
    context: files.length === 0 ? "the ServiceAccount of this Pod" : `context ${name}`,
    namespace: context.namespace ?? "default",
    proxy,
  };
}

/**
 * The server's address as kubectl reads it: without a scheme it is https where the kubeconfig has anything of TLS, else http.
 * https://github.com/kubernetes/client-go/blob/v0.33.0/rest/url_utils.go (DefaultServerUrlFor) @throws UsageError
 */
function serverOf(
  { name, server, caData, caFile, skipTLSVerify }: NonNullable<ReturnType<KubeConfig["getCluster"]>>,
  { certData, certFile }: { readonly certData?: string; readonly certFile?: string },
): URL {
  const hasTls = [caData, caFile, certData, certFile].some((each) => (each ?? "") !== "") || skipTLSVerify;
  const full = server.includes("://") ? server : `${hasTls ? "https" : "http"}://${server}`;
  try {
    const url = new URL(full);
    if (/^https?:$/.test(url.protocol)) return url;
  } catch {
    // Below.
  }
  throw new UsageError(`cluster ${name} of the kubeconfig has a server that is not an http or https URL: ${server}`);
}
