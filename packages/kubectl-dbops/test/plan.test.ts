import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { commitAll, folderWith } from "./support/folder.ts";
import { needsProgram } from "./support/programs.ts";
import { dbops } from "./support/run.ts";

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

/** A Deployment of PostgreSQL on that claim. */
const deployment = (image = "postgres:16.4-bookworm"): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders-db, namespace: shop }
spec:
  strategy: { type: Recreate }
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: server
          image: ${image}
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: orders-data } }]
`;

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
    deployment()
      .replace("Deployment", "StatefulSet")
      .replace("  strategy: { type: Recreate }", "  serviceName: orders-db") + claim("fast"),
    "carry-volumes",
  ],
  "a newer PostgreSQL": [set(), set({ image: "postgres:17.2-bookworm" }), "upgrade"],
  "a newer PostgreSQL in a Deployment": [
    deployment() + claim("fast"),
    deployment("postgres:17.2-bookworm") + claim("fast"),
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
      const deletion = commands.findIndex((command) => /^(carry|erase) |delete pvc/.test(command));
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

  it("recreates a database that keeps no files as before, whatever its version", () => {
    const fleeting = (text: string): string =>
      `${text.split("  volumeClaimTemplates:")[0] ?? ""}      volumes: [{ name: data, emptyDir: {} }]\n`;
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
    assert.match(upgrade, /^kubectl -n shop exec orders-db-0 -c server -- sh -c 'pg_dumpall .+' > orders-db\.sql$/m);
    assert.match(upgrade, /^carry shop data-orders-db-0 shop data-orders-db-0-pg16$/m);
    assert.match(upgrade, /^kubectl -n shop exec -i orders-db-0 .+ < orders-db\.sql$/m);
    assert.match(upgrade, /^kubectl -n shop scale deployment\/web --replicas=4$/m);
    const [old, young] = ways["fewer members"] ?? assert.fail();
    assert.match(commandsOf(planned(old, young)), /exec orders-db-2 -c server -- sh -c 'nodetool decommission'/);
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
