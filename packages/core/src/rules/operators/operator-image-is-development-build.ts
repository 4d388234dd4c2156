import { defineRule } from "../../rule/rule.ts";

export default defineRule({
  id: "operator-image-is-development-build",
  subject: "database",
  meta: {
    summary: "An operator's database runs a development build.",
    rationale: "Images of the development registry are rebuilt from the main branch every night.",
    remedy: "Use a released image of the operator's version.",
    severity: "warning",
    presets: ["recommended"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: ["https://docs.percona.com/percona-operator-for-mysql/pxc/images.html"],
  },
  check({ operator, image }, { report }) {
    if (operator === undefined || image === undefined) return;
    if (!/^perconalab\//.test(image.name) && !/^(main|dev|nightly|testing)(-|$)/.test(image.tag ?? "")) return;
    report({
      message: `${image.text} is a development build: it changes without notice, and a release may not be able to read the data files it writes.`,
      at: image.node,
    });
  },
});
