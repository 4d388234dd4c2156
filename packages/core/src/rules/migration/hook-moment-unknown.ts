import { nameOf } from "../../domain/model/names.ts";
import { hasPlaceholder } from "../../kube/placeholder.ts";
import { hookMoments, hookOf } from "../../kube/release-hooks.ts";
import { defineRule } from "../../rule/rule.ts";
import { closest } from "../../text/closest.ts";
import { setValue } from "../../yaml/edit.ts";

export default defineRule({
  id: "hook-moment-unknown",
  subject: "migration",
  meta: {
    summary: "A migration's hook annotation names a moment that does not exist, so the migration never runs.",
    rationale:
      "Helm skips a manifest whose `helm.sh/hook` it does not know, with one line in its log. Argo CD compares `argocd.argoproj.io/hook` letter by letter and finds no phase for `presync`. The release goes on without its migration.",
    remedy:
      "Spell it as the tool does: `pre-install`, `pre-upgrade`, … for Helm, `PreSync`, `Sync`, `PostSync` for Argo CD.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: [
      "https://helm.sh/docs/topics/charts_hooks/#the-available-hooks",
      "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
    ],
  },
  check({ workload: { resource } }, { report }) {
    const hook = hookOf(resource);
    if (hook === undefined || hasPlaceholder(hook.node.text() ?? "")) return;
    const known = hookMoments[hook.by];
    const wrong = hook.moments.find((moment) => !known.includes(moment));
    if (wrong === undefined) return;
    const meant = known.find((moment) => moment.toLowerCase() === wrong.toLowerCase()) ?? closest(wrong, known);
    const edits = meant === undefined || hook.moments.length > 1 ? undefined : setValue(hook.node, meant);
    report({
      message: `${hook.by} never runs ${nameOf(resource)}: it has no hook ${wrong}${meant === undefined ? "." : `; did you mean ${meant}?`}`,
      at: hook.node,
      fixes: [edits && { title: `Write ${meant}`, safety: "safe", edits }],
    });
  },
});
