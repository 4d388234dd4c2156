import assert from "node:assert/strict";
import { lintFiles, places } from "../support/lint.ts";
import { shop, shopText } from "../support/shop.ts";

const database = shop[0] ?? "";

/** `rule line: message` of what is wrong with the configuration. */
const problems = (config: string, more: Readonly<Record<string, string>> = {}): readonly string[] => {
  const { findings, files } = lintFiles({ "db.yaml": database, ".dbops.yaml": config, ...more });
  return findings
    .filter((finding) => finding.ruleId.startsWith("configuration-"))
    .map((finding) => {
      const line = files.get(finding.location.uri)?.positionAt(finding.location.span.start).line ?? 0;
      return `${finding.ruleId} ${line + 1}: ${finding.message}`;
    });
};

const found = (
  config: string,
  files: Readonly<Record<string, string>> = { "db.yaml": database },
): ReadonlySet<string> =>
  new Set(lintFiles({ ...files, ".dbops.yaml": config }).findings.map((finding) => finding.ruleId));

describe("levels by glob", () => {
  it("hold for every rule that matches, and a rule's own entry goes before them", () => {
    const before = found("rules: {}\n");
    const own = [...before].find((id) => id.startsWith("database-"));
    assert.ok(own !== undefined, [...before].join());
    assert.ok(![...found('rules:\n  "database-*": off\n')].some((id) => id.startsWith("database-")));
    assert.ok(found(`rules:\n  ${own}: error\n  "database-*": off\n`).has(own));
    assert.deepEqual(problems('rules:\n  "database-*": off\n'), []);
    assert.match(problems('rules:\n  "databse-*": off\n').join(), /There is no rule "databse-\*"/);
    assert.match(problems('rules:\n  "database-*": warn\n').join(), /must be off, info, warning or error, not "warn"/);
  });
});

describe("overrides of what is said of several databases at once", () => {
  const pod = (namespace: string): string => `apiVersion: v1
kind: Pod
metadata: { name: db, namespace: ${namespace} }
spec:
  containers:
    - name: db
      image: postgres:16.4-bookworm
      env: [{ name: POSTGRES_PASSWORD, value: hunter2 }]
`;
  const rule = "database-password-in-manifest";
  const off = (condition: string): string => `overrides:\n  - ${condition}\n    rules:\n      ${rule}: off\n`;
  const said = (config: string): boolean => found(config, { "ci/db.yaml": pod("ci") }).has(rule);

  it("hold by file and namespace, and nowhere else", () => {
    assert.ok(said("rules: {}\n"));
    assert.ok(!said(off('files: ["ci/**"]')));
    assert.ok(!said(off("namespaces: [ci]")));
    assert.ok(said(off('files: ["prod/**"]')));
    assert.ok(said(`rules:\n  ${rule}: off\noverrides:\n  - files: ["ci/**"]\n    rules:\n      ${rule}: error\n`));
  });
});

describe("a finding about several databases", () => {
  it("leaves out those that an override excludes, and still speaks of the others", () => {
    const server = (name: string): string => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: ${name} }
spec: { instances: 3, storage: { size: 20Gi } }
`;
    const messages = (config: string): readonly string[] =>
      lintFiles({
        "ci/a.yaml": server("scratch"),
        "prod/b.yaml": server("orders"),
        ".dbops.yaml": config,
      }).findings.flatMap(({ ruleId, message }) => (ruleId === "database-without-backup" ? [message] : []));
    assert.match(messages("rules: {}\n").join(), /2 databases: Cluster orders, Cluster scratch/);
    const config = 'overrides:\n  - files: ["ci/**"]\n    rules: { database-without-backup: off }\n';
    assert.match(messages(config).join(), /^Cluster orders has no backup in view/);
  });
});

describe("two configurations in one folder", () => {
  it("are said, and the first of .dbops.yaml, .dbops.yml and .dbops.json applies", () => {
    assert.deepEqual(problems("rules: {}\n", { ".dbops.yml": "rules: {}\n" }), [
      "configuration-invalid-value 1: .dbops.yml is not read: .dbops.yaml in the same folder applies.",
    ]);
  });
});

describe("mistakes in a configuration", () => {
  const cases: readonly (readonly [string, string, readonly RegExp[]])[] = [
    [
      "an unknown key",
      "rule:\n  a: off\n",
      [/^configuration-unknown-key 1: There is no setting "rule"; did you mean "rules"\?$/],
    ],
    [
      "an unknown key far from any",
      "telemetry: off\n",
      [/^configuration-unknown-key 1: There is no setting "telemetry"\.$/],
    ],
    [
      "an unknown rule",
      "rules:\n  quorum-of-too: off\n",
      [/^configuration-unknown-rule 2: There is no rule "quorum-of-too"; did you mean "quorum-of-two"\?$/],
    ],
    [
      "an unknown level",
      "rules:\n  quorum-of-two: warn\n",
      [/^configuration-invalid-value 2: The level of quorum-of-two must be off, info, warning or error, not "warn"/],
    ],
    ["an unknown preset", "extends: recomended\n", [/^configuration-invalid-value 1: .*did you mean "recommended"\?$/]],
    [
      "a file that is not there",
      "extends: ../team.yaml\n",
      [/^configuration-invalid-value 1: There is no preset or file "\.\.\/team\.yaml"\.$/],
    ],
    [
      "an unknown option",
      "rules:\n  liveness-probe-kills-recovery:\n    secconds: 3\n",
      [/^configuration-unknown-key 3: .* of liveness-probe-kills-recovery; did you mean "seconds"\?$/],
    ],
    [
      "an option of another type",
      "rules:\n  liveness-probe-kills-recovery:\n    seconds: soon\n",
      [/^configuration-invalid-value 3: seconds of liveness-probe-kills-recovery does not accept this value/],
    ],
    [
      "a text where a list belongs",
      "exclude: vendor/\n",
      [/^configuration-invalid-value 1: exclude must be a list, not a string\.$/],
    ],
    [
      "a map where a list belongs",
      "ignore:\n  rule: quorum-of-two\n",
      [/^configuration-invalid-value 2: ignore must be a list, not a map\.$/],
    ],
    [
      "overrides as a map",
      "overrides:\n  files: [a]\n",
      [/^configuration-invalid-value 2: overrides must be a list, not a map\.$/],
    ],
    [
      "labels as a list",
      "overrides:\n  - labels: [a]\n    rules: {}\n",
      [/^configuration-invalid-value 2: labels must be a map/],
    ],
    [
      "an ignore entry of no rule",
      "ignore:\n  - reason: known\n",
      [/^configuration-invalid-value 2: An item of ignore has no rule\.$/],
    ],
    [
      "an end that is no date",
      "ignore:\n  - rule: quorum-of-two\n    until: next year\n",
      [/^configuration-invalid-value 3: until needs a date like 2027-01-31, not "next year"\.$/],
    ],
    [
      "an end that no calendar has",
      "ignore:\n  - rule: quorum-of-two\n    until: 2027-02-30\n",
      [/^configuration-invalid-value 3: until needs a date like 2027-01-31, not "2027-02-30"\.$/],
    ],
    [
      "something else than a text among the globs",
      "exclude: [vendor/, { path: a }]\n",
      [/^configuration-invalid-value 1: An item of exclude must be a string, not a map\.$/],
    ],
    [
      "an ignore entry that is a text",
      "ignore: [quorum-of-two]\n",
      [/^configuration-invalid-value 1: An item of ignore must be a map of rule, .*, not a string\.$/],
    ],
    [
      "an end that is a list",
      "ignore:\n  - rule: quorum-of-two\n    until: [2027-01-31]\n",
      [/^configuration-invalid-value 3: until needs a date like 2027-01-31, not a list\.$/],
    ],
    ["a number where a list belongs", "exclude: 3\n", [/^configuration-invalid-value 1: .* not a number\.$/]],
    ["nothing where a list belongs", "exclude:\n", [/^configuration-invalid-value 1: .* not nothing\.$/]],
    [
      "a list where a level belongs",
      "backups: [here]\n",
      [/^configuration-invalid-value 1: backups must be here or elsewhere, not a list\.$/],
    ],
    ["another place for backups", "backups: her\n", [/^configuration-invalid-value 1: .*did you mean "here"\?$/]],
    ["a list as the whole", "- rules\n", [/^configuration-invalid-value 1: .*must be a map/]],
    ["what is not YAML", "rules: [\n", [/^configuration-invalid-value \d: The configuration cannot be read: /]],
    ["nothing", "", []],
    ["a rule of the engine itself", "rules:\n  suppression-unused: error\n", []],
    ["off without quotes, which YAML reads as a boolean", "rules:\n  quorum-of-two: off\n", []],
    [
      "all that there is",
      '$schema: https://example.org/s.json\nextends: all\nbackups: elsewhere\nexclude: [vendor/]\nrules:\n  quorum-of-two: { severity: "off" }\n',
      [],
    ],
  ];
  for (const [name, config, expected] of cases)
    it(name, () => {
      const actual = problems(config);
      assert.equal(actual.length, expected.length, actual.join("\n"));
      for (const [index, pattern] of expected.entries()) assert.match(actual[index] ?? "", pattern);
    });

  it("the rest of the file holds, and the run says that the configuration is wrong", () => {
    const result = lintFiles({
      "db.yaml": database,
      ".dbops.yaml": "tpyo: 1\nrules:\n  grace-period-too-short: info\n",
    });
    assert.equal(result.isConfigurationWrong, true);
    assert.equal(result.findings.find((finding) => finding.ruleId === "grace-period-too-short")?.severity, "info");
  });

  it("a mistake in a file that two configurations extend is reported once, where it stands", () => {
    const team = { "team.yaml": "tpyo: 1\n", "a/.dbops.yaml": "extends: ../team.yaml\n" };
    assert.equal(problems("extends: team.yaml\n", team).length, 1);
  });

  it("files that extend each other end with an error, not a loop", () => {
    assert.match(
      problems("extends: team.yaml\n", { "team.yaml": "extends: .dbops.yaml\n" })[0] ?? "",
      /no preset or file/,
    );
  });
});

describe("what a configuration does", () => {
  it("presets: recommended is less than all, ephemeral keeps what cannot start", () => {
    const files = { "shop.yaml": shopText() };
    const all = found("extends: all\n", files);
    const recommended = found("", files);
    const ephemeral = found("extends: ephemeral\n", files);
    assert.ok(recommended.size < all.size && [...recommended].every((rule) => all.has(rule)));
    assert.ok(ephemeral.size < recommended.size);
    assert.ok(ephemeral.has("environment-value-not-string"), "the API server refuses it");
    assert.ok(!ephemeral.has("grace-period-too-short"));
  });

  it("a written level brings a rule back that the preset leaves out, with that level", () => {
    const config = "extends: ephemeral\nrules:\n  grace-period-too-short: info\n";
    const grace = lintFiles({ "db.yaml": database, ".dbops.yaml": config }).findings.find(
      (finding) => finding.ruleId === "grace-period-too-short",
    );
    assert.equal(grace?.severity, "info");
  });

  it("off is off, also below options", () => {
    assert.ok(!found("rules:\n  grace-period-too-short: off\n").has("grace-period-too-short"));
    assert.ok(!found("rules:\n  grace-period-too-short: { severity: off }\n").has("grace-period-too-short"));
  });

  it("options reach the rule", () => {
    const probed = database.replace(
      "          resources:\n",
      "          livenessProbe: { exec: { command: [pg_isready] }, periodSeconds: 10, failureThreshold: 7 }\n          resources:\n",
    );
    const options = (seconds: number): string =>
      `extends: all\nrules:\n  liveness-probe-kills-recovery: { seconds: ${seconds}, secondsInAll: ${seconds} }\n`;
    assert.ok(found(options(120), { "db.yaml": probed }).has("liveness-probe-kills-recovery"));
    assert.ok(!found(options(30), { "db.yaml": probed }).has("liveness-probe-kills-recovery"));
  });

  it("backups: here makes a missing backup a warning of day one, and elsewhere asks for none", () => {
    const severity = (config: string): string | undefined =>
      lintFiles({ "billing.yaml": shop[7] ?? "", ".dbops.yaml": config }).findings.find(
        (finding) => finding.ruleId === "database-without-backup",
      )?.severity;
    assert.deepEqual(
      [severity(""), severity("backups: elsewhere\n"), severity("backups: here\n")],
      ["info", undefined, "warning"],
    );
  });

  const placed = {
    "dev/db.yaml": database,
    "prod/db.yaml": database.replace(
      "name: orders-db\n",
      "name: orders-db\n  namespace: prod\n  labels: { tier: gold }\n",
    ),
  };
  const graces = (config: string, files: Readonly<Record<string, string>> = placed): readonly string[] =>
    places(lintFiles({ ...files, ".dbops.yaml": config }))
      .filter((place) => place.startsWith("grace-period-too-short"))
      .map((place) => place.replace(/^\S+ |:\d+$/g, ""));
  const rule = "rules: { grace-period-too-short: off }";
  it("leaves the other settings as they are where one cannot be read", () =>
    assert.deepEqual(graces(`backups: her\n${rule}\n`), []));
  const overrides: readonly (readonly [string, string, readonly string[]])[] = [
    ["by a glob of files", `- files: ["dev/**"]\n  ${rule}`, ["prod/db.yaml"]],
    ["by a folder", `- files: [dev/]\n  ${rule}`, ["prod/db.yaml"]],
    ["by namespace", `- namespaces: [prod]\n  ${rule}`, ["dev/db.yaml"]],
    ["by a glob of namespaces", `- namespaces: ["pro*"]\n  ${rule}`, ["dev/db.yaml"]],
    ["by labels", `- labels: { tier: gold }\n  ${rule}`, ["dev/db.yaml"]],
    [
      "by conditions that must all hold",
      `- files: [dev/]\n  namespaces: [prod]\n  ${rule}`,
      ["dev/db.yaml", "prod/db.yaml"],
    ],
    ["by none, so everywhere", `- ${rule}`, []],
    ["by a condition that cannot be read, so nowhere", `- labels: gold\n  ${rule}`, ["dev/db.yaml", "prod/db.yaml"]],
    [
      "the later wins",
      `- files: [dev/]\n  ${rule}\n- files: [dev/]\n  rules: { grace-period-too-short: error }`,
      ["dev/db.yaml", "prod/db.yaml"],
    ],
  ];
  for (const [name, text, expected] of overrides)
    it(`overrides ${name}`, () => assert.deepEqual(graces(`overrides:\n${text.replace(/^/gm, "  ")}\n`), expected));

  it("exclude takes a file out of the run and of the context", () => {
    assert.deepEqual(graces("exclude: [dev/]\n"), ["prod/db.yaml"]);
    assert.deepEqual(graces('exclude: ["**/db.yaml"]\n'), []);
  });

  it("the nearest configuration holds alone", () => {
    const nearest = { ...placed, "dev/.dbops.yaml": "rules:\n  database-image-unpinned: off\n" };
    assert.deepEqual(graces("rules:\n  grace-period-too-short: off\n", nearest), ["dev/db.yaml"]);
  });

  it("extends takes a local file; its globs are relative to who extends it", () => {
    const files = { ...placed, "team/lint.yaml": `overrides:\n  - files: [dev/]\n    ${rule}\n` };
    assert.deepEqual(graces("extends: ./team/lint.yaml\n", files), ["prod/db.yaml"]);
  });

  it("a selection runs alone, whatever the preset", () => {
    const { findings } = lintFiles(
      { "db.yaml": database, ".dbops.yaml": "extends: ephemeral\n" },
      { select: ["grace-*"] },
    );
    assert.deepEqual([...new Set(findings.map((finding) => finding.ruleId))], ["grace-period-too-short"]);
  });

  it("an ignored rule is silent, another file of configuration or none holds instead", () => {
    assert.ok(
      !lintFiles({ "db.yaml": database }, { ignore: ["grace-period-too-short"] }).findings.some(
        (finding) => finding.ruleId === "grace-period-too-short",
      ),
    );
    const result = lintFiles(
      { "db.yaml": database, ".dbops.yaml": "rules: { grace-period-too-short: off }\n" },
      { configOverride: "none" },
    );
    assert.ok(result.findings.some((finding) => finding.ruleId === "grace-period-too-short"));
  });
});

describe("ignore entries", () => {
  const grace = (entry: string, today = "2026-11-24") => {
    const result = lintFiles(
      { "db/db.yaml": database, ".dbops.yaml": `ignore:\n${entry.replace(/^/gm, "  ")}\n` },
      { today },
    );
    return {
      suppressed: result.suppressed.map((each) => `${each.ruleId} ${each.suppression.reason ?? ""}`),
      own: result.findings
        .filter((finding) => /^(suppression|configuration)-/.test(finding.ruleId))
        .map((finding) => finding.ruleId),
      isShown: result.findings.some((finding) => finding.ruleId === "grace-period-too-short"),
    };
  };
  const hidden = { suppressed: ["grace-period-too-short known"], own: [], isShown: false };
  const entry = "- rule: grace-period-too-short\n  reason: known\n";
  it("hide one rule, with their reason", () => assert.deepEqual(grace(entry), hidden));
  it("by path and object", () => {
    for (const more of [
      "path: db/",
      'path: "db/*.yaml"',
      "object: orders-db",
      "object: StatefulSet/orders-db",
      "until: 2026-11-24",
    ])
      assert.deepEqual(grace(`${entry}  ${more}`), hidden, more);
  });
  it("that name another place are unused, which is said", () => {
    for (const more of ["path: api/", "object: Deployment/orders-db", "object: orders"])
      assert.deepEqual(
        grace(`${entry}  ${more}`),
        { suppressed: [], own: ["suppression-unused"], isShown: true },
        more,
      );
  });
  it("whose date has passed hide nothing, which is said once", () => {
    assert.deepEqual(grace(`${entry}  until: 2026-11-23`), {
      suppressed: [],
      own: ["suppression-expired"],
      isShown: true,
    });
  });
  it("whose date cannot be read hide nothing", () => {
    assert.deepEqual(grace(`${entry}  until: 2026`), {
      suppressed: [],
      own: ["configuration-invalid-value"],
      isShown: true,
    });
  });
  it("are not called unused by a run over some of the files", () => {
    const config = "ignore:\n  - rule: grace-period-too-short\n    path: other.yaml\n";
    const files = { "db.yaml": database, "api.yaml": shop[6] ?? "", ".dbops.yaml": config };
    const unused = (requested: readonly string[]) =>
      lintFiles(files, { requested }).findings.filter((finding) => finding.ruleId === "suppression-unused").length;
    assert.deepEqual([unused(["api.yaml"]), unused(["api.yaml", "db.yaml"])], [0, 1]);
  });
});
