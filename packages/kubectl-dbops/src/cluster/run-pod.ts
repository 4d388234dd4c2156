import { Interrupted, UsageError } from "../io.ts";
import type { AskServer } from "./answers.ts";
import { mapIn, messageOf } from "./discovery.ts";
import type { NewPod, PodEnd, PodProgress } from "./source.ts";

/** How often its state is asked for, and how long it may take to be scheduled, pulled and run. */
const pause = 500;
const patience = 5 * 60_000;
/** How often its removal is tried. */
const tries = 3;

interface Waiting {
  readonly reason?: string;
  readonly message?: string;
}

interface PodState {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly message?: string }[];
    readonly containerStatuses?: readonly { readonly state?: { readonly waiting?: Waiting } }[];
  };
}

interface Surroundings extends PodProgress {
  readonly ask: AskServer;
  /** Removes the Pod, also when `ask` no longer asks: after Ctrl-C. */
  readonly askAtEnd: AskServer;
  readonly signal: AbortSignal;
  /** Of kubectl, as in `ClusterSource`. */
  readonly flags: string;
}

/**
 * Its name is chosen here and not by the server: who is interrupted, or whose connection breaks, while the server makes the Pod would
 * otherwise not know what to remove. @throws UsageError
 */
export async function runPod(pod: NewPod, around: Surroundings): Promise<PodEnd> {
  const { ask, signal, note, flags } = around;
  const { generateName, ...metadata } = pod.metadata;
  const folder = `/api/v1/namespaces/${encodeURIComponent(metadata.namespace)}/pods`;
  let name = generateName + Buffer.from(crypto.getRandomValues(new Uint8Array(5))).toString("hex");
  const removal = (): string => `kubectl delete pod -n ${metadata.namespace} ${name}${flags}`;
  const onAbort = (): void => note(`Removing Pod ${name}; if this is interrupted too: ${removal()}`);
  signal.addEventListener("abort", onAbort);
  try {
    const body = { ...pod, metadata: { ...metadata, name } };
    const made = await ask(`${folder}?fieldManager=kubectl-dbops`, { method: "POST", body }).catch(async (error) => {
      throw await withoutPod(`${folder}/${name}`, removal(), around, error, true);
    });
    if (made.status !== 201) {
      const refused = new UsageError(`the Pod was not created: ${messageOf(made)}`);
      // A server that fails may have stored it before; one that gave up waiting may do so still.
      throw made.status < 500
        ? refused
        : await withoutPod(`${folder}/${name}`, removal(), around, refused, made.status === 504);
    }
    name = (mapIn(made)?.metadata as { readonly name?: string } | undefined)?.name ?? name;
    const url = `${folder}/${name}`;
    const ended = await endOf(url, name, `kubectl get events -n ${metadata.namespace}${flags}`, around).catch(
      (error: unknown) => ({ error }),
    );
    const fault = await withoutPod(url, removal(), around, "error" in ended ? ended.error : undefined, false);
    if (fault !== undefined) throw fault;
    return ended as PodEnd;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Removes a Pod, and gives what there is to say then: the error that came before, or that the Pod is still there.
 * @param mayCome the server may be making it still
 */
async function withoutPod(
  url: string,
  removal: string,
  { askAtEnd }: Surroundings,
  before: unknown,
  mayCome: boolean,
): Promise<unknown> {
  const because = before instanceof Error ? `${before.message}; ` : "";
  for (let attempt = 1; ; attempt++) {
    let why: string;
    try {
      const gone = await askAtEnd(`${url}?gracePeriodSeconds=0`, { method: "DELETE" });
      if (gone.status < 300) return before;
      if (gone.status === 404 && !mayCome) return before;
      why = gone.status === 404 ? "" : messageOf(gone);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    if (attempt < tries) {
      await wait(pause);
      continue;
    }
    const says =
      why === ""
        ? `${because}the Pod was not there to be removed; should it come up, this removes it: ${removal}`
        : `${because}the Pod may still be there: ${why}; this removes it: ${removal}`;
    return before instanceof Interrupted ? new Interrupted(before.exitCode, says) : new UsageError(says);
  }
}

async function endOf(url: string, name: string, events: string, around: Surroundings): Promise<PodEnd> {
  const phase = await untilEnd(url, name, events, around);
  const { ask } = around;
  const log = await ask(`${url}/log?container=inspect&limitBytes=1000000`, { accept: "*/*" });
  if (log.status !== 200) throw new UsageError(`the log of Pod ${name} cannot be read: ${messageOf(log)}`);
  return { name, isGood: phase === "Succeeded", log: log.text };
}

async function untilEnd(url: string, name: string, events: string, { ask, progress }: Surroundings): Promise<string> {
  let last = "";
  for (let waited = 0; waited < patience; waited += pause) {
    const answer = await ask(url);
    if (answer.status !== 200) throw new UsageError(`Pod ${name} cannot be watched: ${messageOf(answer)}`);
    const { status = {} } = (mapIn(answer) ?? {}) as PodState;
    if (status.phase === "Succeeded" || status.phase === "Failed") return status.phase;
    const { reason, message } = status.containerStatuses?.[0]?.state?.waiting ?? {};
    const why = [reason, message].filter((each) => each !== undefined && each !== "").join(": ");
    if (neverStarts.test(reason ?? "")) throw new UsageError(`Pod ${name} does not start: ${why}`);
    last = why || (status.conditions?.find((each) => each.status === "False")?.message ?? "");
    progress(`Pod ${name}: ${reason ?? status.phase ?? "waits"}`);
    await wait(pause);
  }
  throw new UsageError(
    `Pod ${name} did not end in ${patience / 60_000} minutes${last === "" ? "" : ` (${last})`}; ${events} says why`,
  );
}

/** The kubelet tries these again without end. */
const neverStarts =
  /^(?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
