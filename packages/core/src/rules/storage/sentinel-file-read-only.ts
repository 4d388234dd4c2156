import { sentinelFile } from "../../domain/database/sentinel.ts";
import { nameOf } from "../../domain/model/names.ts";
import { whyReadOnly } from "../../kube/read-only.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "sentinel-file-read-only",
  subject: "container",
  meta: {
    summary: "Sentinel must write its configuration file, and cannot.",
    rationale:
      "Sentinel keeps what it learns (the current primary, its replicas, its own id) in sentinel.conf. It tests at startup whether it can, and exits with `Sentinel config file … is not writable` (measured with Redis 7.0).",
    remedy: "Copy the file to an emptyDir or a claim in an init container, and start Sentinel with the copy.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/",
      "https://github.com/redis/docker-library-redis/issues/134",
    ],
    quietWhen: "the volume there can be written or is not in view, or a script starts Sentinel with another file.",
  },
  check(container, { report }) {
    const file = sentinelFile(container);
    const reason = file?.text === undefined ? undefined : whyReadOnly(container, file.text);
    if (file === undefined || reason === undefined) return;
    report({
      message: `Sentinel of ${nameOf(container.workload.resource)} exits at startup: it must write ${file.text}, and ${reason}.`,
      at: file,
    });
  },
});
