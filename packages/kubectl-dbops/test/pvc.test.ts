import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { readDump } from "@dbops/core";
import { type Behavior, type FakeObject, startFakeCluster } from "./support/fake-cluster.ts";
import { folderWith } from "./support/folder.ts";
import { needsProgram } from "./support/programs.ts";
import { askCluster, type Outcome } from "./support/run.ts";

const taken = "2026-06-01T00:00:00Z";

interface Claim {
  readonly name: string;
  readonly labels?: object;
  readonly metadata?: object;
  readonly volume?: string | undefined;
  readonly phase?: string;
}

function claim({ name, labels = { app: "db" }, metadata = {}, volume = `pv-${name}`, phase = "Bound" }: Claim): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace: "shop", labels, creationTimestamp: "2026-05-20T00:00:00Z", ...metadata },
    spec: { storageClassName: "fast", volumeName: volume, resources: { requests: { storage: "20Gi" } } },
    status: { phase, capacity: { storage: "20Gi" } },
  };
}

function volume(claimName: string, policy: string): object {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pv-${claimName}`, annotations: { "pv.kubernetes.io/provisioned-by": "disk" } },
    spec: { persistentVolumeReclaimPolicy: policy, claimRef: { namespace: "shop", name: claimName } },
    status: { phase: "Bound" },
  };
}

function set(replicas: number): object {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace: "shop", uid: "s1" },
    spec: {
      replicas,
      selector: { matchLabels: { app: "db" } },
      template: {
        metadata: { labels: { app: "db" } },
        spec: {
          containers: [
            {
              name: "postgres",
              image: "postgres:16.4-bookworm",
              volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }],
            },
          ],
        },
      },
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "20Gi" } } } }],
    },
  };
}

function pod(name: string, claimName: string, owner?: object): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "shop",
      labels: { app: "db" },
      ...(owner === undefined ? {} : { ownerReferences: [owner] }),
    },
    spec: {
      nodeName: "worker-1",
      containers: [{ name: "c", image: "postgres:16.4-bookworm" }],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName } }],
    },
    status: { phase: "Running" },
  };
}

const bySet = { apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: "s1", controller: true };

function emptyLists(...kinds: readonly string[]): readonly object[] {
  return kinds.map((kind) => ({ apiVersion: "v1", kind: `${kind}List`, items: [] }));
}

function pvc(objects: readonly object[], words: readonly string[]): Promise<Outcome> {
  const lists = emptyLists("StatefulSet", "Deployment", "CronJob", "Pod");
  const folder = folderWith(
    Object.fromEntries([...objects, ...lists].map((each, index) => [`${index}.json`, JSON.stringify(each)])),
  );
  return askCluster(folder, ["pvc", ...words, "--from", "."], { today: taken.slice(0, 10) });
}

async function verdicts(...objects: readonly object[]): Promise<Readonly<Record<string, string>>> {
  const { out } = await pvc(objects, ["list", "-o", "json"]);
  const { claims } = JSON.parse(out) as {
    readonly claims: readonly { readonly name: string; readonly verdict: string }[];
  };
  return Object.fromEntries(claims.map(({ name, verdict }) => [name, verdict]));
}

describe("pvc list", () => {
  it("says why each claim of a StatefulSet is there", async () => {
    const objects = [
      set(2),
      pod("db-0", "data-db-0", bySet),
      ...[0, 1, 2].map((ordinal) => claim({ name: `data-db-${ordinal}` })),
    ];
    assert.deepEqual(await verdicts(...objects), {
      "data-db-0": "in use by db-0",
      "data-db-1": "kept for ordinal 1 of db, whose Pod is not there now",
      "data-db-2": "kept for ordinal 2 of db (scaled to 2)",
    });
  });

  it("says what goes with what", async () => {
    const owned = { ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: "s1" }] };
    const deleted = { deletionTimestamp: "2026-05-31T00:00:00Z" };
    const objects = [set(1), pod("db-0", "data-db-0", bySet), claim({ name: "data-db-0", metadata: owned })];
    assert.equal((await verdicts(...objects))["data-db-0"], "in use by db-0; goes when StatefulSet db is deleted");
    const going = [set(1), pod("db-0", "data-db-0", bySet), claim({ name: "data-db-0", metadata: deleted })];
    assert.equal((await verdicts(...going))["data-db-0"], "deleted: goes when Pod db-0 is gone");
  });

  it("says that it goes with something only where that is known", async () => {
    const withOwners = (...uids: readonly string[]): object => ({
      ownerReferences: uids.map((uid) => ({ apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid })),
    });
    const about = async (metadata: object): Promise<string | undefined> =>
      (await verdicts(set(1), pod("db-0", "data-db-0", bySet), claim({ name: "data-db-0", metadata })))["data-db-0"];
    // The set was made again: the claim names the one before.
    assert.equal(await about(withOwners("s0")), "in use by db-0");
    assert.equal(await about(withOwners("s1", "elsewhere")), "in use by db-0");
    const deletionTimestamp = "2026-05-31T00:00:00Z";
    const backup = { deletionTimestamp, finalizers: ["kubernetes.io/pvc-protection", "example.com/backup"] };
    assert.equal(await about(backup), "deleted: goes when Pod db-0 and finalizer example.com/backup are gone");
    assert.equal(
      await about({ deletionTimestamp, finalizers: ["example.com/backup"] }),
      "deleted: kept by finalizer example.com/backup",
    );
  });

  it("says what a Pod takes along: its ephemeral volumes, and claims of Pods that are scaled away", async () => {
    const uid = { metadata: { name: "job", namespace: "shop", uid: "p1" } };
    const owned = { ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "job", uid: "p1", controller: true }] };
    const job = (phase: string): object => ({
      apiVersion: "v1",
      kind: "Pod",
      ...uid,
      spec: { containers: [{ name: "c", image: "wiki:1" }], volumes: [{ name: "scratch", ephemeral: {} }] },
      status: { phase },
    });
    const scratch = claim({ name: "job-scratch", metadata: owned });
    assert.deepEqual(await verdicts(job("Running"), scratch), {
      "job-scratch": "in use by job: its ephemeral volume, goes with that Pod",
    });
    assert.deepEqual(await verdicts(job("Succeeded"), scratch), {
      "job-scratch": "kept while Pod job, which has ended, is there: its ephemeral volume, goes with that Pod",
    });
    const member = { ...pod("db-1", "data-db-1", bySet) } as { metadata: object };
    const going = { ...member, metadata: { ...member.metadata, uid: "p2" } };
    const condemned = { ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "db-1", uid: "p2" }] };
    assert.deepEqual(await verdicts(set(2), going, claim({ name: "data-db-1", metadata: condemned })), {
      "data-db-1": "in use by db-1; goes when Pod db-1 is deleted",
    });
    const { out } = await pvc(
      [job("Running"), scratch, volume("job-scratch", "Delete")],
      ["release-plan", "job-scratch"],
    );
    assert.match(out, /and it goes by itself when Pod job is deleted/);
    assert.match(out, /1\. Keep the disk[\s\S]*3\. Stop what uses it: Pod job\. The claim goes then/);
    assert.doesNotMatch(out, /kubectl delete pvc/);
  });

  it("knows claims whose StatefulSet is gone, whose volume is gone, and that wait", async () => {
    const objects = [
      claim({ name: "data-old-0" }),
      claim({ name: "uploads", labels: {} }),
      claim({ name: "broken", phase: "Lost" }),
      claim({ name: "new", phase: "Pending", volume: undefined }),
    ];
    assert.deepEqual(await verdicts(...objects), {
      broken: "lost: its volume no longer exists",
      "data-old-0": "kept: its StatefulSet was deleted",
      new: "not bound: waits for a volume or its first Pod",
      uploads: "kept: nothing in view names it",
    });
  });

  it("knows workloads that run no Pod now, and clusters that sleep", async () => {
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "wiki", namespace: "shop" },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: "wiki" } },
        template: {
          metadata: { labels: { app: "wiki" } },
          spec: {
            containers: [{ name: "c", image: "wiki:1" }],
            volumes: [{ name: "v", persistentVolumeClaim: { claimName: "wiki" } }],
          },
        },
      },
    };
    const cluster = {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      metadata: { name: "orders", namespace: "shop", uid: "c1", annotations: { "cnpg.io/hibernation": "on" } },
      spec: { instances: 3, storage: { size: "10Gi" } },
    };
    const owner = {
      ownerReferences: [
        { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", name: "orders", uid: "c1", controller: true },
      ],
    };
    assert.deepEqual(
      await verdicts(deployment, cluster, claim({ name: "wiki" }), claim({ name: "orders-1", metadata: owner })),
      {
        "orders-1": "belongs to Cluster shop/orders, which is hibernated",
        wiki: "kept for Deployment shop/wiki, which runs no Pod now",
      },
    );
  });

  it("does not know what it may not see", async () => {
    const folder = folderWith({ "claims.json": JSON.stringify(claim({ name: "data-db-0" })) });
    const { out } = await askCluster(folder, ["pvc", "list", "--from", "."]);
    assert.match(out, /unknown: Pods not readable/);
  });

  it("shows nothing that a terminal obeys", async () => {
    const bare = claim({ name: "data-db-0" }) as { spec: object };
    const odd = { ...bare, spec: { ...bare.spec, storageClassName: "\u001b[2Jfast" } };
    for (const words of [
      ["list"],
      ["list", "-o", "markdown"],
      ["release-plan", "data-db-0"],
      ["inspect", "data-db-0"],
    ]) {
      const { out } = await pvc([odd], words);
      assert.ok(!out.includes("\u001b"), words.join(" "));
    }
  });

  it("never calls a claim unused", async () => {
    const { out } = await pvc([claim({ name: "uploads", labels: {} }), volume("uploads", "Delete")], ["list"]);
    assert.doesNotMatch(out, /unused|orphan/i);
    assert.match(out, /^shop\/uploads +20Gi +fast +– +\d+ \w+ +deleted +kept: nothing in view names it$/m);
    assert.match(out, /^1 claim: 1 kept\. 1 disk is deleted with its claim\.$/m);
  });
});

describe("pvc release-plan", () => {
  const objects = [
    set(1),
    pod("db-0", "data-db-0", bySet),
    claim({ name: "data-db-0" }),
    claim({ name: "data-db-1" }),
    volume("data-db-0", "Delete"),
    volume("data-db-1", "Retain"),
  ];

  it("says what a deletion destroys, and what to do first", async () => {
    const { code, out } = await pvc(objects, ["release-plan", "data-db-0", "-n", "shop"]);
    assert.equal(code, 0);
    assert.match(
      out,
      /the disk of volume pv-data-db-0 \(reclaim policy Delete\), and with it a data directory of postgres:16\.4-bookworm/,
    );
    assert.match(out, /1\. Stop what uses it: Pod db-0\./);
    assert.match(out, /2\. Keep the disk.*\n +kubectl dbops pvc protect data-db-0 -n shop/);
    assert.match(out, /claim data-db-1 of the same StatefulSet/);
  });

  it("says that nothing is lost where the volume is kept", async () => {
    const { out } = await pvc(objects, ["release-plan", "data-db-1", "-n", "shop"]);
    assert.match(out, /no data: volume pv-data-db-1 stays behind as Released/);
    assert.doesNotMatch(out, /pvc protect|Stop what uses it/);
  });

  it("knows that policy Recycle empties a volume, and where no policy is known", async () => {
    const recycled = [claim({ name: "data-db-0" }), volume("data-db-0", "Recycle")];
    const { out } = await pvc(recycled, ["release-plan", "data-db-0", "-n", "shop"]);
    assert.match(
      out,
      /the files of volume pv-data-db-0 \(reclaim policy Recycle empties it\), and with them whatever is on it/,
    );
    const table = (await pvc(recycled, ["list"])).out;
    assert.match(table, / emptied +kept: /);
    assert.match(table, /^1 claim: 1 kept\. 1 disk is emptied\.$/m);
    const bare = await pvc([claim({ name: "data-db-0" })], ["release-plan", "data-db-0", "-n", "shop"]);
    assert.match(bare.out, /perhaps the disk of volume pv-data-db-0, .*: its reclaim policy is not known$/m);
  });

  it("deletes no claim that was deleted already", async () => {
    const metadata = { deletionTimestamp: "2026-05-31T00:00:00Z", finalizers: ["example.com/backup"] };
    const going = [claim({ name: "data-db-0", metadata }), volume("data-db-0", "Delete")];
    const { out } = await pvc(going, ["release-plan", "data-db-0", "-n", "shop"]);
    assert.match(out, /: deleted: kept by finalizer example\.com\/backup$/m);
    assert.match(out, /1\. Keep the disk/);
    // No new Pod can mount it either.
    assert.doesNotMatch(out, /Delete the claim|kubectl delete pvc|Look at what is on it/);
  });

  it("has nothing to look at on a volume that is gone", async () => {
    const { out } = await pvc([claim({ name: "broken", phase: "Lost" })], ["release-plan", "broken", "-n", "shop"]);
    assert.match(out, /Delete the claim/);
    assert.doesNotMatch(out, /Look at what is on it|last dump/);
  });

  it("names a claim that may be meant", async () => {
    const { code, err } = await pvc(objects, ["release-plan", "data-db-00", "-n", "shop"]);
    assert.equal(code, 2);
    assert.match(err, /^error: there is no claim data-db-00 in namespace shop; did you mean data-db-0\?\n$/);
  });
});

interface Pod {
  readonly metadata: { readonly labels: object };
  readonly spec: {
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly [field: string]: unknown;
    readonly automountServiceAccountToken: boolean;
    readonly containers: readonly {
      readonly image: string;
      readonly command: readonly string[];
      readonly volumeMounts: readonly { readonly readOnly: boolean }[];
    }[];
    readonly volumes: readonly { readonly persistentVolumeClaim: { readonly readOnly: boolean } }[];
  };
}

describe("pvc inspect", () => {
  const inspected = async (objects = [set(1), claim({ name: "data-db-0" })]): Promise<Pod> => {
    const { out } = await pvc(objects, ["inspect", "data-db-0", "-n", "shop"]);
    const [pod] = readDump(out.replace("generateName:", "name:")).objects;
    assert.ok(pod !== undefined, out);
    return JSON.parse(JSON.stringify(pod)) as Pod;
  };

  it("prints a Pod that can change nothing", async () => {
    const { metadata, spec } = await inspected();
    assert.equal(spec.volumes[0]?.persistentVolumeClaim.readOnly, true);
    assert.equal(spec.containers[0]?.volumeMounts[0]?.readOnly, true);
    assert.equal(spec.containers[0]?.image, "postgres:16.4-bookworm");
    assert.equal(spec.automountServiceAccountToken, false);
    assert.deepEqual(Object.keys(metadata.labels), ["dbops/inspects"]);
  });

  /** What the Pod prints of a folder, as a user; the shell and all of its commands are those of the words. */
  const look = async (
    data: string,
    shell: readonly [string, ...string[]],
    more: object = {},
  ): Promise<{ readonly stdout: string; readonly stderr: string; readonly status: number | null }> => {
    const { spec } = await inspected();
    const script = spec.containers[0]?.command[2] ?? "";
    const [program, ...words] = shell;
    return spawnSync(program, [...words, "-c", script.replaceAll("/inspect", data)], { encoding: "utf8", ...more });
  };
  const data = (): string =>
    folderWith({ "pgdata/PG_VERSION": "16\n", "dump.rdb": "REDIS0011", "pgdata/base/a file": "x" });

  for (const [name, shell] of [
    ["GNU", ["sh"]],
    ["BusyBox", ["busybox", "sh"]],
  ] as const)
    it(`looks at data directories with commands of ${name}`, async function () {
      if (name === "BusyBox") needsProgram(this, "busybox", "busybox");
      // Nothing but BusyBox is on the PATH, and its shell runs its own commands.
      const tools = folderWith({});
      if (name === "BusyBox") {
        const { stdout } = spawnSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" });
        for (const each of ["sh", "find", "stat", "sort", "head", "cut", "du", "ls", "cat", "id", "grep", "dirname"])
          symlinkSync(stdout.trim(), path.join(tools, each));
      }
      const [program, ...words] = name === "BusyBox" ? [path.join(tools, "sh")] : shell;
      const env = name === "BusyBox" ? { env: { PATH: tools } } : {};
      const { stdout, stderr, status } = await look(data(), [program, ...words], env);
      assert.equal(stderr, "");
      assert.equal(status, 0);
      assert.match(stdout, /PG_VERSION: 16\n/);
      assert.match(stdout, /dump\.rdb\n/);
      assert.match(stdout, /--- last writes\n20\d\d-\d\d-\d\d \d\d:\d\d:\d\d {2}\/.*\n20\d\d-/);
      assert.match(stdout, /^20\S+ \S+ {2}\/.*\/pgdata\/base\/a file$/m);
    });

  it("fails where it may not read the files, and says who may", async function () {
    if (process.getuid?.() !== 0) this.skip(); // only root can become somebody else
    const folder = data();
    chmodSync(path.join(folder, "pgdata"), 0o700);
    mkdirSync(path.join(folder, "lost+found"), { mode: 0o700 });
    chmodSync(folder, 0o755);
    const nobody = { uid: 65534, gid: 65534 };
    const { stdout, stderr, status } = await look(folder, ["sh"], nobody);
    assert.equal(stderr, "");
    assert.equal(status, 1);
    assert.match(stdout, /^--- not readable as 65534, groups .*65534\ndrwx------ .* root +root .*\/pgdata\n$/m);
    chmodSync(path.join(folder, "pgdata"), 0o755);
    assert.equal((await look(folder, ["sh"], nobody)).status, 0);
  });

  it("runs as the Pods do that use the claim, and where they may run", async () => {
    const base = set(0) as { spec: { template: { spec: { containers: object[] } } } };
    const podSpec = {
      ...base.spec.template.spec,
      securityContext: { runAsUser: 1000, fsGroup: 2000, supplementalGroups: [3000] },
      tolerations: [{ key: "dedicated", value: "db", effect: "NoSchedule" }],
      imagePullSecrets: [{ name: "registry" }],
      nodeSelector: { disktype: "ssd" },
      serviceAccountName: "db",
    };
    const asked = { ...base, spec: { ...base.spec, template: { ...base.spec.template, spec: podSpec } } };
    const { spec } = await inspected([asked, claim({ name: "data-db-0" })]);
    assert.deepEqual(spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 1000,
      supplementalGroups: [2000, 3000],
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(spec.tolerations, podSpec.tolerations);
    assert.deepEqual(spec.imagePullSecrets, podSpec.imagePullSecrets);
    assert.deepEqual(spec.nodeSelector, podSpec.nodeSelector);
    assert.equal(spec.serviceAccountName, "db");
    const [container] = podSpec.containers;
    const containers = [{ ...container, securityContext: { runAsUser: 26, runAsGroup: 27 } }];
    const own = {
      ...asked,
      spec: { ...asked.spec, template: { ...asked.spec.template, spec: { ...podSpec, containers } } },
    };
    const inOwn = (await inspected([own, claim({ name: "data-db-0" })])).spec.securityContext;
    assert.deepEqual([inOwn.runAsUser, inOwn.runAsGroup], [26, 27]);
    // The image's entrypoint starts as root; its files are not root's.
    const root = { ...podSpec, securityContext: { runAsUser: 0 } };
    const asRoot = { ...asked, spec: { ...asked.spec, template: { ...asked.spec.template, spec: root } } };
    assert.equal((await inspected([asRoot, claim({ name: "data-db-0" })])).spec.securityContext.runAsUser, 999);
  });

  it("makes no Pod for a claim that none can mount, or that would get its first disk by it", async () => {
    const deletionTimestamp = "2026-05-31T00:00:00Z";
    for (const [made, says] of [
      [
        [{ ...claim({ name: "data-db-0", phase: "Pending" }), spec: { storageClassName: "fast" } }],
        "claim shop/data-db-0 has no volume yet: there is nothing to look at",
      ],
      [
        [claim({ name: "data-db-0", phase: "Lost" })],
        "claim shop/data-db-0 has lost its volume: there is nothing to look at",
      ],
      [
        [claim({ name: "data-db-0", metadata: { deletionTimestamp } })],
        "claim shop/data-db-0 was deleted: no new Pod can mount it",
      ],
      [
        [pod("db-0", "data-db-0"), claim({ name: "data-db-0", metadata: { deletionTimestamp } })],
        "claim shop/data-db-0 was deleted: no new Pod can mount it; kubectl exec -n shop db-0 -- ls looks there",
      ],
    ] as const) {
      const { code, out, err } = await pvc(made, ["inspect", "data-db-0", "-n", "shop"]);
      assert.deepEqual([code, out, err], [2, "", `error: ${says}\n`]);
    }
  });

  it("runs on the node of the Pod that uses the claim, by the node's name, and says so", async () => {
    const objects = [set(1), pod("db-0", "data-db-0", bySet), claim({ name: "data-db-0" })];
    const { spec } = await inspected(objects);
    assert.deepEqual(spec.affinity, {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["worker-1"] }] }],
        },
      },
    });
    const { out } = await pvc(objects, ["inspect", "data-db-0", "-n", "shop"]);
    assert.match(out, /^# Pod db-0 uses it now on node worker-1, where this Pod has to run, too \(ReadWriteOnce\); /m);
    const waiting = ["db-0", "copy"].map((name) => {
      const { spec, ...rest } = pod(name, "data-db-0") as { readonly spec: object };
      return { ...rest, spec: { ...spec, nodeName: undefined } };
    });
    assert.match(
      (await pvc([...waiting, claim({ name: "data-db-0" })], ["inspect", "data-db-0", "-n", "shop"])).out,
      /^# Pods copy, db-0 use it now, and have no node yet: /m,
    );
  });
});

describe("pvc", () => {
  it("says what it knows, and deletes nothing", async () => {
    const failing = async (...words: readonly string[]): Promise<string> => {
      const { code, err } = await pvc([], words);
      assert.equal(code, 2);
      return err;
    };
    assert.match(await failing(), /^error: pvc what\? list, release-plan NAME/);
    assert.match(await failing("delete", "x"), /^error: there is no pvc delete; dbops deletes no claim: /);
    assert.match(await failing("inspect"), /^error: pvc inspect needs the name of a claim/);
    assert.match(await failing("protect", "x"), /^error: --from reads files; protect changes a volume/);
  });
});

describe("pvc inspect --run", () => {
  const objects = [set(1), claim({ name: "data-db-0" })] as readonly FakeObject[];
  const log = "--- size\n12M\t/inspect\n\u001b[31m16\n";
  const url = "/api/v1/namespaces/shop/pods";

  /** A cluster in which the Pod is made, has this phase when asked the second time, and leaves this log. */
  async function inspect(
    phase: string,
    words: readonly string[],
  ): Promise<Outcome & { readonly done: readonly string[] }> {
    const done: string[] = [];
    const behave: Behavior = ({ path: asked, method, asked: times }, response) => {
      const [at = ""] = asked.split("?");
      if (!at.startsWith(url) || (at === url && method === "GET")) return false;
      done.push(`${method} ${at.slice(url.length)}`);
      if (at.endsWith("/log")) response.end(log);
      else if (method === "POST")
        response.writeHead(201).end(JSON.stringify({ metadata: { name: "dbops-inspect-x" } }));
      else response.end(JSON.stringify({ status: { phase: times > 1 ? phase : "Pending" } }));
      return true;
    };
    const fake = await startFakeCluster(objects, behave);
    try {
      const folder = folderWith({ config: fake.kubeconfig() });
      return {
        ...(await askCluster(folder, ["pvc", "inspect", "data-db-0", "--run", "--kubeconfig", "config", ...words])),
        done,
      };
    } finally {
      await fake.stop();
    }
  }

  it("shows what the Pod printed, and removes it", async () => {
    const { code, out, done } = await inspect("Succeeded", ["--yes"]);
    assert.equal(code, 0);
    assert.match(out, /^--- size\n12M/);
    assert.ok(!out.includes("\u001b"));
    assert.deepEqual(done, [
      "POST ",
      "GET /dbops-inspect-x",
      "GET /dbops-inspect-x",
      "GET /dbops-inspect-x/log",
      "DELETE /dbops-inspect-x",
    ]);
  });

  it("removes it where it failed, too", async () => {
    const { code, err, done } = await inspect("Failed", ["--yes"]);
    assert.equal(code, 2);
    assert.match(err, /^error: Pod dbops-inspect-x failed; what it printed is above$/m);
    assert.equal(done.at(-1), "DELETE /dbops-inspect-x");
  });

  it("creates nothing that nobody has confirmed", async () => {
    const { code, err, done } = await inspect("Succeeded", []);
    assert.equal(code, 2);
    assert.match(err, /Nobody can be asked here; --yes says so/);
    assert.deepEqual(done, []);
  });
});
