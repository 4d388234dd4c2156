import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { carryOut, type PlannedStep, plansBetween } from "./support/carry-out.ts";
import { folderWith } from "./support/folder.ts";
import { asSet, deployment } from "./support/servers.ts";

const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: orders-data, namespace: shop }
spec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: 10Gi } } }
`;

/** The Deployment on that claim, with its Service. */
const server = (image?: string): string => `${deployment(image)}---
apiVersion: v1
kind: Service
metadata: { name: orders-db, namespace: shop }
spec: { selector: { app: orders-db }, ports: [{ port: 5432 }] }
`;

const pods = (name: string, restart: string, host = "orders-db"): string =>
  `{ metadata: { labels: { app: ${name} } }, spec: { restartPolicy: ${restart}, containers: [{ name: web, image: "shop/web:1", env: [{ name: DATABASE_URL, value: "postgresql://app@${host}:5432/orders" }] }] } }`;

/** A client of the database. */
const client = (kind: string, name: string, fields = "", host?: string): string => `---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: shop }
spec: { ${fields}selector: { matchLabels: { app: ${name} } }, template: ${pods(name, "Always", host)} }
`;

const cronJob = (name: string, fields = ""): string => `---
apiVersion: batch/v1
kind: CronJob
metadata: { name: ${name}, namespace: shop }
spec: { ${fields}schedule: "0 2 * * *", jobTemplate: { spec: { template: ${pods(name, "Never")} } } }
`;

const at = (steps: readonly PlannedStep[], title: RegExp): number => {
  const found = steps.findIndex((step) => title.test(step.title));
  assert.ok(found >= 0, `${title} in ${steps.map((step) => step.title).join(" | ")}`);
  return found;
};

/** Whether a workload runs Pods before each call and after the last, as applying files and scaling it would have it. */
function runsAt(calls: readonly string[], name: string, file: string): readonly boolean[] {
  let isOn = true;
  const before = calls.map((call) => {
    const was = isOn;
    if (call.startsWith(`apply -f ${file}`)) isOn = true;
    const [, count] = new RegExp(`scale \\w+/${name} --replicas=(\\d+)$`).exec(call) ?? [];
    if (count !== undefined) isOn = count !== "0";
    const [, suspend] = new RegExp(`patch cronjob/${name} .+"suspend":(\\w+)`).exec(call) ?? [];
    if (suspend !== undefined) isOn = suspend === "false";
    return was;
  });
  return [...before, isOn];
}

describe("plan, carried out with a kubectl that writes down what it is told", () => {
  it("lets nothing write while the dump is restored, whichever of the files that are applied has it", () => {
    const clients = client("Deployment", "web", "replicas: 4, ") + cronJob("report");
    for (const file of ["claim.yaml", "db.yaml"]) {
      const texts = (image?: string): Readonly<Record<string, string>> => ({
        "claim.yaml": claim + (file === "claim.yaml" ? clients : ""),
        "db.yaml": server(image) + (file === "db.yaml" ? clients : ""),
      });
      const { code, said, calls } = carryOut(texts(), texts("postgres:17.2-bookworm"));
      assert.equal(code, 0, said);
      const restored = calls.findIndex((call) => call.includes("exec -i"));
      const dumped = calls.findIndex((call) => call.includes("pg_dumpall"));
      assert.ok(dumped >= 0 && restored > dumped, said);
      for (const name of ["web", "report"]) {
        const runs = runsAt(calls, name, `new/${file}`);
        assert.deepEqual([runs[dumped], runs[restored], runs.at(-1)], [false, false, true], `${name} in ${file}`);
      }
    }
  });

  it("names again what it cannot stop itself, where the new text starts it before the restore", () => {
    const clients = client("DaemonSet", "agent");
    const steps = (file: string): readonly PlannedStep[] => {
      const texts = (image?: string): Readonly<Record<string, string>> => ({
        "claim.yaml": claim,
        "db.yaml": server(image),
        "web.yaml": "",
        [file]: { "claim.yaml": claim, "db.yaml": server(image), "web.yaml": "" }[file] + clients,
      });
      return plansBetween(texts(), texts("postgres:17.2-bookworm"))[0]?.procedure?.steps ?? [];
    };
    for (const file of ["claim.yaml", "db.yaml"]) {
      const again = at(steps(file), /^Stop DaemonSet shop\/agent again: the new text starts it$/);
      assert.ok(again > at(steps(file), /^Apply the new text$/) && again < at(steps(file), /^Restore the dump/));
    }
    assert.ok(steps("web.yaml").every(({ title }) => !/again: the new text/.test(title)));
  });

  it("waits until the Pods of what writes are gone before the dump, and before the restore", () => {
    const clients = client("Deployment", "web", "replicas: 4, ") + cronJob("report");
    const texts = (image?: string): string => `${server(image)}${clients}---\n${claim}`;
    const { code, said, calls } = carryOut(texts(), texts("postgres:17.2-bookworm"));
    assert.equal(code, 0, said);
    const [dumped, restored] = [/pg_dumpall/, /exec -i/].map((word) => calls.findIndex((call) => word.test(call)));
    const waits = calls.flatMap((call, index) =>
      /^-n shop wait pod -l app=web .+ --for=delete/.test(call) ? [index] : [],
    );
    const idle = calls.flatMap((call, index) => (/get cronjob\/report .+status\.active/.test(call) ? [index] : []));
    for (const places of [waits, idle]) {
      assert.equal(places.length, 2, calls.join("\n"));
      assert.ok((places[0] ?? 0) < (dumped ?? 0));
      assert.ok((places[1] ?? 0) > (dumped ?? 0) && (places[1] ?? 0) < (restored ?? 0));
    }
    // A Job of the CronJob that does not end is named, and nothing is dumped.
    const busy = carryOut(texts(), texts("postgres:17.2-bookworm"), {
      answers: `  *" get cronjob/report "*status.active*) echo report-29 ;;\n`,
    });
    assert.notEqual(busy.code, 0);
    assert.match(busy.said, /report-29/);
    assert.ok(!busy.calls.some((call) => call.includes("pg_dumpall")));
  });

  it("starts nothing that the new text has off, or no longer has", () => {
    const old = [
      client("Deployment", "resting", "replicas: 4, "),
      client("Deployment", "scaled", "replicas: 4, "),
      client("Deployment", "removed", "replicas: 4, "),
      client("Deployment", "elsewhere", "replicas: 4, "),
      cronJob("paused"),
      client("Deployment", "web", "replicas: 4, "),
    ].join("");
    const young = [
      client("Deployment", "resting", "replicas: 0, "),
      client("Deployment", "scaled", "replicas: 0, "),
      `---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: scaled, namespace: shop }\nspec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: scaled }, minReplicas: 3, maxReplicas: 9 }\n`,
      client("Deployment", "elsewhere", "replicas: 2, ", "db.example.com"),
      cronJob("paused", "suspend: true, "),
      client("Deployment", "web", "replicas: 6, "),
    ].join("");
    for (const file of ["db.yaml", "web.yaml"]) {
      const texts = (image: string, clients: string): Readonly<Record<string, string>> => ({
        "claim.yaml": claim,
        "db.yaml": server(image) + (file === "db.yaml" ? clients : ""),
        "web.yaml": file === "web.yaml" ? clients : "",
      });
      const steps =
        plansBetween(texts("postgres:16.4-bookworm", old), texts("postgres:17.2-bookworm", young)).find(
          ({ procedure }) => procedure?.kind === "upgrade",
        )?.procedure?.steps ?? [];
      const stop = steps[at(steps, /^Stop what writes/)];
      for (const name of ["resting", "scaled", "removed", "elsewhere", "paused", "web"])
        assert.ok(
          stop?.commands.some((command) => command.includes(`/${name} `)),
          `${name} is stopped`,
        );
      const start = steps[at(steps, /^Start the clients again$/)];
      assert.deepEqual(start?.commands, [
        "kubectl -n shop scale deployment/elsewhere --replicas=2",
        "kubectl -n shop scale deployment/web --replicas=6",
      ]);
      assert.match(
        start?.changes ?? "",
        /Deployment shop\/resting, Deployment shop\/scaled, Deployment shop\/removed and CronJob shop\/paused stay off: the new text does not run them/,
      );
    }
  });

  it("overwrites no dump: neither its own when it is run again, nor one of another database or version", () => {
    const [old, young] = [`${server()}---\n${claim}`, `${server("postgres:17.2-bookworm")}---\n${claim}`];
    const whole = (what: string): string =>
      `  *" exec "*pg_dumpall*) printf '%s\\n' "-- ${what}" "-- PostgreSQL database cluster dump complete" ;;\n`;
    const first = carryOut(old, young, { answers: whole("rows") });
    assert.equal(first.code, 0, first.said);
    const file = path.join(first.folder, "shop_orders-db_16.4.sql");
    assert.match(readFileSync(file, "utf8"), /^-- rows$/m);
    const { folder } = first;
    const again = carryOut(old, young, { folder, answers: whole("the new server, empty") });
    assert.notEqual(again.code, 0);
    assert.match(again.said, /shop_orders-db_16\.4\.sql already exists\./);
    assert.match(readFileSync(file, "utf8"), /^-- rows$/m);
    // Stopped halfway, or failed, there is nothing of that name.
    for (const answers of [
      `  *" exec "*pg_dumpall*) echo "-- rows" ;;\n`,
      `  *" exec "*pg_dumpall*) echo "PostgreSQL database cluster dump complete"; exit 1 ;;\n`,
    ]) {
      const cut = carryOut(old, young, { answers });
      assert.notEqual(cut.code, 0);
      assert.match(cut.said, /not whole/);
      assert.equal(existsSync(path.join(cut.folder, "shop_orders-db_16.4.sql")), false);
      assert.ok(!cut.calls.some((call) => call.includes("--replicas=0")), cut.calls.join("\n"));
    }
    const nowhere = (text: string): string => text.replaceAll(", namespace: shop", "");
    const unnamed = carryOut(nowhere(old), nowhere(young), {
      answers: `  *"get pvc "*"{.spec.volumeName}"*) echo pv-1 ;;\n`,
    });
    assert.equal(unnamed.code, 0, unnamed.said);
    assert.ok(existsSync(path.join(unnamed.folder, "shop_orders-db_16.4.sql")));
  });

  it("takes each backup by hand into a file of its own, which is not there yet", () => {
    const mysql = (version: string): string =>
      `${server(`mysql:${version}`).replace("/var/lib/postgresql/data", "/var/lib/mysql")}---\n${claim}`;
    const [plan] = plansBetween(mysql("5.7.44"), mysql("9.7.0"));
    const backups = (plan?.procedure?.steps ?? []).filter(({ title }) => title.startsWith("Take a backup"));
    const files = backups.map(
      ({ commands }) => /^test ! -e (\S+) && .+ > \1\.part && mv \1\.part \1$/.exec(commands[0] ?? "")?.[1],
    );
    assert.deepEqual(files, ["shop_orders-db_5.7.sql", "shop_orders-db_8.0.sql", "shop_orders-db_8.4.sql"]);
  });

  /** A name that is filled in later. */
  const later = (name: string): string => `\${${name}}`;

  const mounting = (kind: string, name: string, claimName = "orders-data", fields = ""): string => {
    const template = `{ metadata: { labels: { app: ${name} } }, spec: { restartPolicy: RESTART, containers: [{ name: copy, image: "shop/copy:1", volumeMounts: [{ name: files, mountPath: /files }] }], volumes: [{ name: files, persistentVolumeClaim: { claimName: "${claimName}" } }] } }`;
    return kind === "CronJob"
      ? `---\napiVersion: batch/v1\nkind: CronJob\nmetadata: { name: ${name}, namespace: shop }\nspec: { ${fields}schedule: "0 2 * * *", jobTemplate: { spec: { template: ${template.replace("RESTART", "Never")} } } }\n`
      : `---\napiVersion: apps/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec: { ${fields}selector: { matchLabels: { app: ${name} } }, template: ${template.replace("RESTART", "Always")} }\n`;
  };

  /** Texts in which the claim of the database is worked on, each with what else uses it. */
  const worked: Readonly<Record<string, (users: string) => readonly [old: string, young: string, during: RegExp]>> = {
    "another class": (users) => [
      `${server()}---\n${claim}${users}`,
      `${server()}---\n${claim.replace("fast", "faster")}${users}`,
      /<<< apiVersion: batch\/v1/,
    ],
    "another directory": (users) => [
      `${server()}---\n${claim}${users}`,
      `${server().replace("mountPath: /var/lib/postgresql/data", "mountPath: /var/lib/postgresql")}---\n${claim}${users}`,
      /<<< apiVersion: batch\/v1/,
    ],
    "another version": (users) => [
      `${server()}---\n${claim}${users}`,
      `${server("postgres:17.2-bookworm")}---\n${claim}${users}`,
      /delete pvc orders-data$/,
    ],
    "another kind": (users) => [
      `${server()}---\n${claim}${users}`,
      `${asSet(server())}---\n${claim}${users}`,
      /delete deployment\/orders-db/,
    ],
  };

  it("stops and starts whatever else uses a claim that is worked on", () => {
    const users =
      mounting("CronJob", "copies") +
      mounting("Deployment", "files", "orders-data", "replicas: 2, ") +
      mounting("Deployment", "resting", "orders-data", "replicas: 0, ") +
      mounting("CronJob", "other", "another-claim") +
      mounting("Deployment", "namesake").replaceAll("namespace: shop", "namespace: store");
    for (const [what, texts] of Object.entries(worked)) {
      const [old, young, during] = texts(users);
      const { code, said, calls } = carryOut(old, young);
      assert.equal(code, 0, `${what}: ${said}`);
      const worksAt = calls.findIndex((call) => during.test(call));
      assert.ok(worksAt > 0, `${what}: ${calls.join("\n")}`);
      for (const name of ["copies", "files"]) {
        const runs = runsAt(calls, name, "new/all.yaml");
        assert.deepEqual([runs[worksAt], runs.at(-1)], [false, true], `${what}: ${name}\n${calls.join("\n")}`);
      }
      assert.ok(!calls.some((call) => /(cronjob|deployment)\/(other|resting|namesake)/.test(call)), what);
      assert.equal(calls.filter((call) => /scale deployment\/orders-db --replicas=0$/.test(call)).length, 1, what);
      assert.ok(calls.findIndex((call) => /wait pod -l app=files .+ --for=delete/.test(call)) < worksAt, what);
    }
  });

  it("names what else uses a claim and is not stopped by it, or may use it under a name that is filled in later", () => {
    const users =
      mounting("DaemonSet", "agent") +
      mounting("Deployment", "maybe", later("CLAIM")) +
      mounting("Deployment", "rather", `orders-${later("PART")}`) +
      mounting("Deployment", "never", `billing-${later("PART")}`);
    for (const [what, texts] of Object.entries(worked)) {
      const [old, young] = texts(users);
      const steps = plansBetween(old, young).flatMap(({ procedure }) => procedure?.steps ?? []);
      const stop = steps.find(({ title, by }) => by === "person" && title.startsWith("Stop "))?.title ?? "";
      for (const name of [
        "DaemonSet shop/agent",
        "Deployment shop/maybe (if it uses the claim",
        "Deployment shop/rather (if",
      ])
        assert.ok(stop.includes(name), `${what}: ${stop}`);
      assert.ok(!stop.includes("never"), stop);
    }
  });

  it("stops what goes together with a claim before it deletes the claim", () => {
    const { code, said, calls } = carryOut(`${server()}---\n${claim}${mounting("CronJob", "copies")}`, "---\n", {
      skipped: /^Look into/,
    });
    assert.equal(code, 0, said);
    const deleted = calls.findIndex((call) => /delete pvc orders-data/.test(call));
    const runs = runsAt(calls, "copies", "nothing");
    assert.deepEqual([runs[deleted], runs.at(-1)], [false, false], calls.join("\n"));
  });

  it("is not held up by Pods that have ended, and by those that run it is", () => {
    const [old, young] = worked["another version"]?.("") ?? assert.fail();
    const podsAre = (lines: string): string => `  *" get pods --no-headers "*) printf '${lines}' ;;\n`;
    const ended = carryOut(old, young, {
      answers: podsAre(
        "copies-1 Succeeded orders-data\\ncopies-2 Failed a,orders-data\\nweb-1 Running <none>\\nold-1 Succeeded other\\n",
      ),
    });
    assert.equal(ended.code, 0, ended.said);
    const place = (call: RegExp): number => ended.calls.findIndex((each) => call.test(each));
    for (const pod of ["copies-1", "copies-2"]) {
      const deleted = place(new RegExp(`^-n shop delete pod ${pod}$`));
      assert.ok(deleted > 0 && deleted < place(/delete pvc orders-data$/), ended.calls.join("\n"));
    }
    assert.equal(place(/delete pod (web|old)/), -1);
    const running = carryOut(old, young, { answers: podsAre("copies-1 Running orders-data\\n") });
    assert.notEqual(running.code, 0);
    assert.match(running.said, /Claim shop\/orders-data is in use by copies-1\. Nothing was deleted\./);
    assert.ok(!running.calls.some((call) => / delete /.test(call)));
  });

  it("stops a DaemonSet or a Pod by deleting it, for kubectl scales neither", () => {
    const daemons = server()
      .replace("kind: Deployment", "kind: DaemonSet")
      .replace("  strategy: { type: Recreate }\n", "");
    const pod = `apiVersion: v1
kind: Pod
metadata: { name: orders-db, namespace: shop }
spec:
  containers: [{ name: server, image: "postgres:16.4-bookworm", volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }] }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: orders-data } }]
`;
    for (const [text, name] of [
      [daemons, "daemonset/orders-db"],
      [pod, "pod/orders-db"],
    ] as const) {
      for (const young of ["---\n", `${text.replace("16.4", "17.2")}---\n${claim}`]) {
        const { code, said, calls } = carryOut(`${text}---\n${claim}`, young, { skipped: /^(Look into|Dump|Restore)/ });
        if (!calls.some((call) => /delete pvc/.test(call))) continue;
        assert.equal(code, 0, said);
        assert.ok(!calls.some((call) => / scale /.test(call)), calls.join("\n"));
        const [stopped, deleted] = [new RegExp(`delete ${name} --cascade=foreground$`), /delete pvc/].map((word) =>
          calls.findIndex((call) => word.test(call)),
        );
        assert.ok((stopped ?? -1) >= 0 && (stopped ?? 0) < (deleted ?? 0), calls.join("\n"));
        assert.equal(calls.filter((call) => call.includes(`delete ${name}`)).length, 1);
      }
    }
  });

  it("leaves no ReplicaSet of a Deployment that it deletes, and its Pods are gone before another server starts", () => {
    const young = server()
      .replace("matchLabels: { app: orders-db }", "matchLabels: { app: orders-db, tier: db }")
      .replace("labels: { app: orders-db } }\n    spec", "labels: { app: orders-db, tier: db } }\n    spec");
    for (const [old, other] of [
      [`${server()}---\n${claim}`, "---\n"],
      [`${server()}---\n${claim}`, `${young}---\n${claim}`],
      worked["another kind"]?.("") ?? assert.fail(),
    ] as const) {
      const commands = plansBetween(old, other)
        .flatMap(({ procedure }) => procedure?.steps ?? [])
        .flatMap((step) => step.commands);
      const deletions = commands.filter((command) => /delete deployment/.test(command));
      assert.deepEqual(deletions, ["kubectl -n shop delete deployment/orders-db --cascade=foreground"]);
    }
  });

  it("deletes no claim that something may use under a name that is filled in later", () => {
    // Nobody knows how many claims it makes.
    const set = `---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: data, namespace: shop }
spec:
  replicas: ${later("COUNT")}
  selector: { matchLabels: { app: data } }
  template: { metadata: { labels: { app: data } }, spec: { containers: [{ name: web, image: "shop/web:1" }] } }
  volumeClaimTemplates: [{ metadata: { name: orders }, spec: { accessModes: [ReadWriteOnce] } }]
`;
    const old = `${server()}---\n${claim}`.replaceAll("orders-data", "orders-data-7");
    assert.doesNotMatch(JSON.stringify(plansBetween(`${old}${set}`, set)), /erase shop/);
    assert.match(JSON.stringify(plansBetween(`${old}${set}`, set.replace(later("COUNT"), "3"))), /erase shop/);
    for (const [user, isKept] of [
      [mounting("Deployment", "files", later("CLAIM")), true],
      [mounting("Deployment", "files", `orders-${later("PART")}`), true],
      [mounting("Deployment", "files", `${later("APP")}-data`), true],
      [mounting("CronJob", "copies", "__CLAIM__"), true],
      [`---\n${claim.replace("name: orders-data", `name: "${later("CLAIM")}"`)}`, true],
      [mounting("Deployment", "files", `billing-${later("PART")}`), false],
      [mounting("Deployment", "files", later("CLAIM")).replaceAll("shop", "other"), false],
    ] as const) {
      const plans = plansBetween(`${server()}---\n${claim}${user}`, user);
      const commands = plans.flatMap(({ procedure }) => procedure?.steps ?? []).flatMap((step) => step.commands);
      assert.equal(
        commands.some((command) => /erase|delete pvc/.test(command)),
        !isKept,
        user,
      );
      if (isKept)
        assert.match(plans.map(({ says }) => says).join(" "), /may (use|be) claim orders-data .+Nothing is deleted/);
    }
  });

  /** What works on volumes: another class and another directory. */
  const onVolumes = ["another class", "another directory"] as const;
  const place = `      nodeSelector: { disks: fast }
      tolerations: [{ key: dedicated, operator: Equal, value: databases, effect: NoSchedule }]
      imagePullSecrets: [{ name: registry }]
      affinity:
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: In, values: [a] }] }] } }
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: zone, labelSelector: { matchLabels: { app: web } } }] }
`;

  it("works on volumes where the server ran, and asks the API server for it before anything is stopped", () => {
    for (const what of onVolumes) {
      const [old, young] = (worked[what]?.("") ?? assert.fail()).map((text) =>
        typeof text === "string"
          ? text
              .replace("      containers:\n", `${place}      containers:\n`)
              .replace(
                "        - name: server\n",
                "        - name: server\n          resources: { requests: { cpu: 500m }, limits: { memory: 1Gi }, claims: [{ name: gpu }] }\n",
              )
          : "",
      ) as [string, string];
      const { code, said, calls } = carryOut(old, young);
      assert.equal(code, 0, said);
      const tried = calls.findIndex((call) => call.includes("create --dry-run=server"));
      const stopped = calls.findIndex((call) => call.includes("--replicas=0"));
      assert.ok(tried >= 0 && tried < stopped, calls.join("\n"));
      const made = calls.find((call) => call.includes("<<< apiVersion: batch/v1")) ?? "";
      for (const text of [calls[tried] ?? "", made]) {
        assert.match(text, /nodeSelector: {"disks":"fast"}~/);
        assert.match(
          text,
          /tolerations: \[{"key":"dedicated","operator":"Equal","value":"databases","effect":"NoSchedule"}\]~/,
        );
        assert.match(text, /imagePullSecrets: \[{"name":"registry"}\]~/);
        assert.match(text, /affinity: { nodeAffinity: {"required.+"values":\["a"\].+~/);
        assert.match(text, /~ {10}resources: { requests: {"cpu":"500m"}, limits: {"memory":"1Gi"} }~/);
        // What it would have to be next to is stopped.
        assert.doesNotMatch(text, /podAffinity/);
        assert.match(text, /securityContext: { runAsUser: 0 }/);
      }
      const refused = carryOut(old, young, {
        answers: `  *"create --dry-run=server"*) echo "violates PodSecurity" >&2; exit 1 ;;\n`,
      });
      assert.notEqual(refused.code, 0);
      assert.ok(!refused.calls.some((call) => call.includes("--replicas=0")));
      // Where root is refused, the server's own user has read all that it wrote.
      const [restricted, after] = [old, young].map((text) =>
        text
          .replace(
            "      containers:\n",
            "      securityContext: { runAsNonRoot: true, runAsUser: 999, fsGroup: 999, seccompProfile: { type: RuntimeDefault } }\n      containers:\n",
          )
          .replace(
            "        - name: server\n",
            "        - name: server\n          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }\n",
          ),
      ) as [string, string];
      const own = carryOut(restricted, after).calls.find((call) => call.includes("<<< apiVersion: batch/v1")) ?? "";
      assert.match(
        own,
        /~ {6}securityContext: {"runAsNonRoot":true,"runAsUser":999,"fsGroup":999,"seccompProfile":{"type":"RuntimeDefault"}}~/,
      );
      assert.match(own, /~ {10}securityContext: {"allowPrivilegeEscalation":false,"capabilities":{"drop":\["ALL"\]}}~/);
      assert.doesNotMatch(own, /runAsUser: 0/);
    }
  });

  it("gives up after some minutes where the Pod cannot start, and shows why", () => {
    const waiting = `  *"{.status.phase}/{.status.succeeded}/"*) echo // ;;
  *" get pods -l job-name="*) echo Pending ;;
  *" get events") echo "12s Warning FailedScheduling pod/copy-orders-data-x 0/3 nodes are available"; echo "1m Normal Pulled pod/web-1" ;;
`;
    const [old, young] = worked["another class"]?.("") ?? assert.fail();
    const { code, said, calls } = carryOut(old, young, { answers: waiting });
    assert.notEqual(code, 0);
    assert.match(
      said,
      /job\/copy-orders-data has not started after 300 s\. What its Pod waits for:\n.*FailedScheduling.+0\/3 nodes/,
    );
    assert.doesNotMatch(said, /pod\/web-1/);
    assert.ok(calls.length < 400);
    // One that runs may take hours.
    const slow = carryOut(old, young, {
      answers: `  *"{.status.phase}/{.status.succeeded}/"*) if [ "$(grep -c status.succeeded calls)" -gt 200 ]; then echo /1/; else echo //; fi ;;
  *" get pods -l job-name="*) echo Running ;;
`,
    });
    assert.equal(slow.code, 0, slow.said);
  });

  it("waits for a Job that runs already, where its step is run again", () => {
    const [old, young] = worked["another class"]?.("") ?? assert.fail();
    const { code, said, calls } = carryOut(old, young, { answers: `  *"{.status.ready}"*) echo 1 ;;\n` });
    assert.equal(code, 0, said);
    const copied = calls.findIndex((call) => call.includes("{.status.succeeded}"));
    assert.ok(!calls.slice(0, copied).some((call) => /delete job|apiVersion: batch/.test(call)), calls.join("\n"));
  });

  it("names Jobs so that Kubernetes takes the names, each its own", () => {
    const long = `orders-${"of-the-eu-".repeat(8)}data`;
    for (const what of onVolumes) {
      const names = [long, `${long}-2`, "orders-data"].flatMap((name) => {
        const [old, young] = (worked[what]?.("") ?? assert.fail()).map((text) =>
          typeof text === "string" ? text.replaceAll("orders-data", name) : "",
        ) as [string, string];
        const { code, said, calls } = carryOut(old, young);
        assert.equal(code, 0, said);
        const text = calls.find((call) => call.includes("<<< apiVersion: batch/v1")) ?? "";
        return /metadata: { name: "([^"]+)" }/.exec(text)?.[1] ?? "";
      });
      assert.ok(
        names.every((name) => name.length <= 63 && /^(copy|move)-[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)),
        names.join(" "),
      );
      assert.equal(new Set(names).size, 3);
      assert.match(names[2] ?? "", /^(copy|move)-orders-data$/);
    }
  });

  it("copies no files to or from a block device", () => {
    const mode = (text: string, value: string): string =>
      text.replace("spec: { accessModes", `spec: { volumeMode: ${value}, accessModes`);
    const set = (value: string): string =>
      mode(
        asSet(server()).replace(
          / {6}volumes: .+\n/,
          "  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce] } }]\n",
        ),
        value,
      );
    for (const [old, young] of [
      [mode(claim, "Filesystem"), mode(claim, "Block")],
      [claim, mode(claim, "Block")],
      [mode(claim, "Block"), claim],
      [mode(claim, "Block"), mode(claim, "Block").replace("fast", "faster")],
    ] as const) {
      const [plan] = plansBetween(`${server()}---\n${old}`, `${server()}---\n${young}`);
      assert.equal(plan?.procedure, null);
      assert.match(plan?.says ?? "", /by hand: .+ block device/);
    }
    const [plan] = plansBetween(set("Filesystem"), set("Block"));
    assert.match(plan?.says ?? "", /by hand: .+ block device/);
  });

  it("goes on with a move of files that was interrupted, and overwrites nothing", () => {
    for (const [from, to] of [
      ["data", "data/pg"],
      ["data/pg", "data"],
      ["data/a", "data/b/c"],
    ] as const) {
      const text = (directory: string): string =>
        `${server().replace("          volumeMounts", `          env: [{ name: PGDATA, value: /var/lib/postgresql/${directory} }]\n          volumeMounts`)}---\n${claim}`;
      const setup = plansBetween(text(from), text(to))[0]?.procedure?.setup.join("\n") ?? "";
      const script = JSON.parse(/command: \[sh, -ec, (".+")\]/.exec(setup)?.[1] ?? '""') as string;
      const files = ["PG_VERSION", "base", "global", ".hidden"];
      const run = (volume: string, stopsAfter: number): number | null => {
        const moves = `n=0; mv() { [ "$n" -lt ${stopsAfter} ] || exit 9; n=$((n + 1)); command mv "$@"; }; `;
        return spawnSync("sh", ["-ec", moves + script.replaceAll("/volume", volume)], { encoding: "utf8" }).status;
      };
      const below = (volume: string, place: string): string => path.join(volume, place.slice("data".length));
      const made = (): string => {
        const volume = folderWith({ "lost+found/x": "" });
        mkdirSync(below(volume, from), { recursive: true });
        for (const name of files) writeFileSync(path.join(below(volume, from), name), name);
        return volume;
      };
      for (let moved = 0; moved < files.length; moved++) {
        const volume = made();
        assert.equal(run(volume, moved), 9);
        assert.equal(run(volume, 99), 0, `${from} to ${to} after ${moved}`);
        for (const name of files) assert.equal(readFileSync(path.join(below(volume, to), name), "utf8"), name);
        for (const place of [from, to])
          assert.deepEqual(
            readdirSync(below(volume, place)).filter((name) => name.startsWith(".dbops")),
            [],
          );
      }
      const volume = made();
      mkdirSync(below(volume, to), { recursive: true });
      writeFileSync(path.join(below(volume, to), "global"), "of another server");
      if (from !== "data/a") continue;
      assert.notEqual(run(volume, 99), 0);
      assert.equal(readFileSync(path.join(below(volume, to), "global"), "utf8"), "of another server");
      assert.equal(readFileSync(path.join(below(volume, from), "base"), "utf8"), "base");
      // Written while the move was interrupted.
      const cut = made();
      assert.equal(run(cut, 1), 9);
      writeFileSync(path.join(below(cut, to), "global"), "of another server");
      assert.notEqual(run(cut, 99), 0);
      assert.equal(readFileSync(path.join(below(cut, to), "global"), "utf8"), "of another server");
    }
  });

  it("sees that a volume has grown in whatever unit its size is written", () => {
    const set = (size: string): string =>
      asSet(server()).replace(
        / {6}volumes: .+\n/,
        `  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }]\n`,
      );
    for (const [size, capacity, isGrown] of [
      ["2048Mi", "2Gi", true],
      ["2Gi", "2147483648", true],
      ["2G", "2Gi", true],
      ["1.5Gi", "1536Mi", true],
      ["3e9", "3G", true],
      ["2Gi", "2G", false],
      ["2048Mi", "1Gi", false],
      ["2Gi", "", false],
    ] as const) {
      const { said } = carryOut(set("1Gi"), set(size), {
        answers: `  *"{.status.capacity.storage}"*) echo "${capacity}" ;;\n`,
      });
      assert.equal(
        said.includes(`claim shop/data-orders-db-0 has ${capacity}\n`),
        isGrown,
        `${size} ${capacity}: ${said}`,
      );
      assert.equal(said.includes("The check could not be run."), !isGrown, said);
    }
  });

  it("replaces the Pods of every stage itself where nothing else does, and ends the upgrade only then", () => {
    const onDelete = (image: string, replicas = 2): string =>
      server(image)
        .replace("kind: Deployment", "kind: StatefulSet")
        .replace(
          "  strategy: { type: Recreate }",
          `  serviceName: orders-db\n  replicas: ${replicas}\n  updateStrategy: { type: OnDelete }`,
        )
        .replace("/var/lib/postgresql/data", "/data/db")
        .replace(
          / {6}volumes: .+\n/,
          "  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce] } }]\n",
        );
    const stepsFrom = (old: string, young: string): readonly PlannedStep[] =>
      plansBetween(old, young).flatMap(({ procedure }) => procedure?.steps ?? []);
    const staged = stepsFrom(onDelete("mongo:6.0.1"), onDelete("mongo:8.0.1"));
    const stage = staged[at(staged, /^Write the newest 7\.0/)];
    const deleted = (step: PlannedStep | undefined): readonly string[] =>
      step?.commands.flatMap((command) => [...command.matchAll(/delete pod (\S+)/g)].map(([, pod]) => pod ?? "")) ?? [];
    assert.deepEqual(deleted(stage), ["orders-db-1", "orders-db-0"]);
    for (const steps of [
      staged,
      stepsFrom(onDelete("mongo:7.0.12"), onDelete("mongo:8.0.1")),
      stepsFrom(
        onDelete("mongo:7.0.12"),
        onDelete("mongo:8.0.1").replace("serviceName: orders-db", "serviceName: others"),
      ),
      stepsFrom(onDelete("mongo:7.0.12", 3), onDelete("mongo:8.0.1", 2)),
    ]) {
      assert.doesNotMatch(steps.flatMap(({ commands }) => commands).join("\n"), /rollout/);
      const replaced = steps.findLastIndex(
        (step) => step !== stage && deleted(step).join(" ") === "orders-db-1 orders-db-0",
      );
      assert.ok(replaced > at(steps, /^Apply the new text$/), steps.map(({ title }) => title).join(" | "));
      assert.ok(replaced < at(steps, /raise featureCompatibilityVersion to 8\.0/));
    }
  });

  it("takes members out of the cluster in a change of its own, where the rest needs steps too", () => {
    const set = (image: string, replicas: number, name = "orders-db", fields = ""): string =>
      server(image)
        .replace("kind: Deployment", "kind: StatefulSet")
        .replace("name: orders-db", `name: ${name}`)
        .replace("  strategy: { type: Recreate }", `  serviceName: orders-db\n  replicas: ${replicas}${fields}`)
        .replace("/var/lib/postgresql/data", image.startsWith("mongo") ? "/data/db" : "/var/lib/cassandra")
        .replace(
          / {6}volumes: .+\n/,
          "  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce] } }]\n",
        );
    const parallel = "\n  podManagementPolicy: Parallel";
    for (const [old, young] of [
      [set("cassandra:5.0.2", 3), set("cassandra:5.0.2", 2, "orders-db", parallel)],
      [set("cassandra:5.0.2", 3), set("cassandra:5.0.2", 2, "billing-db")],
      [set("mongo:8.0.1", 3), set("mongo:8.0.1", 1, "orders-db", parallel)],
      [set("mongo:6.0.1", 3), set("mongo:8.0.1", 1)],
      [
        set("postgres:16.4", 3).replace("/var/lib/cassandra", "/var/lib/postgresql/data"),
        set("postgres:16.4", 2).replace("/var/lib/cassandra", "/var/lib/postgresql"),
      ],
    ] as const) {
      const [plan, ...others] = plansBetween(old, young);
      assert.deepEqual([plan?.procedure, others], [null, []]);
      assert.match(
        plan?.says ?? "",
        /^Two things in one change: 3 members become [12], .+ first only replicas: [12], then the rest\.$/,
      );
    }
    const [alone] = plansBetween(set("cassandra:5.0.2", 3), set("cassandra:5.0.2", 2));
    assert.equal(alone?.procedure?.kind, "scale-down");
    const [more] = plansBetween(set("cassandra:5.0.2", 2), set("cassandra:5.0.2", 3, "orders-db", parallel));
    assert.equal(more?.procedure?.kind, "recreate");
  });

  it("dumps no server that does not run, and restores into none", () => {
    const text = (image: string, replicas: number): string =>
      `${server(image).replace("  strategy:", `  replicas: ${replicas}\n  strategy:`)}---\n${claim}`;
    for (const [old, young, says] of [
      [
        text("postgres:16.4", 1),
        text("postgres:17.2", 0),
        /^Two things in one change: .+ first the version, then replicas: 0\.$/,
      ],
      [
        text("postgres:16.4", 0),
        text("postgres:17.2", 1),
        /has replicas: 0 in the old text, .+ start it with postgres:16\.4 first/,
      ],
      [text("postgres:16.4", 0), text("postgres:17.2", 0), /has replicas: 0 in the old text/],
    ] as const) {
      const plans = plansBetween(old, young);
      assert.ok(plans.every(({ procedure }) => procedure === null));
      assert.match(plans[0]?.says ?? "", says);
    }
  });

  it("asks for the data when it is there, and for what takes weeks when nothing waits for it", () => {
    const [old, young] = worked["another version"]?.("") ?? assert.fail();
    const steps = plansBetween(old, young)[0]?.procedure?.steps ?? [];
    assert.equal(steps[at(steps, /^Apply the new text$/)]?.check?.expects, "its Pods are ready");
    assert.match(steps[at(steps, /^Restore the dump/)]?.check?.expects ?? "", /^the databases and sizes/);
    for (const [before, after] of [
      ...Object.values(worked).map((texts) => texts("")),
      [`${server()}---\n${claim}`, "---\n"] as const,
    ]) {
      const titles = (plansBetween(before, after)[0]?.procedure?.steps ?? []).map(({ title }) => title);
      const [last, ...weeks] = [
        titles.findIndex((title) => /resume what applies/.test(title)),
        ...titles.flatMap((title, index) => (/^Some weeks later/.test(title) ? [index] : [])),
      ];
      assert.ok(
        weeks.every((index) => index > (last ?? 0)),
        titles.join(" | "),
      );
    }
  });

  it("takes no object for another user of its own claim, also where two overlays build it", () => {
    const tree = (image: string): Readonly<Record<string, string>> => ({
      "base/kustomization.yaml": "resources: [db.yaml]\n",
      "base/db.yaml": `${server(image)}---\n${claim}${mounting("CronJob", "copies")}`,
      "a/kustomization.yaml": "resources: [../base]\ncommonLabels: { of: a }\n",
      "b/kustomization.yaml": "resources: [../base]\ncommonLabels: { of: b }\n",
    });
    for (const { procedure } of plansBetween(tree("postgres:16.4"), tree("postgres:17.2"))) {
      const commands =
        procedure?.steps.flatMap((step) => step.commands.flatMap((command) => command.split("\n"))) ?? [];
      assert.equal(commands.filter((command) => /scale deployment\/orders-db --replicas=0/.test(command)).length, 1);
      const suspended = procedure?.steps.filter(({ commands: own }) =>
        own.some((command) => /cronjob\/copies.+true/.test(command)),
      );
      assert.equal(suspended?.length, 2, "before the dump, and when the new text is applied");
    }
  });

  it("starts by hand what was stopped by hand", () => {
    const [old, young] =
      worked["another class"]?.(mounting("Deployment", "maybe", later("CLAIM"), "replicas: 2, ")) ?? assert.fail();
    const steps = plansBetween(old, young)[0]?.procedure?.steps ?? [];
    assert.equal(steps[at(steps, /^Stop Deployment shop\/maybe/)]?.by, "person");
    assert.equal(steps[at(steps, /^Start Deployment shop\/maybe \(if it uses .+ again$/)]?.by, "person");
    assert.doesNotMatch(JSON.stringify(steps), /scale deployment\/maybe/);
  });

  it("leaves a suspended Job and what KEDA keeps at 0 as they are", () => {
    const job = (fields: string): string =>
      `---\napiVersion: batch/v1\nkind: Job\nmetadata: { name: import, namespace: shop }\nspec: { ${fields}template: ${pods("import", "Never")} }\n`;
    const scaled = (annotations: string): string =>
      `${client("Deployment", "eager", "replicas: 1, ")}---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: queue, namespace: shop${annotations} }\nspec: { scaleTargetRef: { name: eager } }\n`;
    const off = job("suspend: true, ") + scaled(', annotations: { autoscaling.keda.sh/paused-replicas: "0" }');
    const titles = (was: string, now: string): string =>
      (
        plansBetween(`${server()}---\n${claim}${was}`, `${server("postgres:17.2-bookworm")}---\n${claim}${now}`).find(
          ({ procedure }) => procedure?.kind === "upgrade",
        )?.procedure?.steps ?? []
      )
        .map(({ title }) => title)
        .join(" | ");
    assert.doesNotMatch(titles(off, off), /shop\/(import|eager)/);
    assert.doesNotMatch(titles(job("") + scaled(""), off), /Start .*shop\/(import|eager)/);
    assert.match(
      titles(job("") + scaled(""), off),
      /Stop .*shop\/import.*shop\/eager|Stop .*shop\/eager.*shop\/import/,
    );
    assert.match(titles(job("") + scaled(""), job("") + scaled("")), /Start .*shop\/(import|eager)/);
  });
});
