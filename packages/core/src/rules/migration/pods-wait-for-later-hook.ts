import { nameOf } from "../../domain/model/names.ts";
import type { Command } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { mayShareRelease } from "../../kube/helm-release.ts";
import { hookOf } from "../../kube/release-hooks.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Workload } from "../../kube/workload.ts";
import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "pods-wait-for-later-hook",
  subject: "migration",
  meta: {
    summary: "Pods wait for a migration that starts only when they are ready.",
    rationale:
      "`helm install --wait` and Argo CD start post-install and PostSync hooks after the other objects are healthy. Pods whose init container waits for that hook never become ready, so the hook never starts and the deployment hangs until its timeout.",
    remedy:
      "Migrate in a `pre-install,pre-upgrade` hook (PreSync for Argo CD), or in an ordinary Job that the release contains.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    reportsAt: ["Deployment", "StatefulSet", "DaemonSet", "Job"],
    references: [
      "https://helm.sh/docs/topics/charts_hooks/",
      "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
      "https://github.com/apache/airflow/issues/11979",
    ],
    quietWhen: "the migration is no hook or runs before the Pods, or nothing in view waits for it.",
  },
  check({ workload, tool }, { workspace, report }) {
    const { resource } = workload;
    const hook = laterHook(resource);
    if (resource.kind !== "Job" || hook === undefined) return;
    for (const other of workspace.resources) {
      const waiting = other.workload?.resource === other ? waitingIn(other.workload, resource, tool) : undefined;
      if (waiting === undefined || other.isUnsettled || !isOfSameRelease(other, resource)) continue;
      const isGone = waiting.isForJob && /hook-succeeded|HookSucceeded/.test(deletionOf(resource) ?? "");
      report({
        message: isGone
          ? `${nameOf(other)} waits for ${nameOf(resource)}, which runs only after the Pods are ready (${hook}) and is deleted when it succeeds: the Pods never start.`
          : `${nameOf(other)} waits for ${nameOf(resource)}, which ${hook} starts only after the Pods are ready: with helm --wait or Argo CD each waits for the other.`,
        at: waiting.container.node.nearest("name"),
        subject: other,
        ...(isGone ? { severity: "error" as const } : {}),
        related: [{ message: nameOf(resource), at: resource.node.nearest("metadata", "annotations") }],
      });
    }
  },
});

/** The hook that comes after all other objects, as it is written; undefined: none does, or an earlier one too. */
function laterHook(resource: Resource): string | undefined {
  const hooks = hookOf(resource)?.moments ?? [];
  if (hooks.includes("pre-install") || hooks.includes("PreSync") || hooks.includes("Sync")) return undefined;
  return hooks.find((hook) => hook === "post-install" || hook === "PostSync");
}

function deletionOf({ annotations }: Resource): string | undefined {
  return annotations["helm.sh/hook-delete-policy"] ?? annotations["argocd.argoproj.io/hook-delete-policy"];
}

function isOfSameRelease(object: Resource, hook: Resource): boolean {
  return object !== hook && hookOf(object) === undefined && mayShareRelease(object, hook);
}

interface Waiting {
  readonly container: Container;
  /** For the Job itself, not for what it leaves in the database. */
  readonly isForJob: boolean;
}

function waitingIn({ containers }: Workload, job: Resource, tool: string): Waiting | undefined {
  for (const container of containers) {
    if (container.role !== "init") continue;
    if (container.commands.some((command) => waitsForJob(command, job.name))) return { container, isForJob: true };
    // groundnuty/k8s-wait-for takes kind and name as arguments.
    const words = container.argv.map(({ value }) => value);
    if (/k8s-wait-for$/.test(container.image?.name ?? "") && words[0]?.startsWith("job") === true)
      if (words[1] === job.name) return { container, isForJob: true };
    if (container.commands.some((command) => waitsForSchema(command, tool))) return { container, isForJob: false };
  }
  return undefined;
}

function waitsForJob({ words }: Command, name: string): boolean {
  const texts = words.map(({ text }) => text ?? "");
  if (!/(^|\/)kubectl$/.test(texts[0] ?? "") || !texts.includes("wait")) return false;
  return texts.some((text, index) =>
    /^jobs?(\.batch)?$/.test(text)
      ? texts[index + 1] === name
      : /^jobs?(\.batch)?\//.test(text) && text.endsWith(`/${name}`),
  );
}

/** The word of a command that ends well only when the schema is the newest, by the tool that migrates it. */
const schemaTests: ReadonlyMap<string, string> = new Map([
  ["Airflow", "check-migrations"],
  ["Django", "--check"],
  ["Rails", "db:abort_if_pending_migrations"],
]);

function waitsForSchema({ words }: Command, tool: string): boolean {
  const test = schemaTests.get(tool);
  return test !== undefined && words.some(({ text }) => text === test);
}
