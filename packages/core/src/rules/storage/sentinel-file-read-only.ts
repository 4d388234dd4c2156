import { nameOf } from "../../domain/model/names.ts";
import type { Command } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { defineRule } from "../../rule/rule.ts";
import { fileName } from "../../text/scan.ts";

export default defineRule({
  id: "sentinel-file-read-only",
  subject: "container",
  meta: {
    summary: "Redis Sentinel is given a configuration file that it cannot write.",
    rationale:
      "Sentinel keeps what it learns (the primary, its replicas, the other Sentinels) in its configuration file and refuses to start when it may not write there. A ConfigMap or Secret is always mounted read-only.",
    remedy: "Copy the file to an emptyDir in an init container, and start Sentinel with the copy.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/"],
    quietWhen: "the file is on a volume that can be written, or its path is not known.",
  },
  check(container, { report }) {
    if (container.mounts.some(({ mountPath }) => hasPlaceholder(mountPath))) return;
    for (const command of container.commands) {
      const file = fileOfSentinel(command);
      const mount = file?.text === undefined ? undefined : container.mountAt(file.text);
      const holder = mount === undefined ? undefined : whatIsReadOnly(mount);
      if (file === undefined || mount === undefined || holder === undefined) continue;
      report({
        message: `Sentinel of ${nameOf(container.workload.resource)} does not start: it must write to ${file.text}, and ${holder}.`,
        at: file,
        related: [{ message: "mounted here", at: mount.node.nearest("mountPath") }],
      });
      return;
    }
  },
});

/** The configuration that `redis-sentinel FILE` and `redis-server FILE --sentinel` name. */
function fileOfSentinel({ words }: Command): Command["words"][number] | undefined {
  const [program, ...rest] = words[0]?.text === "exec" ? words.slice(1) : words;
  const name = fileName(program?.text ?? "");
  const isSentinel =
    /^(?:redis|valkey)-sentinel$/.test(name) ||
    (/^(?:redis|valkey)-server$/.test(name) && rest.some(({ text }) => text === "--sentinel"));
  return isSentinel ? rest.find(({ text }) => text?.startsWith("/") === true) : undefined;
}

function whatIsReadOnly({ volume, isReadOnly }: Container["mounts"][number]): string | undefined {
  switch (volume?.source) {
    case undefined:
      return undefined;
    case "config-map":
      return `ConfigMap ${volume.sourceName ?? volume.name} is mounted there, which nobody can write`;
    case "secret":
      return `Secret ${volume.sourceName ?? volume.name} is mounted there, which nobody can write`;
    case "projected":
      return "a projected volume is mounted there, which nobody can write";
    default:
      return isReadOnly ? "its mount is readOnly" : undefined;
  }
}
