import type { Container } from "../../kube/container.ts";
import type { ExecHandler } from "../../kube/probes.ts";
import { isIn } from "../../text/scan.ts";

/**
 * A `redis-cli ping` whose answer nobody compares: redis-cli ends with 0 whatever the server answers, NOAUTH, LOADING and MASTERDOWN
 * too (measured on 7.0; `-e` would change it). https://redis.io/docs/latest/develop/tools/cli/
 */
export function passesWhateverRedisAnswers({ words }: ExecHandler): boolean {
  const line = words.join(" ");
  return (
    isIn(line, [/\b(?:redis|valkey)-cli\b/i, /\bping\b/i]) &&
    !/PONG|grep|\[|==|\.sh\b/.test(line) &&
    !isIn(line, [/-cli(?= )/, / -e\b/])
  );
}

/**
 * Whether a probe may accept a Redis that still loads its data, as the scripts of the well-known charts do: it knows the word, or runs
 * a script that is not in view.
 */
export function mayAcceptLoading({ words }: ExecHandler, container: Container): boolean {
  const named = words.flatMap((word) => word.split(/[\s;&|'"]+/)).filter((word) => /^\/.*\.sh$/.test(word));
  return [...words, ...named.map((path) => container.fileAt(path)?.value ?? "LOADING")].some((text) =>
    text.includes("LOADING"),
  );
}
