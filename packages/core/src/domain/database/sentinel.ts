import type { Word } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { fileName } from "../../text/scan.ts";

/**
 * The file that a container's Sentinel is started with, run directly or by a shell; undefined: it runs none, or another file.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
 */
export function sentinelFile({ role, commands }: Container): Word | undefined {
  if (role === "init") return undefined;
  for (const { words: written } of commands) {
    const words = written[0]?.text === "exec" ? written.slice(1) : written;
    const program = fileName(words[0]?.text ?? "");
    const isSentinel =
      /^(?:redis|valkey)-sentinel$/.test(program) ||
      (/^(?:redis|valkey|keydb)-server$/.test(program) && words.some(({ text }) => text === "--sentinel"));
    const file = words.slice(1).find(({ text }) => text?.startsWith("/") === true);
    if (isSentinel && file !== undefined) return file;
  }
  return undefined;
}
