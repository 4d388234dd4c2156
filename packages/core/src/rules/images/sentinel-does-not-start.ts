import { nameOf } from "../../domain/model/names.ts";
import type { Command, Word } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import type { ImageReference } from "../../kube/image.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import { fileName } from "../../text/scan.ts";

export default defineRule({
  id: "sentinel-does-not-start",
  subject: "container",
  meta: {
    summary: "Sentinel cannot write its configuration file, or may not resolve the name of the primary.",
    rationale:
      "Sentinel keeps what it learns in its configuration file and exits if it cannot write there: `Sentinel config file … is not writable: Read-only file system`. Since Redis 6.2 it takes host names only with `sentinel resolve-hostnames yes`, else `FATAL CONFIG FILE ERROR … Can't resolve instance hostname` (both measured on 7.0). Nothing fails over without it.",
    remedy:
      "Copy the file to an emptyDir in an init container, and write `sentinel resolve-hostnames yes` (and `announce-hostnames yes`) into it.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#ip-addresses-and-dns-names",
      "https://github.com/redis/redis/blob/7.0/src/sentinel.c",
    ],
    quietWhen: "a file or script of the Pod is not in view, or the version of Redis is not known.",
  },
  check(container, { report }) {
    const { workload } = container;
    const start = container.role === "init" ? undefined : container.commands.find(startsSentinel);
    const path = start?.words.find(({ text }) => text?.startsWith("/") === true && text.endsWith(".conf"));
    if (start === undefined || path?.text === undefined || workload.resource.isUnsettled) return;
    const mount = container.mountAt(path.text);
    const source = mount?.volume?.source;
    if (mount !== undefined && (source === "config-map" || source === "secret" || source === "projected"))
      report({
        message: `Sentinel of ${nameOf(workload.resource)} exits at once: it has to write ${path.text}, and ${mount.name} is ${mountKinds[source]}, which is mounted read-only.`,
        at: path,
        related: [{ message: "the volume", at: mount.volume?.node ?? mount.node }],
      });
    if (!wantsPermissionForNames(container.image)) return;
    const host = unresolvedPrimary(workload);
    if (host === undefined) return;
    report({
      message: `Sentinel of ${nameOf(workload.resource)} exits with "Can't resolve instance hostname": ${host} is a name, and sentinel resolve-hostnames is off, the default.`,
      at: container.node.nearest("name"),
    });
  },
});

const mountKinds = { "config-map": "a ConfigMap", secret: "a Secret", projected: "a projected volume" };

function startsSentinel({ words }: Command): boolean {
  const program = fileName(words[0]?.text ?? "");
  if (program === "redis-sentinel" || program === "valkey-sentinel") return true;
  return /^(?:redis|valkey)-server$/.test(program) && words.some(isSentinelFlag);
}

function isSentinelFlag({ text }: Word): boolean {
  return text === "--sentinel";
}

/** Redis since 6.2 and every Valkey: earlier versions resolve the name once, when they start. */
function wantsPermissionForNames(image: ImageReference | undefined): boolean {
  if (image === undefined || image.isTemplated) return false;
  const name = fileName(image.name);
  if (name === "valkey") return true;
  const [, major, minor] = /^(\d+)(?:\.(\d+))?/.exec(image.tag ?? "") ?? [];
  if (name !== "redis" || major === undefined) return false;
  return Number(major) > 6 || (major === "6" && Number(minor ?? 0) >= 2);
}

/** The host of `sentinel monitor <name> <host>`, in a file or a script of the Pod, where nothing lets Sentinel look it up. */
function unresolvedPrimary({ containers }: Workload): string | undefined {
  if (!containers.every(({ commandsAreComplete, filesAreComplete }) => commandsAreComplete && filesAreComplete))
    return undefined;
  const lines = containers.flatMap(textsOf).flatMap((text) => text.split("\n").map((line) => line.trim()));
  if (lines.some((line) => line.includes("resolve-hostnames yes"))) return undefined;
  for (const line of lines) {
    const words = line.split(" ").filter((word) => word !== "");
    const at = words.indexOf("monitor");
    const host = words[at + 2];
    if (at < 0 || !(words[at - 1] ?? "").endsWith("sentinel") || host === undefined) continue;
    if (/^[a-z][a-z0-9.-]*$/i.test(host)) return host;
  }
  return undefined;
}

function textsOf(container: Container): readonly string[] {
  const files = container.filesUnder("/").map(({ content }) => content.value ?? "");
  return [...container.argv.map(({ value }) => value ?? ""), ...files];
}
