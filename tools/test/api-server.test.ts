import assert from "node:assert/strict";
import { allRules, createProject, lint, SourceFile } from "@dbops/core";
import type { Cluster } from "../kubernetes/start.mjs";
import { startCluster } from "./support/api-server.ts";

/** What a person writes, what the API server says, and the rule that says it before. */
interface Case {
  readonly text: string;
  /** undefined: it is accepted. */
  readonly refused?: RegExp;
  /** What dbops reports; undefined: it is silent about it. */
  readonly rule?: string;
}

const set = (spec: string, container = "", name = "orders-db"): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name} }
spec:
${spec.includes("serviceName:") ? "" : "  serviceName: orders-db\n"}  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4-bookworm
${container}${spec}`;
const templates = (spec: string): string =>
  `  volumeClaimTemplates:\n    - metadata: { name: data }\n      spec: ${spec}\n`;
const cron = (schedule: string, more = "", name = "orders-dump"): string => `apiVersion: batch/v1
kind: CronJob
metadata: { name: ${name} }
spec:
  schedule: "${schedule}"
${more}  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - { name: dump, image: "postgres:16.4-bookworm", command: [pg_dump, -h, orders-db, -f, /dump/orders] }
`;
const job = (policy: string): string => `apiVersion: batch/v1
kind: Job
metadata: { name: orders-dump }
spec:
  template:
    spec:
${policy}      containers:
        - { name: dump, image: "postgres:16.4-bookworm", command: [pg_dump, -h, orders-db, -f, /dump/orders] }
`;
const service = (spec: string): string =>
  `${set("")}---\napiVersion: v1\nkind: Service\nmetadata: { name: orders-db }\nspec:\n  selector: { app: orders-db }\n${spec}`;
const schedule = "backup-schedule-invalid";
const never = "workload-never-runs";

const cases: Readonly<Record<string, Case>> = {
  "a database": { text: set(templates("{ accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }")) },

  "empty parts in a list of minutes": { text: cron("1,2,,3 * * * *") },
  "a step over a single value": { text: cron("5/20 * * * *") },
  "a range whose start is a star": { text: cron("*-5 * * * *") },
  "names of days and months": { text: cron("0 3 * JAN-mar Mon") },
  "an interval": { text: cron("@every 6h") },
  "a day that does not exist": { text: cron("0 0 31 2 *"), rule: schedule },
  "Sunday as 7": { text: cron("0 0 * * 7"), refused: /above maximum/, rule: schedule },
  "six fields": { text: cron("0 0 0 * * *"), refused: /expected exactly 5 fields/, rule: schedule },
  "two hyphens": { text: cron("1-2-3 * * * *"), refused: /too many hyphens/, rule: schedule },
  "two slashes": { text: cron("*/2/3 * * * *"), refused: /too many slashes/, rule: schedule },
  "a step of zero": { text: cron("*/0 * * * *"), refused: /step of range should be a positive number/, rule: schedule },
  "the name of something that every object has": {
    text: cron("constructor"),
    refused: /expected exactly 5/,
    rule: schedule,
  },
  "a zone in the schedule": { text: cron("TZ=UTC 0 2 * * *"), refused: /cannot use TZ or CRON_TZ/, rule: schedule },
  "a time zone": { text: cron("0 2 * * *", "  timeZone: Asia/Kolkata\n") },
  "a time zone that does not exist": {
    text: cron("0 2 * * *", "  timeZone: Europe/Berln\n"),
    refused: /unknown time zone/,
    rule: schedule,
  },
  "the time zone Local": {
    text: cron("0 2 * * *", "  timeZone: Local\n"),
    refused: /explicit time zone/,
    rule: schedule,
  },
  "a time zone in small letters": {
    text: cron("0 2 * * *", "  timeZone: europe/berlin\n"),
    refused: /unknown time zone/,
    rule: schedule,
  },
  "an abbreviation that is in no database": {
    text: cron("0 2 * * *", "  timeZone: PST\n"),
    refused: /unknown time zone/,
    rule: schedule,
  },
  "a CronJob's name of 52 characters": { text: cron("0 2 * * *", "", "a".repeat(52)) },
  "a CronJob's name of 53 characters": {
    text: cron("0 2 * * *", "", "a".repeat(53)),
    refused: /must be no more than 52 characters/,
    rule: never,
  },
  "a Job that never restarts": { text: job("      restartPolicy: Never\n") },
  "a Job without a restart policy": {
    text: job(""),
    refused: /Required value: valid values: "OnFailure", "Never"/,
    rule: never,
  },
  "a Job that always restarts": {
    text: job("      restartPolicy: Always\n"),
    refused: /restartPolicy/,
    rule: never,
  },

  "memory in thousandths of a byte": {
    text: set("", "          resources: { limits: { memory: 512m } }\n"),
    rule: "memory-unit-slip",
  },
  "memory in g": {
    text: set("", "          resources: { limits: { memory: 1g } }\n"),
    refused: /quantities must match/,
    rule: "memory-unit-slip",
  },
  "memory in MB": {
    text: set("", "          resources: { limits: { memory: 64MB } }\n"),
    refused: /quantities must match/,
    rule: "memory-unit-slip",
  },
  "huge pages of one size in two ways": {
    text: set(
      "",
      "          resources: { limits: { memory: 1Gi, hugepages-2Mi: 1024Mi }, requests: { memory: 1Gi, hugepages-2Mi: 1Gi } }\n",
    ),
  },
  "huge pages whose request differs": {
    text: set(
      "",
      "          resources: { limits: { memory: 1Gi, hugepages-2Mi: 1Gi }, requests: { memory: 1Gi, hugepages-2Mi: 2Mi } }\n",
    ),
    refused: /must be equal to hugepages-2Mi limit/,
    rule: never,
  },
  "a mode in decimal": {
    text: set("", "      volumes: [{ name: k, secret: { secretName: k, defaultMode: 640 } }]\n"),
    refused: /must be a number between 0 and 0777/,
    rule: never,
  },
  "a mode in octal": {
    text: set("", "      volumes: [{ name: k, secret: { secretName: k, defaultMode: 0640 } }]\n"),
  },
  "two mounts at one path": {
    text: set(
      "",
      "          volumeMounts: [{ name: a, mountPath: /x }, { name: b, mountPath: /x }]\n      volumes: [{ name: a, emptyDir: {} }, { name: b, emptyDir: {} }]\n",
    ),
    refused: /must be unique/,
    rule: never,
  },
  "a variable that is a number": {
    text: set("", "          env: [{ name: PGPORT, value: 5432 }]\n"),
    refused: /cannot unmarshal number into Go struct field EnvVar/,
    rule: "environment-value-not-string",
  },
  "a variable with a value and a source": {
    text: set("", "          env: [{ name: A, value: b, valueFrom: { configMapKeyRef: { name: c, key: d } } }]\n"),
    refused: /may not be specified when `value` is not empty/,
    rule: never,
  },
  "a number in a ConfigMap that a database reads": {
    text: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { PGPORT: 5432 }\n---\n${set("", "          envFrom: [{ configMapRef: { name: settings } }]\n")}`,
    refused: /cannot unmarshal number into Go struct field ConfigMap\.data/,
    rule: "configuration-value-not-string",
  },

  "a dot in serviceName": { text: set("  serviceName: orders-db.shop\n"), refused: /serviceName/, rule: never },
  "a dot in the name of a StatefulSet": {
    text: set("", "", "orders.db"),
    refused: /must not contain dots/,
    rule: never,
  },
  "a StatefulSet's name of 53 characters": { text: set("", "", "a".repeat(53)), rule: never },
  "restartPolicy Never in a StatefulSet": {
    text: set("", "      restartPolicy: Never\n"),
    refused: /Unsupported value: "Never"/,
    rule: never,
  },
  "OnDelete with a rolling update": {
    text: set("  updateStrategy: { type: OnDelete, rollingUpdate: { partition: 1 } }\n"),
    refused: /only allowed for updateStrategy 'RollingUpdate'/,
    rule: never,
  },
  "a claim template without a size": {
    text: set(templates("{ accessModes: [ReadWriteOnce] }")),
    refused: /resources\[storage\]: Required value/,
    rule: "claim-template-invalid",
  },
  "a claim template without access modes": {
    text: set(templates("{ resources: { requests: { storage: 1Gi } } }")),
    refused: /at least 1 access mode is required/,
    rule: "claim-template-invalid",
  },
  "a selector that misses the Pods' labels": {
    text: set("").replace("matchLabels: { app: orders-db }", "matchLabels: { app: orders }"),
    refused: /`selector` does not match template `labels`/,
    rule: "selector-misses-template-labels",
  },
  "a headless load balancer": {
    text: service("  clusterIP: None\n  type: LoadBalancer\n  ports: [{ port: 5432 }]\n"),
    refused: /may not be set to 'None' for LoadBalancer services/,
    rule: "object-refused",
  },
  "two ports of which one has no name": {
    text: service("  ports: [{ name: sql, port: 5432 }, { port: 9187 }]\n"),
    refused: /ports\[1\]\.name: Required value/,
    rule: "object-refused",
  },
};

describe("what the API server refuses, beside what dbops reports", () => {
  let cluster: Cluster | undefined;
  before(async function () {
    cluster = await startCluster(this);
  });
  after(() => cluster?.stop());

  for (const [name, { text, refused, rule }] of Object.entries(cases))
    it(`${name}: ${refused === undefined ? "accepted" : "refused"}`, async () => {
      const answer = await cluster
        ?.kubectl(["create", "--dry-run=server", "--validate=false", "-f", "-"], { input: text })
        .then(
          () => "",
          (error: { readonly stderr: string }) => error.stderr,
        );
      if (refused === undefined) assert.equal(answer, "");
      else assert.match(answer ?? "", refused);
      const found = lintText(text);
      if (rule === undefined)
        assert.deepEqual(
          found.filter((id) => claims.has(id)),
          [],
        );
      else assert.ok(found.includes(rule), `${rule} is not among ${found.join(", ")}`);
    });

  it("server-side apply of Recreate: refused while the old strategy is there, taken after the patch that dbops names", async () => {
    const deployment = (strategy: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: default }
spec:
${strategy}  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - { name: postgres, image: "postgres:16.4-bookworm", volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }] }
      volumes: [{ name: data, persistentVolumeClaim: { claimName: orders } }]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders, namespace: default }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;
    const apply = (text: string): Promise<unknown> | undefined =>
      cluster?.kubectl(["apply", "--server-side", "-f", "-"], { input: text });
    await apply(deployment(""));
    const recreate = deployment("  strategy: { type: Recreate }\n");
    await assert.rejects(async () => apply(recreate), /may not be specified when strategy `type` is 'Recreate'/);
    const fix = findingsOf(deployment("")).find(({ ruleId }) => ruleId === "rolling-update-on-single-writer-claim")
      ?.fixes[0];
    const words = /kubectl (patch deployment orders -n default --type json -p) '([^']+)'/.exec(fix?.consequence ?? "");
    assert.ok(words !== null, fix?.consequence);
    await cluster?.kubectl([...(words[1] ?? "").split(" "), words[2] ?? ""]);
    await apply(recreate);
  });
});

/** Rules that say what the API server refuses or never runs. */
const claims: ReadonlySet<string> = new Set(Object.values(cases).flatMap(({ rule }) => rule ?? []));

function findingsOf(text: string): ReturnType<typeof lint>["findings"] {
  const file = new SourceFile("/shop/x.yaml", text);
  const input = {
    files: [file],
    configs: [],
    root: "/shop",
    view: "folder",
    today: "2026-11-28",
    rules: allRules,
  } as const;
  return lint({ project: createProject({ ...input, preset: "all" }), requested: new Set([file.uri]), onCrash: "throw" })
    .findings;
}

function lintText(text: string): readonly string[] {
  return findingsOf(text).map(({ ruleId }) => ruleId);
}
