import { parameterOfVariable, pgbouncerParameters, readsVariable } from "../../facts/pgbouncer.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "pooler-variable-unknown",
  subject: "pooler",
  meta: {
    summary: "The pooler's image does not read this environment variable.",
    rationale:
      "Every PgBouncer image has its own names: `POOL_MODE`, `PGBOUNCER_POOL_MODE`, `DATABASES_HOST`. An image silently ignores names it does not know: the pool keeps its defaults (6 of 30 public snippets used another image's names).",
    remedy: "Use the name that this image reads.",
    severity: "warning",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/edoburu/docker-pgbouncer",
      "https://github.com/bitnami/containers/tree/main/bitnami/pgbouncer",
    ],
    quietWhen: "the image family is not known.",
  },
  check({ container, dialect }, { report }) {
    if (container === undefined || dialect === undefined || container.overridesEntrypoint) return;
    // A mounted configuration takes the place of the variables; a script of the owner's may read them.
    if (container.mounts.some((mount) => /pgbouncer/.test(mount.mountPath)) || !container.filesAreComplete) return;
    const unread: { readonly name: string; readonly at: YamlNode; readonly advice: string }[] = [];
    for (const item of container.node.at("env")?.items() ?? []) {
      const nameNode = item.at("name");
      const name = nameNode?.string();
      if (nameNode === undefined || name === undefined || readsVariable(dialect, name) !== false) continue;
      const parameter = parameterOfVariable(name);
      const own =
        parameter === undefined
          ? undefined
          : pgbouncerParameters.find((each) => each.name === parameter)?.variables[dialect];
      // Variables of nobody (labels, versions, proxies) are no mistake; one that another family reads is.
      if (parameter === undefined && !/^(PGBOUNCER|POSTGRESQL|DATABASES|POOL|DB)_/.test(name)) continue;
      if (/_FILE$|^DB_(SCHEMA|SSL)/.test(name)) continue;
      unread.push({
        name,
        at: nameNode,
        advice: `${parameter === undefined ? "" : `, so ${parameter} keeps its default`}${own === undefined ? "" : `; this image calls it ${own}`}`,
      });
    }
    const [first] = unread;
    if (first === undefined) return;
    report({
      message: `${dialect} does not read ${
        unread.length === 1
          ? first.name
          : `${unread.length} of its variables (${unread
              .slice(0, 3)
              .map(({ name }) => name)
              .join(", ")}${unread.length > 3 ? ", …" : ""})`
      }${unread.length === 1 ? first.advice : ": what they set keeps its default"}.`,
      at: first.at,
      related: unread.slice(1, 5).map(({ at, advice }) => ({ message: `not read${advice}`, at })),
    });
  },
});
