import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { commitAll, folderWith } from "./support/folder.ts";
import { needsProgram } from "./support/programs.ts";
import { dbops } from "./support/run.ts";
import { asSet, deployment } from "./support/servers.ts";

interface Options {
  readonly kind?: "StatefulSet" | "Deployment";
  readonly name?: string;
  readonly namespace?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly spec?: string;
  readonly pod?: string;
  readonly size?: string;
  readonly storageClass?: string;
  readonly template?: string;
  readonly mountPath?: string;
  readonly service?: string;
}

/** A StatefulSet of a database with a password that no output may hold. */
function set(options: Options = {}): string {
  const { name = "orders-db", namespace = "shop", image = "postgres:16.4-bookworm", replicas = 3 } = options;
  const { spec = "", pod = "", size = "10Gi", storageClass, template = "data", service = name } = options;
  const { mountPath = image.startsWith("postgres") ? "/var/lib/postgresql/data" : "/data/db" } = options;
  const named = storageClass === undefined ? "" : `storageClassName: ${storageClass}, `;
  return `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: ${name}
${namespace === "" ? "" : `  namespace: ${namespace}\n`}spec:
  serviceName: ${service}
  replicas: ${replicas}
${spec}  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
${pod}      containers:
        - name: server
          image: ${image}
          env: [{ name: POSTGRES_PASSWORD, value: Zq7Xk-secret }]
          volumeMounts: [{ name: ${template}, mountPath: ${mountPath} }]
  volumeClaimTemplates:
    - metadata: { name: ${template} }
      spec: { accessModes: [ReadWriteOnce], ${named}resources: { requests: { storage: ${size} } } }
`;
}

const claim = (storageClass: string, size = "10Gi"): string => `---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders-data, namespace: shop }
spec: { accessModes: [ReadWriteOnce], storageClassName: ${storageClass}, resources: { requests: { storage: ${size} } } }
`;

/** The Deployment on that claim as a StatefulSet. */
const onClaim = (image: string): string => asSet(deployment(image));

const job = (tag: string): string => `apiVersion: batch/v1
kind: Job
metadata: { name: orders-migrate, namespace: shop }
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: alembic, image: "shop/migrations:${tag}", command: [alembic, upgrade, head] }]
`;

const deletes = (when: string): string => `  persistentVolumeClaimRetentionPolicy: { ${when}: Delete }\n`;

/** Old text, new text, the kind of procedure. */
const ways: Readonly<Record<string, readonly [old: string, young: string, kind: string]>> = {
  "a fixed field": [set(), set({ spec: "  podManagementPolicy: Parallel\n" }), "recreate"],
  "another Service": [set(), set({ service: "orders" }), "recreate"],
  "another selector": [
    set(),
    set()
      .replace("matchLabels: { app: orders-db }", "matchLabels: { app: orders-db, tier: db }")
      .replace("labels: { app: orders-db } }\n    spec", "labels: { app: orders-db, tier: db } }\n    spec"),
    "recreate",
  ],
  "no namespace written": [set({ namespace: "" }), set({ namespace: "", service: "orders" }), "recreate"],
  "a larger claim template": [set(), set({ size: "20Gi" }), "grow"],
  "a smaller claim template": [set(), set({ size: "5Gi" }), "replace-volumes"],
  "another class": [set({ storageClass: "slow" }), set({ storageClass: "fast" }), "replace-volumes"],
  "a claim of another class": [deployment() + claim("slow"), deployment() + claim("fast"), "replace-volumes"],
  "a rename": [set(), set({ name: "billing-db" }), "carry-volumes"],
  "a rename without a namespace": [set({ namespace: "" }), set({ namespace: "", name: "billing-db" }), "carry-volumes"],
  "a rename that would delete": [set({ spec: deletes("whenDeleted") }), set({ name: "billing-db" }), "carry-volumes"],
  "another namespace": [set(), set({ namespace: "orders" }), "carry-volumes"],
  "a renamed claim template": [set(), set({ template: "pgdata" }), "carry-volumes"],
  "a Deployment that becomes a StatefulSet": [
    deployment() + claim("fast"),
    set({ replicas: 1 }) + claim("fast"),
    "carry-volumes",
  ],
  "a StatefulSet on the Deployment's claim": [
    deployment() + claim("fast"),
    onClaim("postgres:16.4-bookworm") + claim("fast"),
    "carry-volumes",
  ],
  "a newer PostgreSQL": [set(), set({ image: "postgres:17.2-bookworm" }), "upgrade"],
  "a newer PostgreSQL in a Deployment": [
    deployment() + claim("fast"),
    deployment("postgres:17.2-bookworm") + claim("fast"),
    "upgrade",
  ],
  "a newer PostgreSQL in a StatefulSet on a claim that is written down": [
    onClaim("postgres:16.4-bookworm") + claim("fast"),
    onClaim("postgres:17.2-bookworm") + claim("fast"),
    "upgrade",
  ],
  "an older PostgreSQL": [set(), set({ image: "postgres:15.2-bookworm" }), "restore"],
  "a skipped MySQL": [
    set({ image: "mysql:8.0.36", mountPath: "/var/lib/mysql" }),
    set({ image: "mysql:9.7.0", mountPath: "/var/lib/mysql" }),
    "upgrade",
  ],
  "a skipped MongoDB": [set({ image: "mongo:6.0.1" }), set({ image: "mongo:8.0.1" }), "upgrade"],
  "a MySQL that converts the files": [
    set({ image: "mysql:8.4.7", mountPath: "/var/lib/mysql" }),
    set({ image: "mysql:9.4.0", mountPath: "/var/lib/mysql" }),
    "upgrade",
  ],
  "a MySQL whose tag named no minor version": [
    set({ image: "mysql:8", mountPath: "/var/lib/mysql", spec: "  updateStrategy: { type: OnDelete }\n" }),
    set({ image: "mysql:9.4", mountPath: "/var/lib/mysql", spec: "  updateStrategy: { type: OnDelete }\n" }),
    "upgrade",
  ],
  "a newer MariaDB": [
    set({ image: "mariadb:10.11.6", mountPath: "/var/lib/mysql" }),
    set({ image: "mariadb:11.4.2", mountPath: "/var/lib/mysql" }),
    "upgrade",
  ],
  "a newer MongoDB": [set({ image: "mongo:7.0.12" }), set({ image: "mongo:8.0.1" }), "upgrade"],
  "a newer PostgreSQL and another Service": [
    set(),
    set({ image: "postgres:17.2-bookworm", service: "orders" }),
    "upgrade",
  ],
  "a newer PostgreSQL in another directory": [
    set(),
    set({ image: "postgres:17.2-bookworm", mountPath: "/var/lib/postgresql" }),
    "upgrade",
  ],
  "another directory": [set(), set({ mountPath: "/var/lib/postgresql" }), "move-files"],
  "another user": [
    set({ pod: "      securityContext: { runAsUser: 999 }\n" }),
    set({ pod: "      securityContext: { runAsUser: 1001 }\n" }),
    "change-owner",
  ],
  "fewer members": [
    set({ image: "cassandra:5.0.2", mountPath: "/var/lib/cassandra" }),
    set({ image: "cassandra:5.0.2", mountPath: "/var/lib/cassandra", replicas: 1 }),
    "scale-down",
  ],
  "fewer members whose claims would go": [
    set({ spec: deletes("whenScaled") }),
    set({ spec: deletes("whenScaled"), replicas: 1 }),
    "scale-down",
  ],
  "a removed database": [set(), "", "delete"],
  "a removed database whose claims would go": [set({ spec: deletes("whenDeleted") }), "", "delete"],
  "a migration Job": [`${set()}---\n${job("7")}`, `${set()}---\n${job("8")}`, "recreate"],
};

interface Step {
  readonly title: string;
  readonly commands: readonly string[];
  readonly changes: string | null;
  readonly wayBack: string | null;
  readonly pointOfNoReturn: boolean;
}

interface Report {
  readonly plans: readonly {
    readonly says: string | null;
    readonly procedure: {
      readonly kind: string;
      readonly title: string;
      readonly outage: string;
      readonly setup: readonly string[];
      readonly steps: readonly Step[];
    } | null;
  }[];
}

const schema = (name: string): object =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, `../schema/${name}.schema.json`), "utf8")) as object;

describe("plan", () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false });
  ajv.addSchema(schema("diff"), "diff.schema.json");
  const validate = ajv.compile(schema("plan"));
  const planned = (old: string, young: string): Report => {
    const folder = folderWith({ "old.yaml": old, "new.yaml": young });
    const { code, out, err } = dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", "json"]);
    assert.deepEqual([code, err], [0, ""]);
    return JSON.parse(out) as Report;
  };
  const stepsOf = ({ plans }: Report): readonly Step[] => plans.flatMap(({ procedure }) => procedure?.steps ?? []);
  const commandsOf = (report: Report): string =>
    stepsOf(report)
      .flatMap(({ commands }) => commands)
      .join("\n");

  for (const [name, [old, young, kind]] of Object.entries(ways))
    it(`has a way through ${name}`, () => {
      const report = planned(old, young);
      assert.ok(validate(report), JSON.stringify(validate.errors));
      assert.deepEqual(
        report.plans.map(({ procedure, says }) => procedure?.kind ?? says),
        [kind],
      );
    });

  it("writes scripts in which shellcheck finds nothing, and a shell no fault", function () {
    this.timeout(120_000);
    const texts = Object.values(ways).map(([old, young]) => {
      const folder = folderWith({ "old.yaml": old, "new.yaml": young });
      return dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", "script"]).out;
    });
    const folder = folderWith(Object.fromEntries(texts.map((text, index) => [`${index}.sh`, text])));
    const files = texts.map((_, index) => `${index}.sh`);
    for (const file of files) {
      const { status, stderr } = spawnSync("sh", ["-n", file], { cwd: folder, encoding: "utf8" });
      assert.deepEqual([status, stderr], [0, ""], file);
    }
    needsProgram(this, "shellcheck", "shellcheck");
    const { status, stdout } = spawnSync("shellcheck", files, { cwd: folder, encoding: "utf8" });
    assert.deepEqual([status, stdout], [0, ""]);
  });

  it("writes no secret in any format, and no line wider than a terminal but commands", () => {
    for (const [old, young] of Object.values(ways)) {
      const folder = folderWith({ "old.yaml": old, "new.yaml": young });
      for (const format of ["human", "markdown", "json", "script"]) {
        const { out } = dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", format]);
        assert.doesNotMatch(out, /Zq7Xk/);
        if (format !== "human") continue;
        const wide = out.split("\n").filter((line) => line.length > 80 && !/^ {7}|^\w+ [\w/-]+: /.test(line));
        assert.deepEqual(wide, []);
      }
    }
  });

  it("keeps the volumes before anything is deleted, whatever the change", () => {
    for (const [name, [old, young]] of Object.entries(ways)) {
      const commands = stepsOf(planned(old, young)).flatMap((step) => step.commands);
      const deletion = commands.findIndex((command) => /^(carry|swap|erase) |delete pvc/.test(command));
      if (deletion < 0) continue;
      const kept = commands.findIndex((command) => command.startsWith("keep "));
      assert.ok(kept >= 0 && kept < deletion, name);
    }
  });

  it("deletes a StatefulSet that runs only without its Pods", () => {
    for (const [name, [old, young]] of Object.entries(ways)) {
      let isStopped = false;
      for (const { commands } of stepsOf(planned(old, young)))
        for (const command of commands) {
          isStopped ||= /scale .+ --replicas=0/.test(command);
          if (/delete statefulset/.test(command)) assert.ok(isStopped || command.includes("--cascade=orphan"), name);
        }
    }
  });

  it("keeps the claims of a set whose policy is filled in later, whatever is done to it", () => {
    const policy = (when: string): string => `  persistentVolumeClaimRetentionPolicy: { ${when}: __POLICY__ }\n`;
    const retains = /^kubectl -n shop patch statefulset\/orders-db .+"whenDeleted":"Retain","whenScaled":"Retain"/m;
    for (const [when, young] of [
      ["whenDeleted", set({ name: "billing-db" })],
      ["whenScaled", set({ name: "billing-db" })],
      ["whenScaled", set({ template: "pgdata", spec: policy("whenScaled") })],
      ["whenScaled", set({ image: "postgres:17.2-bookworm", spec: policy("whenScaled") })],
    ] as const) {
      const commands = commandsOf(planned(set({ spec: policy(when) }), young));
      assert.match(commands, retains);
      assert.ok(commands.search(retains) < commands.search(/--replicas=0/));
    }
  });

  it("waits for the Pods that the whole selector means", () => {
    const selected = (selector: string): string =>
      deployment().replace("selector: { matchLabels: { app: orders-db } }", `selector: { ${selector} }`) +
      claim("fast");
    const waits = (selector: string): string | undefined =>
      /wait pod -l (.+) --field-selector 'status\.phase!=Failed,status\.phase!=Succeeded' --for=delete/.exec(
        commandsOf(planned(selected(selector), "")),
      )?.[1];
    const [key, one] = ["key: app, operator", "matchLabels: { app: orders-db }"];
    assert.equal(waits(one), "app=orders-db");
    assert.equal(
      waits(`matchExpressions: [{ ${key}: In, values: [orders-db, orders] }]`),
      "'app in (orders-db,orders)'",
    );
    assert.equal(
      waits(`${one}, matchExpressions: [{ ${key}: Exists }, { key: old, operator: DoesNotExist }]`),
      "'app=orders-db,app,!old'",
    );
    assert.equal(waits(`matchExpressions: [{ ${key}: NotIn, values: [web] }]`), "'app notin (web)'");
    const expressed = (service: string): string =>
      set({ service }).replace(
        "selector: { matchLabels: { app: orders-db } }",
        `selector: { matchExpressions: [{ ${key}: In, values: [orders-db] }] }`,
      );
    assert.doesNotMatch(commandsOf(planned(expressed("a"), expressed("b"))), /--replicas=0/);
  });

  it("names no Pod of a set whose number is filled in later, and no number to go back to", () => {
    const open = (options: Options): string => set(options).replace("replicas: 3", "replicas: __COUNT__");
    const recreated = planned(open({}), open({ service: "orders" }));
    assert.equal(recreated.plans[0]?.procedure?.kind, "recreate");
    assert.match(commandsOf(recreated), /rollout restart statefulset\/orders-db/);
    const stopped = planned(open({}), open({}).replace(/app: orders-db \}/g, "app: orders-db, tier: db }"));
    const [stop] = stepsOf(stopped).filter(({ title }) => title === "Stop shop/orders-db");
    assert.deepEqual(stop?.commands, [
      "kubectl -n shop scale statefulset/orders-db --replicas=0",
      "kubectl -n shop wait pod -l app=orders-db --field-selector 'status.phase!=Failed,status.phase!=Succeeded' --for=delete --timeout=10m",
    ]);
    assert.doesNotMatch(stop?.wayBack ?? "", /--replicas/);
    const { plans } = planned(
      (deployment() + claim("slow")).replace("spec:\n  strategy", "spec:\n  replicas: __COUNT__\n  strategy"),
      (deployment() + claim("fast")).replace("spec:\n  strategy", "spec:\n  replicas: __COUNT__\n  strategy"),
    );
    assert.doesNotMatch(JSON.stringify(plans), /--replicas=[1-9]/);
  });

  it("waits for no rollout where Pods are replaced by hand", () => {
    const onDelete = { spec: "  updateStrategy: { type: OnDelete }\n" };
    const commands = commandsOf(planned(set(onDelete), set({ ...onDelete, service: "orders" })));
    assert.doesNotMatch(commands, /rollout/);
    assert.match(commands, /^kubectl -n shop delete pod orders-db-2$/m);
  });

  it("never leads back to a version that cannot read the files, whatever changes with it", () => {
    const [from, to] = [{ image: "mysql:8.4.7" }, { image: "mysql:9.4.0" }].map((image) => ({
      ...image,
      mountPath: "/var/lib/mysql",
    }));
    const others: readonly Options[] = [
      {},
      { size: "20Gi" },
      { service: "orders" },
      { name: "billing-db" },
      { template: "files" },
      { replicas: 1, spec: deletes("whenScaled") },
      { spec: "  podManagementPolicy: Parallel\n  updateStrategy: { type: OnDelete }\n" },
    ];
    for (const other of others) {
      const report = planned(set(from), set({ ...to, ...other }));
      const steps = stepsOf(report);
      const applied = steps.findIndex(({ title }) => title === "Apply the new text");
      assert.ok(steps[applied]?.pointOfNoReturn, JSON.stringify(other));
      assert.match(steps[0]?.title ?? "", /^Take a backup, and restore it once/);
      for (const { wayBack } of steps.slice(applied))
        assert.match(wayBack ?? "", /^$|^none but the backup: MySQL 8\.4 cannot read|^pause it again$/);
      assert.doesNotMatch(
        JSON.stringify(report.plans.map(({ procedure }) => [procedure?.title, procedure?.outage])),
        /without stopping|none/,
      );
    }
    const [mongo] = planned(set({ image: "mongo:7.0.12" }), set({ image: "mongo:8.0.1", size: "20Gi" })).plans;
    assert.deepEqual(
      mongo?.procedure?.steps.filter(({ pointOfNoReturn }) => pointOfNoReturn).map(({ title }) => title),
      ["After some days: raise featureCompatibilityVersion to 8.0"],
    );
  });

  it("never leads back where a Deployment is recreated together with its version", () => {
    const mysql = (version: string, tier: string): string =>
      deployment(`mysql:${version}`)
        .replace("/var/lib/postgresql/data", "/var/lib/mysql")
        .replace("matchLabels: { app: orders-db }", `matchLabels: { app: orders-db, tier: ${tier} }`)
        .replace("labels: { app: orders-db } }\n    spec", `labels: { app: orders-db, tier: ${tier} } }\n    spec`) +
      claim("fast");
    const report = planned(mysql("8.4.7", "a"), mysql("9.4.0", "b"));
    assert.equal(report.plans[0]?.procedure?.kind, "recreate");
    const steps = stepsOf(report);
    assert.match(steps[0]?.title ?? "", /^Take a backup, and restore it once/);
    const applied = steps.find(({ title }) => title === "Apply the new text");
    assert.ok(applied?.pointOfNoReturn);
    assert.equal(applied.wayBack, "none but the backup: MySQL 8.4 cannot read the files afterward");
    const same = stepsOf(planned(mysql("8.4.7", "a"), mysql("8.4.7", "b")));
    assert.equal(same.find(({ title }) => title === "Apply the new text")?.pointOfNoReturn, false);
  });

  it("goes through every release series that an engine does not skip, and ends at the last one without a way back", () => {
    const stagesOf = (image: string, to: string): readonly (readonly [title: string, isLast: boolean])[] =>
      stepsOf(
        planned(
          set({ image: `${image}`, mountPath: image.startsWith("mysql") ? "/var/lib/mysql" : "/data/db" }),
          set({ image: `${to}`, mountPath: image.startsWith("mysql") ? "/var/lib/mysql" : "/data/db" }),
        ),
      ).flatMap(({ title, pointOfNoReturn }) =>
        /^Write the newest|^Apply the new text|featureCompat/.test(title) ? [[title, pointOfNoReturn] as const] : [],
      );
    const write = (series: string) => [
      `Write the newest ${series} into the image of StatefulSet shop/orders-db, and apply that`,
      true,
    ];
    assert.deepEqual(stagesOf("mysql:8.1.0", "mysql:9.7.0"), [write("8.4"), ["Apply the new text", true]]);
    assert.deepEqual(stagesOf("mysql:8.0.36", "mysql:9.7.0"), [write("8.4"), ["Apply the new text", true]]);
    assert.deepEqual(stagesOf("mysql:5.7.44", "mysql:9.7.0"), [
      write("8.0"),
      write("8.4"),
      ["Apply the new text", true],
    ]);
    assert.deepEqual(stagesOf("mongo:5.0.1", "mongo:8.0.1"), [
      write("6.0"),
      write("7.0"),
      ["See that featureCompatibilityVersion is 7.0", false],
      ["Apply the new text", false],
      ["After some days: raise featureCompatibilityVersion to 8.0", true],
    ]);
  });

  it("takes no stage to a version that it does not know", () => {
    const owned = (image: string, user: number): string =>
      set({ image, pod: `      securityContext: { runAsUser: ${user} }\n` });
    const titles = stepsOf(planned(owned("mongo:6.0.1", 999), owned("mongo:99.0.1", 1001))).map(({ title }) => title);
    assert.deepEqual(
      titles.filter((title) => title.startsWith("Write the newest")),
      [],
    );
  });

  it("takes a claim of another class and a version of its server through one procedure", () => {
    const mysql = (version: string, storageClass: string): string =>
      deployment(`mysql:${version}`).replace("/var/lib/postgresql/data", "/var/lib/mysql") + claim(storageClass);
    const kindsOf = (old: string, young: string) =>
      planned(old, young).plans.map(({ procedure, says }) => procedure?.kind ?? says);
    // The dump goes into a new claim, whatever its class.
    assert.deepEqual(kindsOf(deployment() + claim("slow"), deployment("postgres:17.2-bookworm") + claim("fast")), [
      "The steps for Deployment shop/orders-db take care of it.",
      "upgrade",
    ]);
    assert.deepEqual(kindsOf(mysql("8.4.7", "slow"), mysql("9.4.0", "fast")), [
      "replace-volumes",
      "The steps for PersistentVolumeClaim shop/orders-data take care of it.",
    ]);
    const applied = stepsOf(planned(mysql("8.4.7", "slow"), mysql("9.4.0", "fast"))).find(
      ({ title }) => title === "Apply the new text",
    );
    // The new server has a copy of the files, and the old ones are kept.
    assert.equal(applied?.pointOfNoReturn, false);
    assert.match(applied.wayBack ?? "", /NAME-old back to its name/);
    const [first] = planned(mysql("8.0.36", "slow"), mysql("9.7.0", "fast")).plans;
    assert.match(first?.says ?? "", /^Two things in one change: .+ first everything else with mysql:8\.0\.36/);
  });

  it("starts what it stopped, also where the text says nothing of replicas or another file has it", () => {
    const old = { "old/db.yaml": deployment(), "old/claim.yaml": claim("slow") };
    const folder = folderWith({ ...old, "new/db.yaml": deployment(), "new/claim.yaml": claim("fast") });
    const { plans } = JSON.parse(dbops(folder, ["plan", "old", "new", "-o", "json"]).out) as Report;
    const applied = stepsOf({ plans }).find(({ title }) => title === "Apply the new text");
    assert.deepEqual(
      applied?.commands.flatMap((command) => command.split("\n")),
      [
        "kubectl apply -f new/claim.yaml",
        "kubectl apply -f new/db.yaml",
        "kubectl -n shop scale deployment/orders-db --replicas=1",
        "kubectl -n shop rollout status deployment/orders-db --timeout=10m",
      ],
    );
    const unsaid = (options: Options): string => set(options).replace("  replicas: 3\n", "");
    for (const young of [
      unsaid({ mountPath: "/var/lib/postgresql" }),
      unsaid({ pod: "      securityContext: { runAsUser: 1001 }\n" }),
    ])
      assert.match(
        commandsOf(
          planned(unsaid({ pod: young.includes("1001") ? "      securityContext: { runAsUser: 999 }\n" : "" }), young),
        ),
        /kubectl apply -f \S+\nkubectl -n shop scale statefulset\/orders-db --replicas=1\nkubectl -n shop rollout/,
      );
    assert.match(
      commandsOf(planned(deployment() + claim("fast"), deployment("postgres:17.2-bookworm") + claim("fast"))),
      /kubectl apply -f \S+\nkubectl -n shop scale deployment\/orders-db --replicas=1\nkubectl -n shop rollout/,
    );
  });

  it("says to make two changes of one whose version needs steps of its own", () => {
    const mysql = { image: "mysql:8.0.36", mountPath: "/var/lib/mysql" };
    for (const young of [
      set({ ...mysql, image: "mysql:9.7.0", size: "20Gi" }),
      set({ ...mysql, image: "mysql:9.7.0", name: "billing-db" }),
    ]) {
      const { plans } = planned(set(mysql), young);
      assert.deepEqual([plans.length, plans[0]?.procedure], [1, null]);
      assert.match(plans[0]?.says ?? "", /first everything else with mysql:8\.0\.36, then only the image\.$/);
    }
  });

  const fleeting = (text: string): string =>
    `${text.split("  volumeClaimTemplates:")[0] ?? ""}      volumes: [{ name: data, emptyDir: {} }]\n`;

  it("has no way back behind a restart of Pods that keep their data in themselves, and restores the backup", () => {
    const restart = /^(?:Replace|Restart) the Pods/;
    for (const [old, young, isLost] of [
      [fleeting(set()), set(), true],
      [fleeting(set()), fleeting(set({ service: "orders" })), true],
      [set(), set({ service: "orders" }), false],
    ] as const) {
      const steps = planned(old, young).plans[0]?.procedure?.steps ?? [];
      const at = steps.findIndex(({ title }) => restart.test(title));
      assert.equal(steps[at]?.pointOfNoReturn, isLost);
      assert.equal(/is deleted with its Pod/.test(steps[at]?.changes ?? ""), isLost);
      assert.equal(steps[at + 1]?.title === "Restore the backup", isLost);
      const backup = /> (\S+)\.part/.exec(steps[0]?.commands[0] ?? "")?.[1] ?? "none";
      if (isLost) assert.ok(steps[at + 1]?.commands[0]?.endsWith(`< ${backup}`));
    }
  });

  it("recreates a database that keeps no files as before, whatever its version", () => {
    const [old, young] = [set(), set({ image: "postgres:17.2-bookworm", service: "orders" })].map(fleeting);
    assert.deepEqual(
      planned(old ?? "", young ?? "").plans.map(({ procedure }) => procedure?.kind),
      ["recreate"],
    );
    assert.deepEqual(planned(old ?? "", fleeting(set({ image: "postgres:17.2-bookworm" }))).plans, []);
  });

  it("says what is down, and of what is not that there is no downtime", () => {
    for (const [old, young] of [
      [set(), set({ spec: "  podManagementPolicy: Parallel\n" })],
      [set(), set({ size: "20Gi" })],
    ] as const) {
      const folder = folderWith({ "old.yaml": old, "new.yaml": young });
      for (const format of ["human", "markdown", "script"])
        assert.match(
          dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", format]).out,
          /Downtime: none\. No Pod is stopped\./,
        );
    }
    for (const [old, young] of Object.values(ways))
      for (const { procedure } of planned(old, young).plans) assert.doesNotMatch(procedure?.outage ?? "", /^None/);
    const [both] = planned(set(), set({ size: "20Gi", image: "postgres:16.6-bookworm" })).plans;
    assert.equal(both?.procedure?.outage, "Each Pod restarts once, one after the other.");
    assert.doesNotMatch(both?.procedure?.title ?? "", /without stopping/);
  });

  it("names this stack: claims by ordinal, clients that are stopped, the commands of the engine", () => {
    const client = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "shop/web:1", env: [{ name: DATABASE_URL, value: "postgresql://app@orders-db.shop.svc:5432/orders" }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: orders-db, namespace: shop }
spec: { clusterIP: None, selector: { app: orders-db }, ports: [{ port: 5432 }] }
`;
    const upgrade = commandsOf(
      planned(set({ replicas: 1 }) + client, set({ replicas: 1, image: "postgres:17.2-bookworm" }) + client),
    );
    assert.match(upgrade, /^kubectl -n shop scale deployment\/web --replicas=0$/m);
    assert.match(
      upgrade,
      /^dump shop_orders-db_16\.4\.sql '.+ dump complete' kubectl -n shop exec orders-db-0 -c server -- sh -c 'pg_dumpall .+'$/m,
    );
    assert.match(upgrade, /^carry shop data-orders-db-0 shop data-orders-db-0-pg16$/m);
    assert.match(upgrade, /^kubectl -n shop exec -i orders-db-0 .+ < shop_orders-db_16\.4\.sql$/m);
    assert.match(upgrade, /^kubectl -n shop scale deployment\/web --replicas=4$/m);
    const [old, young] = ways["fewer members"] ?? assert.fail();
    assert.match(commandsOf(planned(old, young)), /exec orders-db-2 -c server -- sh -c 'nodetool decommission'/);
  });

  it("stops everything that writes before the dump, names what it cannot stop, and starts each as it was", () => {
    const pods = (name: string, host = "orders-db.shop.svc"): string =>
      `{ metadata: { labels: { app: ${name} } }, spec: { restartPolicy: RESTART, containers: [{ name: web, image: "shop/web:1", env: [{ name: DATABASE_URL, value: "postgresql://app@${host}:5432/orders" }] }] } }`;
    const runs = (kind: string, name: string, fields = ""): string =>
      `---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec: { ${fields}selector: { matchLabels: { app: ${name} } }, template: ${pods(name).replace("RESTART", "Always")} }
`;
    const cronJob = (name: string, fields = ""): string =>
      `---
apiVersion: batch/v1
kind: CronJob
metadata: { name: ${name}, namespace: shop }
spec: { ${fields}schedule: "0 2 * * *", jobTemplate: { spec: { template: ${pods(name).replace("RESTART", "Never")} } } }
`;
    const scaler = (name: string, fields: string): string =>
      `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: ${name}, namespace: shop }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }, ${fields}maxReplicas: 9 }
`;
    const service = `---
apiVersion: v1
kind: Service
metadata: { name: orders-db, namespace: shop }
spec: { clusterIP: None, selector: { app: orders-db }, ports: [{ port: 5432 }] }
`;
    const clients = [
      service,
      runs("Deployment", "web", "replicas: 4, "),
      runs("Deployment", "scaled") + scaler("scaled", "minReplicas: 3, "),
      runs("Deployment", "open", "replicas: __REPLICAS__, "),
      runs("DaemonSet", "agent"),
      cronJob("report"),
      cronJob("paused", "suspend: true, "),
      "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: queue, namespace: shop }\nspec: { scaleTargetRef: { name: eager } }\n",
      runs("Deployment", "eager", "replicas: 1, "),
    ].join("");
    const young = set({ replicas: 1, image: "postgres:17.2-bookworm" });
    const steps = stepsOf(planned(set({ replicas: 1 }) + clients, young + clients));
    const at = (title: RegExp): number => steps.findIndex((step) => title.test(step.title));
    const [stop, dump, applied, load, start] = [
      /^Stop what writes to shop\/orders-db$/,
      /^Dump everything/,
      /^Apply the new text$/,
      /^Restore the dump/,
      /^Start the clients again$/,
    ].map(at) as [number, number, number, number, number];
    assert.ok(stop < dump && dump < applied && applied < load && load < start);
    const stopping = [
      "kubectl -n shop scale deployment/web --replicas=0",
      "kubectl -n shop scale deployment/scaled --replicas=0",
      `kubectl -n shop patch cronjob/report --type merge -p '{"spec":{"suspend":true}}'`,
      "kubectl -n shop wait pod -l app=web --field-selector 'status.phase!=Failed,status.phase!=Succeeded' --for=delete --timeout=10m",
      "kubectl -n shop wait pod -l app=scaled --field-selector 'status.phase!=Failed,status.phase!=Succeeded' --for=delete --timeout=10m",
      "idle cronjob/report -n shop",
    ];
    assert.deepEqual(steps[stop]?.commands, stopping);
    assert.deepEqual(steps[start]?.commands, [
      "kubectl -n shop scale deployment/web --replicas=4",
      "kubectl -n shop scale deployment/scaled --replicas=3",
      `kubectl -n shop patch cronjob/report --type merge -p '{"spec":{"suspend":false}}'`,
    ]);
    const [byHand, again] = [stop - 1, start + 1].map((index) => steps[index]?.title ?? "");
    for (const name of [
      "Deployment shop/open (how many",
      "DaemonSet shop/agent",
      "Deployment shop/eager (pause ScaledObject",
    ])
      for (const title of [byHand, again]) assert.ok(title?.includes(name), `${title}: ${name}`);
    assert.match(byHand ?? "", /^Stop /);
    assert.match(again ?? "", /^Start .+ again$/);
    // They are in the file of the database, which starts them when it is applied.
    assert.deepEqual(steps[applied]?.commands[0]?.split("\n").slice(1), stopping);
    const folder = folderWith({
      "old/db.yaml": set({ replicas: 1 }),
      "old/web.yaml": clients,
      "new/db.yaml": young,
      "new/web.yaml": clients,
    });
    const { plans } = JSON.parse(dbops(folder, ["plan", "old", "new", "-o", "json"]).out) as Report;
    const apart = stepsOf({ plans }).find(({ title }) => title === "Apply the new text");
    assert.equal(apart?.commands[0], "kubectl apply -f new/db.yaml");
  });

  it("moves files between the root of a volume and directories in it, and nothing else", () => {
    const moves = [
      ["/var/lib/postgresql/data", "/var/lib/postgresql/data/pg"],
      ["/var/lib/postgresql/data/pg", "/var/lib/postgresql/data"],
      ["/var/lib/postgresql/data/a", "/var/lib/postgresql/data/a/b"],
      ["/var/lib/postgresql/data/a/b", "/var/lib/postgresql/data/c"],
    ] as const;
    for (const [from, to] of moves) {
      const at = (place: string): string => set().replace("env: [", `env: [{ name: PGDATA, value: ${place} }, `);
      const { plans } = planned(at(from), at(to));
      const [, script = ""] = /command: \[sh, -ec, (".+")\]/.exec(plans[0]?.procedure?.setup.join("\n") ?? "") ?? [];
      const volume = folderWith({ "lost+found/x": "" });
      const below = (place: string): string => path.join(volume, place.slice("/var/lib/postgresql/data".length));
      mkdirSync(below(from), { recursive: true });
      for (const name of ["PG_VERSION", "base", ".hidden"]) writeFileSync(path.join(below(from), name), name);
      const text = (JSON.parse(script) as string).replaceAll("/volume", volume);
      const { status, stderr } = spawnSync("sh", ["-ec", text], { encoding: "utf8" });
      assert.deepEqual([status, stderr], [0, ""], text);
      for (const name of ["PG_VERSION", "base", ".hidden"]) {
        assert.equal(readFileSync(path.join(below(to), name), "utf8"), name);
        assert.equal(existsSync(path.join(below(from), name)), false);
      }
      assert.ok(existsSync(path.join(volume, "lost+found/x")));
      assert.notEqual(spawnSync("sh", ["-ec", text]).status, 0, "not a second time, over files that are there");
    }
  });

  it("counts what it copies without the file system's own lost+found, and fails where something is missing", () => {
    const [old, young] = ways["another class"] ?? assert.fail();
    const setup = planned(old, young).plans[0]?.procedure?.setup.join("\n") ?? "";
    const [, script = ""] = /command: \[sh, -ec, (".+")\]/.exec(setup) ?? [];
    const copied = (files: Readonly<Record<string, string>>, there: Readonly<Record<string, string>>) => {
      const [from, to] = [folderWith(files), folderWith(there)];
      const text = (JSON.parse(script) as string).replaceAll("/from", from).replaceAll("/to", to);
      return { to, ...spawnSync("sh", ["-ec", text], { encoding: "utf8" }) };
    };
    const files = { PG_VERSION: "16", "base/1/2": "rows", ".hidden": "" };
    for (const [mine, there] of [
      [files, {}],
      [files, { "lost+found/x": "" }],
      [{ ...files, "lost+found/x": "" }, {}],
      [{ ...files, "base/lost+found/x": "" }, { "lost+found/y": "" }],
      [files, { PG_VERSION: "15" }],
    ]) {
      const { status, stdout, stderr, to } = copied(mine ?? {}, there ?? {});
      assert.deepEqual([status, stderr], [0, ""], stdout);
      const [, first, second] = /^(\d+) files, (\d+) of them copied$/m.exec(stdout) ?? [];
      assert.equal(first, second);
      assert.equal(readFileSync(path.join(to, "PG_VERSION"), "utf8"), "16");
    }
    assert.notEqual(copied(files, { stale: "" }).status, 0);
  });

  it("pauses Flux where it is in view, and resumes it", () => {
    const flux =
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: shop, namespace: flux-system }\nspec: { path: ./shop, prune: true, interval: 10m, sourceRef: { kind: GitRepository, name: main } }\n";
    const folder = folderWith({
      "old/shop/db.yaml": set(),
      "old/flux.yaml": flux,
      "new/shop/db.yaml": set({ name: "billing-db" }),
      "new/flux.yaml": flux,
    });
    const { out } = dbops(folder, ["plan", "old", "new"]);
    assert.match(out, / {2}Pause Flux Kustomization flux-system\/shop$/m);
    assert.match(
      out,
      /patch kustomizations\.kustomize\.toolkit\.fluxcd\.io shop --type merge -p '\{"spec":\{"suspend":true\}\}'/,
    );
    assert.match(out, /"suspend":false/);
  });

  it("applies what is applied: a file, the text that git has, a kustomization", () => {
    const folder = folderWith({
      "shop/db.yaml": set(),
      "app/kustomization.yaml": "resources: [db.yaml]\n",
      "app/db.yaml": set({ name: "other-db" }),
    });
    commitAll(folder);
    const changed = folderWith({
      "shop/db.yaml": set({ service: "orders" }),
      "app/kustomization.yaml": "resources: [db.yaml]\n",
      "app/db.yaml": set({ name: "other-db", service: "others" }),
    });
    const { out } = dbops(folder, ["plan", folder, changed, "-o", "markdown"]);
    assert.match(out, /^ +kubectl apply -f \S+\/shop\/db\.yaml$/m);
    assert.match(out, /^ +kubectl apply -k \S+\/app$/m);
  });

  it("applies what git has by its hash, and a kustomization from a folder that is still there", function () {
    needsProgram(this, "kubectl", "kubectl");
    const folder = folderWith({
      "app/kustomization.yaml": "resources: [db.yaml, other.yaml]\n",
      "app/db.yaml": set(),
      "app/other.yaml": set({ name: "other-db" }),
      "plain/db.yaml": set({ name: "plain-db" }),
    });
    const git = (...words: readonly string[]): string =>
      spawnSync("git", ["-C", folder, ...words], { encoding: "utf8" }).stdout.trim();
    commitAll(folder);
    const hash = git("rev-parse", "HEAD").slice(0, 12);
    for (const [file, name] of [
      ["app/db.yaml", "orders-db"],
      ["app/other.yaml", "other-db"],
      ["plain/db.yaml", "plain-db"],
    ] as const)
      writeFileSync(path.join(folder, file), set({ name, service: `${name}-2` }));
    git("add", "-A");
    const commandsFrom = (at: string, ...words: readonly string[]): readonly string[] => {
      const { code, out, err } = dbops(path.join(folder, at), ["plan", ...words, "-o", "json"]);
      assert.deepEqual([code, err], [0, ""]);
      const steps = stepsOf(JSON.parse(out) as Report);
      return [
        ...new Set(
          steps.flatMap(({ commands, wayBack }) =>
            [...commands, wayBack ?? ""].filter((text) => /^(kubectl apply|git show|tree=)/.test(text)),
          ),
        ),
      ];
    };
    const before = `tree=$(mktemp -d)/tree && git worktree add -q --detach "$tree" ${hash} && kubectl apply -k "$tree"/app && git worktree remove "$tree"`;
    const staged = git("write-tree").slice(0, 12);
    const after = `tree=$(mktemp -d) && GIT_INDEX_FILE="$tree"/index git -C "$(git rev-parse --show-toplevel)" read-tree ${staged} && GIT_INDEX_FILE="$tree"/index git -C "$(git rev-parse --show-toplevel)" checkout-index --all --prefix="$tree"/files/ && kubectl apply -k "$tree"/files/app && rm -r "$tree"`;
    assert.deepEqual(commandsFrom(".", "--staged", "-k", "app"), [before, after]);
    assert.deepEqual(commandsFrom("app", "--staged", "-k", "."), [before, after]);
    assert.deepEqual(commandsFrom("plain", "--since", "HEAD", "-k", "../app"), [before, "kubectl apply -k ../app"]);
    assert.deepEqual(commandsFrom(".", "--staged", "plain"), [
      `git show ${hash}:plain/db.yaml | kubectl apply -f -`,
      `git show ${staged}:plain/db.yaml | kubectl apply -f -`,
    ]);
    // What is staged, whatever the working tree and the index have by then, from any folder.
    for (const file of ["app/db.yaml", "plain/db.yaml"])
      writeFileSync(path.join(folder, file), set({ service: "later" }));
    git("add", "plain/db.yaml");
    for (const [applied, text] of [
      [
        after.replace('kubectl apply -k "$tree"/files/app', 'kubectl kustomize "$tree"/files/app'),
        "serviceName: orders-db-2",
      ],
      [`git show ${staged}:plain/db.yaml`, "serviceName: plain-db-2"],
    ] as const)
      for (const at of [".", "plain"]) {
        const { status, stdout } = spawnSync("sh", ["-ec", applied], { cwd: path.join(folder, at), encoding: "utf8" });
        assert.equal(status, 0);
        assert.ok(stdout.includes(text) && !stdout.includes("later"), stdout);
      }
    // The text of before, as often as a plan says it, from any folder.
    const shown = `${before.replace('kubectl apply -k "$tree"/app', 'kubectl kustomize "$tree"/app >/dev/null')} && git worktree list | wc -l`;
    const { status, stdout } = spawnSync("sh", ["-ec", `${shown}; ${shown}`], {
      cwd: path.join(folder, "plain"),
      encoding: "utf8",
    });
    assert.deepEqual([status, stdout.split(/\s+/).filter((word) => word !== "")], [0, ["1", "1"]]);
    const root = folderWith({ "kustomization.yaml": "resources: [db.yaml]\n", "db.yaml": set() });
    commitAll(root);
    writeFileSync(path.join(root, "db.yaml"), set({ service: "orders" }));
    const { out } = dbops(root, ["plan", "--since", "HEAD", "-k", "."]);
    assert.match(out, /kubectl apply -k "\$tree"\/\. &&/);
    assert.doesNotMatch(out, /dbops-revision/);
  });

  it("says of what an operator does that there is nothing to do by hand", () => {
    const cluster = (name: string, size: string): string =>
      `apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: ${name}, namespace: shop }\nspec: { imageName: "ghcr.io/cloudnative-pg/postgresql:16.4", instances: 3, storage: { size: ${size} } }\n`;
    for (const [young, says] of [
      [cluster("billing", "10Gi"), /^No operator renames a database\. .+bootstrap\.recovery/],
      [cluster("orders", "5Gi"), /^CloudNativePG does not do that to Cluster shop\/orders as it is\./],
      [
        cluster("orders", "10Gi").replace(":16", ":17"),
        /^CloudNativePG takes shop\/orders to its new version by itself: .+ runs pg_upgrade/,
      ],
      [
        cluster("orders", "5Gi").replace(":16", ":17"),
        /^CloudNativePG does not do that .+ make a change of its own of the rest\. Then: CloudNativePG takes .+ runs pg_upgrade/,
      ],
      [
        cluster("orders", "10Gi, storageClass: fast"),
        /^CloudNativePG leaves the volumes of shop\/orders on the class that they have: only new instances get class fast\. Replace/,
      ],
      [
        cluster("orders", "10Gi").replace("instances: 3", "instances: 2"),
        /^CloudNativePG takes shop\/orders from 3 instances to 2 by itself, and deletes the claims of those that go\./,
      ],
      ["", /^CloudNativePG deletes the claims of shop\/orders with it/],
    ] as const) {
      const { plans } = planned(cluster("orders", "10Gi"), young);
      assert.deepEqual([plans.length, plans[0]?.procedure], [1, null]);
      assert.match(plans[0]?.says ?? "", says);
      const folder = folderWith({ "old.yaml": cluster("orders", "10Gi"), "new.yaml": young });
      const { out } = dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", "script"]);
      assert.match(out, /^echo 'There are no steps to run: this file says what to do instead\.'$/m);
    }
  });

  it("says how a database inside a server is kept, and what to do where a resource next to a server cannot change", () => {
    const mariadb = (policy: string): string =>
      `apiVersion: k8s.mariadb.com/v1alpha1\nkind: Database\nmetadata: { name: orders, namespace: shop }\nspec: { mariaDbRef: { name: shop-db }${policy} }\n`;
    const cnpg = (kind: string, fields: string): string =>
      `apiVersion: postgresql.cnpg.io/v1\nkind: ${kind}\nmetadata: { name: orders, namespace: shop }\nspec: { ${fields} }\n`;
    const database = "name: orders, owner: app, cluster: { name: shop-db }";
    for (const [old, young, says] of [
      [
        mariadb(""),
        "",
        /^To keep database orders, set cleanupPolicy: Skip in a change of its own and apply that first;/,
      ],
      [
        cnpg("Database", `${database}, databaseReclaimPolicy: delete`),
        "",
        /^To keep database orders, set databaseReclaimPolicy: retain in /,
      ],
      [
        cnpg("Database", database),
        cnpg("Database", `${database}, ensure: absent`),
        /^To keep database orders, take ensure: absent out of the change\./,
      ],
      [
        cnpg("Database", `${database}, databaseReclaimPolicy: delete`),
        cnpg("Database", `${database.replace("shop-db", "b")}, databaseReclaimPolicy: delete`),
        /^Database shop\/orders cannot change its spec\.cluster: .+ drops database orders .+ set databaseReclaimPolicy: retain and apply that before\.$/,
      ],
      [
        cnpg("Pooler", "cluster: { name: shop-db }, instances: 2, type: rw, pgbouncer: { poolMode: session }"),
        cnpg("Pooler", "cluster: { name: b }, instances: 2, type: rw, pgbouncer: { poolMode: session }"),
        /^Pooler shop\/orders cannot change its spec\.cluster: .+ delete Pooler shop\/orders in a change of its own\.$/,
      ],
    ] as const) {
      const { plans } = planned(old, young);
      assert.deepEqual([plans.length, plans[0]?.procedure], [1, null]);
      assert.match(plans[0]?.says ?? "", says);
    }
  });

  it("deletes nothing while something new in the change may be meant to take its place", () => {
    const successors: Readonly<Record<string, readonly [old: string, young: string, says: RegExp]>> = {
      "a renamed Deployment on one claim": [
        deployment() + claim("fast"),
        deployment().replace("name: orders-db", "name: billing-db") + claim("fast"),
        /Deployment shop\/billing-db uses claim orders-data from now on: stop Deployment shop\/orders-db, then apply/,
      ],
      "a Deployment in another namespace": [
        deployment() + claim("fast"),
        (deployment() + claim("fast")).replaceAll("namespace: shop", "namespace: orders"),
        /is new in this change and starts empty/,
      ],
      "a renamed claim": [
        deployment() + claim("fast"),
        (deployment() + claim("fast")).replaceAll("orders-data", "billing-data"),
        /PersistentVolumeClaim shop\/billing-data is new in this change and starts empty/,
      ],
      "a renamed set of another size": [set(), set({ name: "billing-db", size: "20Gi" }), /moved: in \.dbops\.yaml/],
    };
    for (const [what, [old, young, says]] of Object.entries(successors)) {
      const folder = folderWith({ "old.yaml": old, "new.yaml": young });
      for (const format of ["human", "markdown", "script"]) {
        const { out } = dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", format]);
        assert.doesNotMatch(out, /\berase\b|delete pv\b/, `${what} as ${format}`);
      }
      assert.match(dbops(folder, ["plan", "old.yaml", "new.yaml"]).out.replace(/\s+/g, " "), says, what);
    }
  });

  it("deletes no claim that the new text has or uses", () => {
    const backups = claim("slow").replace("orders-data", "backups");
    const withBackups = deployment()
      .replace("volumeMounts: [", "volumeMounts: [{ name: backups, mountPath: /backups }, ")
      .replace("volumes: [", "volumes: [{ name: backups, persistentVolumeClaim: { claimName: backups } }, ");
    const dump = (name: string, image = "postgres:16"): string => `---
apiVersion: batch/v1
kind: CronJob
metadata: { name: dump, namespace: shop }
spec:
  schedule: "0 2 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: dump, image: "${image}", command: [pg_dump, -f, /files/orders.sql], volumeMounts: [{ name: files, mountPath: /files }] }]
          volumes: [{ name: files, persistentVolumeClaim: { claimName: ${name} } }]
`;
    const made = claim("fast").replace("orders-data", "data-orders-db-1");
    const kept: Readonly<
      Record<string, readonly [old: string, young: string, erased: readonly string[], says: RegExp]>
    > = {
      "its claim stays in the files": [
        deployment() + claim("fast"),
        claim("fast"),
        [],
        /Claim orders-data stays in the new text: stop Deployment shop\/orders-db, then apply the new text\. Nothing is deleted\./,
      ],
      "a claim of backups stays in the files": [
        withBackups + claim("fast") + backups,
        backups,
        ["orders-data"],
        /; claim backups stays in the new text$/m,
      ],
      "a CronJob goes on with the claim of backups": [
        withBackups + dump("backups"),
        dump("backups"),
        ["orders-data"],
        /; CronJob shop\/dump uses claim backups$/m,
      ],
      "a CronJob that changes goes on with the claim of backups": [
        withBackups + dump("backups"),
        dump("backups", "postgres:17"),
        ["orders-data"],
        /; CronJob shop\/dump uses claim backups$/m,
      ],
      "nobody knows whose the claim of backups is": [
        withBackups,
        "",
        ["orders-data"],
        /; claim backups is in neither text$/m,
      ],
      "the claim of backups goes too": [withBackups + claim("fast") + backups, "", ["backups", "orders-data"], /^/],
      "a CronJob reads the data": [
        deployment() + dump("orders-data"),
        dump("orders-data"),
        [],
        /CronJob shop\/dump uses claim orders-data: stop Deployment shop\/orders-db, then apply/,
      ],
      "a CronJob goes on with a claim that is taken out": [
        claim("fast") + dump("orders-data"),
        dump("orders-data"),
        [],
        /CronJob shop\/dump uses claim orders-data: keep the claim\. Nothing is deleted\./,
      ],
      "one claim of a set is written down": [
        set() + made,
        made,
        ["data-orders-db-0", "data-orders-db-2"],
        /; claim data-orders-db-1 stays in the new text$/m,
      ],
      "the only claim of a set that deletes it is written down": [
        set({ replicas: 2, spec: `${deletes("whenDeleted")}  ordinals: { start: 1 }\n` }).replace(
          "replicas: 2",
          "replicas: 1",
        ),
        made,
        [],
        /Let its claims outlive it/,
      ],
    };
    for (const [what, [old, young, erased, says]] of Object.entries(kept)) {
      const { plans } = planned(old, young);
      const steps = plans.flatMap(({ procedure }) => procedure?.steps ?? []);
      const commands = steps.flatMap((step) => step.commands);
      assert.deepEqual(
        commands.flatMap((command) => /^erase shop (.+)$/.exec(command)?.[1] ?? []).sort(),
        erased,
        what,
      );
      const told = [...plans.map((each) => each.says), ...steps.flatMap(({ title, changes }) => [title, changes])];
      assert.match(told.join("\n"), says, what);
      for (const { title } of plans.flatMap(({ procedure }) => procedure ?? []))
        assert.match(title, erased.length === 0 ? /, keeping its claims$/ : / and its data$/, what);
    }
  });

  it("says what is missing where the new kind has no claim for the data", () => {
    const [old, young] = [set({ replicas: 1 }), deployment()];
    const volumes = /^ +volumes: .+\n/m;
    for (const text of [
      young.replace(volumes, "      volumes: [{ name: data, emptyDir: {} }]\n"),
      young.replace(volumes, ""),
    ]) {
      const { plans } = planned(old, text);
      assert.deepEqual([plans.length, plans[0]?.procedure], [1, null]);
      assert.match(
        plans[0]?.says ?? "",
        /^Let Deployment shop\/orders-db use a claim for its data first .+ the data stays in data-orders-db-0/,
      );
    }
  });

  it("says when there is nothing to plan", () => {
    const folder = folderWith({
      "old.yaml": set(),
      "new.yaml": set({ image: "postgres:16.6-bookworm" }),
      "same.yaml": set(),
      "more.yaml": set({ replicas: 5 }),
    });
    assert.equal(dbops(folder, ["plan", "old.yaml", "new.yaml"]).out, "No steps are needed: applying it is enough.\n");
    assert.equal(
      dbops(folder, ["plan", "old.yaml", "more.yaml"]).out,
      "No steps: applying it is enough, but not without consequences (kubectl dbops diff).\n",
    );
    assert.equal(
      dbops(folder, ["plan", "old.yaml", "same.yaml"]).out,
      "No steps are needed: every change applies in place.\n",
    );
  });

  it("plans for one object by name, and knows when there is none of that name", () => {
    const both = (suffix: string): string =>
      `${set({ service: `a${suffix}` })}---\n${set({ name: "web-db", service: `b${suffix}` })}`;
    const folder = folderWith({ "old.yaml": both(""), "new.yaml": both("2") });
    const words = ["plan", "old.yaml", "new.yaml", "--only"];
    assert.match(
      dbops(folder, [...words, "StatefulSet/shop/web-db"]).out,
      /^1 procedure, \d+ steps\. Nothing was run\.$/m,
    );
    const wrong = dbops(folder, [...words, "StatefulSet/shop/none"]);
    assert.deepEqual([wrong.code, wrong.out], [2, ""]);
    assert.match(
      wrong.err,
      /^error: no steps are needed for StatefulSet shop\/none; they are for StatefulSet shop\/orders-db, /,
    );
  });

  it("puts nothing into a script that a manifest could run", () => {
    const bad = [
      set({ name: '"x$(touch pwned)"', service: "a" }),
      set({ template: '"d`touch pwned`"' }),
      set({ image: '"postgres:16$(touch pwned)"' }),
      set({ storageClass: "\"fast'; touch pwned; '\"" }),
      set({ size: "\"10Gi'; touch pwned; '\"" }),
    ];
    for (const text of bad)
      for (const young of [
        text.replace("podManagement", "").replace("replicas: 3\n", "replicas: 3\n  podManagementPolicy: Parallel\n"),
        text.replace("10Gi", "20Gi"),
        text.replaceAll("orders-db", "billing-db"),
        "",
      ]) {
        const folder = folderWith({ "old.yaml": text, "new.yaml": young });
        const { out } = dbops(folder, ["plan", "old.yaml", "new.yaml", "-o", "script"]);
        const lines = out.split("\n").filter((line) => line.includes("touch pwned") && !line.startsWith("#"));
        assert.deepEqual(lines, []);
        assert.ok(out.split("\n").every((line) => !/^\s*touch pwned/.test(line)));
      }
  });

  it("is one usage error where two sides are not given", () => {
    const { code, err } = dbops(folderWith({ "old.yaml": set() }), ["plan", "old.yaml"]);
    assert.equal(code, 2);
    assert.match(err, /^error: plan needs two sides: OLD NEW/);
  });
});
