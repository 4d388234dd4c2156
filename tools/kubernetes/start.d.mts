/** A Kubernetes API server on loopback, with etcd and the controllers. */
export interface Cluster {
  readonly kubeconfig: string;
  readonly hasControllers: boolean;
  /** For programs that talk to it: the environment of this process with KUBECONFIG. */
  readonly env: NodeJS.ProcessEnv;
  /** Rejects with `.code` and `.stderr`. */
  kubectl(
    args: readonly string[],
    options?: { readonly input?: string; readonly kubeconfig?: string },
  ): Promise<{ readonly stdout: string; readonly stderr: string }>;
  api(
    method: string,
    url: string,
    body?: unknown,
    type?: string,
  ): Promise<{ readonly status: number; readonly body: unknown; readonly warnings: readonly string[] }>;
  stop(): Promise<void>;
}

/** The folder with the programs; undefined: build.sh has not run here. */
export function assetsDir(): string | undefined;

export function start(options?: { readonly controllers?: boolean; readonly fakeNodes?: boolean }): Promise<Cluster>;
