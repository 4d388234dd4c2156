import { sentinelFile } from "../../domain/database/sentinel.ts";
import { nameOf } from "../../domain/model/names.ts";
import type { Container } from "../../kube/container.ts";
import type { ImageReference } from "../../kube/image.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";
import { fileName } from "../../text/scan.ts";

export default defineRule({
  id: "sentinel-cannot-resolve-primary",
  subject: "container",
  meta: {
    summary: "Sentinel is given a name for the primary and may not resolve names.",
    rationale:
      "Since Redis 6.2 Sentinel takes host names only with `sentinel resolve-hostnames yes`, else it exits with `FATAL CONFIG FILE ERROR … Can't resolve instance hostname` (measured on 7.0). Nothing fails over without it.",
    remedy: "Write `sentinel resolve-hostnames yes` and `sentinel announce-hostnames yes` into its file.",
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
    if (sentinelFile(container) === undefined || workload.resource.isUnsettled) return;
    if (!wantsPermissionForNames(container.image)) return;
    const host = unresolvedPrimary(workload);
    if (host === undefined) return;
    report({
      message: `Sentinel of ${nameOf(workload.resource)} exits with "Can't resolve instance hostname": ${host} is a name, and sentinel resolve-hostnames is off, the default.`,
      at: container.node.nearest("name"),
    });
  },
});

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
