import { request as plainRequest } from "node:http";
import { type RequestOptions, request as secureRequest } from "node:https";
import { gunzip } from "node:zlib";
import { interruptionOf, UsageError } from "../io.ts";
import { masked, maskedStrictly } from "../masked.ts";
import type { Target } from "./kubeconfig.ts";
import type { Surroundings } from "./source.ts";

/** What an API server answers. */
export interface Answer {
  readonly status: number;
  /** undefined: it is not JSON. */
  readonly body: unknown;
  readonly text: string;
  /** Seconds after which it wants to be asked again. */
  readonly retryAfter: number | undefined;
}

interface Ask {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly accept?: string;
  readonly body?: unknown;
  /** Of the body. */
  readonly type?: string;
}

/** Asks an API server; what a proxy, the network or TLS does wrong is a UsageError, one line. */
export type AskServer = (path: string, ask?: Ask) => Promise<Answer>;

/** Answers above this size are not read: a text of half a gigabyte is none for JavaScript, and JSON takes several times its size. */
const largestAnswer = 128 * 1024 * 1024;

/** Fewer objects at a time may be small enough. */
export class TooLarge extends UsageError {
  constructor(server: string) {
    super(`${server} gives an answer of more than ${largestAnswer / 1024 / 1024} MB`);
  }
}

export function askerOf(target: Target, timeout: number, { signal }: Surroundings): AskServer {
  let options: Promise<RequestOptions> | undefined;
  const optionsOf = async (): Promise<RequestOptions> => {
    const made: RequestOptions = {};
    try {
      await target.config.applyToHTTPSOptions(made as Parameters<typeof target.config.applyToHTTPSOptions>[0]);
    } catch (error) {
      throw new UsageError(`the credentials of ${target.context} cannot be used: ${whyNoCredentials(error, target)}`);
    }
    // One connection for many questions: each TLS handshake takes as long as an answer.
    if (typeof made.agent === "object") Object.assign(made.agent, { keepAlive: true });
    return made;
  };
  const once = async (path: string, ask: Ask): Promise<Answer> => {
    options ??= optionsOf();
    // A program for credentials may wait for a browser.
    const made = await untilInterrupted(options, signal);
    // Whoever changes something was asked first and took their time: the server, or something on the way, may have closed it meanwhile.
    if (isChange(ask)) closeIdle(made.agent);
    return send(target, path, ask, made, timeout, signal);
  };
  return async (path, ask = {}) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await once(path, ask);
      if (answer.status === 401 && attempt === 1) {
        options = undefined; // a token has expired meanwhile: whoever gives it out is asked again
        continue;
      }
      if (answer.status === 401)
        throw new UsageError(
          `${nameOf(target)} does not accept these credentials (401): they have expired, or the kubeconfig has none`,
        );
      const isBusy = answer.status === 429 || answer.status === 503;
      if (!isBusy || attempt > 3 || ask.method === "POST") return answer;
      await pause(Math.min(answer.retryAfter ?? attempt, 5) * 1000, signal);
    }
  };
}

/** A target as errors name it. */
export function nameOf({ server, context }: Target): string {
  return masked(`${server} (${context})`);
}

/** An answer that was cut off is asked for once more: a connection that nobody used meanwhile may be gone. */
async function send(
  target: Target,
  path: string,
  ask: Ask,
  options: RequestOptions,
  timeout: number,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    return await sendOnce(target, path, ask, options, timeout, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isCut = code === "ECONNRESET" || code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE";
    if (signal.aborted) throw interruptionOf(signal);
    if (error instanceof TooLarge) throw error;
    // Only a POST makes something else the second time.
    if (!isCut || ask.method === "POST") throw new UsageError(whyNot(error, target, timeout));
    try {
      return await sendOnce(target, path, ask, options, timeout, signal);
    } catch (again) {
      throw signal.aborted ? interruptionOf(signal) : new UsageError(whyNot(again, target, timeout));
    }
  }
}

async function untilInterrupted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(interruptionOf(signal));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([promise, interrupted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}

function isChange({ method = "GET" }: Ask): boolean {
  return method !== "GET";
}

/** Closes connections that no question uses. */
function closeIdle(agent: RequestOptions["agent"]): void {
  if (typeof agent !== "object") return;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

function sendOnce(
  target: Target,
  path: string,
  { method = "GET", accept = "application/json", body, type = "application/json" }: Ask,
  options: RequestOptions,
  timeout: number,
  signal: AbortSignal,
): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const url = new URL(target.server + path);
  const begin = url.protocol === "http:" ? plainRequest : secureRequest;
  return new Promise((resolve, reject) => {
    const request = begin(
      url,
      {
        ...options,
        method,
        signal,
        headers: {
          ...options.headers,
          accept,
          "accept-encoding": "gzip",
          "user-agent": "kubectl-dbops",
          ...(text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) }),
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on("data", (part: Buffer) => {
          size += part.length;
          if (size <= largestAnswer) parts.push(part);
          else {
            reject(new TooLarge(nameOf(target)));
            request.destroy();
          }
        });
        response.on("error", reject);
        response.on("aborted", () => reject(Object.assign(new Error("cut off"), { code: "ECONNRESET" })));
        response.on("end", () => {
          const status = response.statusCode ?? 0;
          const after = Number(response.headers["retry-after"]);
          const retryAfter = Number.isFinite(after) && after >= 0 ? after : undefined;
          const finish = (bytes: Buffer): void => {
            const text = bytes.toString("utf8");
            resolve({ status, text, body: jsonOf(text), retryAfter });
          };
          const all = Buffer.concat(parts);
          if (response.headers["content-encoding"] === "gzip")
            gunzip(all, { maxOutputLength: largestAnswer }, (error, plain) => {
              if (error === null) finish(plain);
              else
                reject("code" in error && error.code === "ERR_BUFFER_TOO_LARGE" ? new TooLarge(nameOf(target)) : error);
            });
          else finish(all);
        });
      },
    );
    // Of the whole answer, not of a pause in it: a server that drips is no faster for it.
    const giveUp = (): void => {
      request.destroy(Object.assign(new Error("too slow"), { code: "ETIMEDOUT" }));
    };
    const timer = Number.isFinite(timeout) ? setTimeout(giveUp, timeout) : undefined;
    request.on("error", reject);
    request.on("close", () => clearTimeout(timer));
    request.end(text);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(interruptionOf(signal));
    });
  });
}

/** What went wrong on the way to a server, as one line. */
function whyNot(error: unknown, target: Target, timeout: number): string {
  const { code = "", message = "" } = (error ?? {}) as NodeJS.ErrnoException;
  const of = target.proxy === undefined ? nameOf(target) : `${nameOf(target)}, through proxy ${masked(target.proxy)},`;
  switch (code) {
    case "ECONNREFUSED":
      return `${of} cannot be reached: connection refused`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${of} cannot be reached: its name does not resolve`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `${of} cannot be reached: no route to it`;
    case "ETIMEDOUT":
      return `${of} did not answer within ${timeout / 1000} s (--request-timeout)`;
    case "ECONNRESET":
    case "EPIPE":
      return `${of} drops the connection`;
    case "CERT_HAS_EXPIRED":
      return `${of} has a certificate that has expired`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `${of} has a certificate of an authority that the kubeconfig does not name`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `${of} has a certificate for another name: ${firstLine(error)}`;
    default:
      // What OpenSSL makes of the server's alert: `sslv3 alert certificate expired`.
      if (/^ERR_SSL/.test(code) && /alert/.test(message) && /certificate/.test(message))
        return `${of} does not accept the certificate of the kubeconfig${/certificate expired/.test(message) ? ": it has expired" : ""}`;
      return `${of} cannot be asked: ${firstLine(error)}`;
  }
}

/** A program for credentials is never quoted from its stdout, where the token is; errors of JSON quote what they read. */
function whyNoCredentials(error: unknown, { config }: Target): string {
  const { exec } = config.getCurrentUser() ?? {};
  const isOfData = error instanceof SyntaxError || error instanceof TypeError;
  if (!isOfData) return maskedStrictly(firstLine(error)) || "it says nothing of why";
  return exec === undefined
    ? "its token or certificate is not readable"
    : `${exec.command} did not print an ExecCredential with a status`;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n")[0] ?? "";
}
