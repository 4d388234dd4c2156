import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { admissionPolicy, allRules, createProject, diff, lint, SourceFile } from "@dbops/core";
import { parseDocuments } from "../../packages/core/src/yaml/parse.ts";
import { readFixture } from "../../packages/core/test/support/fixture.ts";
import type { Cluster } from "../kubernetes/start.mjs";
import { startCluster } from "./support/api-server.ts";

const folder = new URL("../../packages/core/test/rules/", import.meta.url);
const enforced = allRules.filter(({ meta }) => meta.admission !== undefined);
/** Kinds that policies look at, and where the API server has them. */
const builtIn: Readonly<Record<string, string>> = {
  "apps/v1 StatefulSet": "/apis/apps/v1/namespaces/default/statefulsets",
  "apps/v1 Deployment": "/apis/apps/v1/namespaces/default/deployments",
  "apps/v1 DaemonSet": "/apis/apps/v1/namespaces/default/daemonsets",
  "v1 Pod": "/api/v1/namespaces/default/pods",
  "v1 PersistentVolume": "/api/v1/persistentvolumes",
};
/** Custom resources without a schema: what their operators would refuse is not the question. */
const custom: Readonly<Record<string, string>> = {
  "postgresql.cnpg.io/v1 Cluster": "clusters",
  "postgresql.cnpg.io/v1 ScheduledBackup": "scheduledbackups",
  "postgres-operator.crunchydata.com/v1beta1 PostgresCluster": "postgresclusters",
  "pxc.percona.com/v1 PerconaXtraDBCluster": "perconaxtradbclusters",
  "ps.percona.com/v1 PerconaServerMySQL": "perconaservermysqls",
  "ps.percona.com/v1alpha1 PerconaServerMySQL": "perconaservermysqls",
  "psmdb.percona.com/v1 PerconaServerMongoDB": "perconaservermongodbs",
  "pgv2.percona.com/v2 PerconaPGCluster": "perconapgclusters",
};

interface Plain {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
}

function urlOf({ apiVersion = "", kind = "" }: Plain): string | undefined {
  const key = `${apiVersion} ${kind}`;
  return builtIn[key] ?? (key in custom ? `/apis/${apiVersion}/namespaces/default/${custom[key]}` : undefined);
}

const isBuiltIn = ({ apiVersion, kind }: Plain): boolean => `${apiVersion} ${kind}` in builtIn;

const objectsIn = (files: readonly SourceFile[]): readonly Plain[] =>
  files
    .filter(({ uri }) => /\.ya?ml$/.test(uri))
    .flatMap((file) => parseDocuments(file))
    .flatMap(({ root }) => (root?.kind === "map" ? [root.value as Plain] : []));

const inDefault = (object: Plain): Plain =>
  ({ ...object, metadata: { ...object.metadata, namespace: "default", name: object.metadata?.name ?? "x" } }) as Plain;

const projectOf = (objects: readonly Plain[], root: string) =>
  createProject({
    root,
    files: objects.map((object, index) => new SourceFile(`${root}/${index}.yaml`, JSON.stringify(object))),
    configs: [new SourceFile(`${root}/.dbops.yaml`, "extends: all\n")],
    rules: allRules,
    view: "folder",
    today: "2026-11-24",
  });

/** What dbops itself says of one object, and of a change to it. */
function reported(after: Plain, before?: Plain): ReadonlySet<string> {
  const project = projectOf([after], "/case");
  const requested = new Set(["/case/0.yaml", "/before/0.yaml"]);
  const { findings } =
    before === undefined
      ? lint({ project, requested })
      : diff({ project, before: projectOf([before], "/before"), requested });
  return new Set(findings.map(({ ruleId }) => ruleId));
}

/** The rules whose policies warned. */
const warned = (warnings: readonly string[]): readonly string[] =>
  warnings.flatMap((text) => /ValidatingAdmissionPolicy 'dbops-([a-z0-9-]+)'/.exec(text)?.[1] ?? []);

describe("policies on a real API server", function () {
  this.timeout(600_000);
  let cluster: Cluster;
  before(async function () {
    cluster = await startCluster(this);
    const groups = new Map<string, { plural: string; kind: string; versions: string[] }>();
    for (const [key, plural] of Object.entries(custom)) {
      const [group = "", version = "", kind = ""] = key.split(/[/ ]/);
      const same = groups.get(`${plural}.${group}`) ?? { plural, kind, versions: [] };
      same.versions.push(version);
      groups.set(`${plural}.${group}`, same);
    }
    for (const [name, { plural, kind, versions }] of groups)
      await stored("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name },
        spec: {
          group: name.slice(plural.length + 1),
          names: { plural, kind, singular: kind.toLowerCase() },
          scope: "Namespaced",
          versions: versions.map((version, index) => ({
            name: version,
            served: true,
            storage: index === 0,
            schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          })),
        },
      });
    for (const rule of enforced)
      for (const object of admissionPolicy(rule, { enforcement: "warn", exempt: [] }))
        await stored(`/apis/admissionregistration.k8s.io/v1/${object.kind.toLowerCase().replace(/y$/, "ie")}s`, object);
    // A policy bites some seconds after it is stored; a kind is served some seconds after its definition.
    await until("the policies hold", async () => warned(await sent(badSet)).includes("data-on-emptydir"));
    for (const [name, { versions }] of groups)
      await until(`${name} is served`, async () => {
        const [plural = "", ...group] = name.split(".");
        const { status } = await cluster.api(
          "GET",
          `/apis/${group.join(".")}/${versions[0]}/namespaces/default/${plural}`,
        );
        return status === 200;
      });
  });
  after(() => cluster?.stop());

  async function stored(url: string, object: unknown): Promise<void> {
    const { status, body } = await cluster.api("POST", url, object);
    assert.equal(status, 201, JSON.stringify(body));
  }

  /** Warnings for the creation of an object that is not stored. */
  async function sent(object: Plain): Promise<readonly string[]> {
    return (await cluster.api("POST", `${urlOf(object)}?dryRun=All`, inDefault(object))).warnings;
  }

  async function until(what: string, check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await check())) {
      if (Date.now() > deadline) throw new Error(`not in a minute: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  it("are accepted and type-check without warnings", async () => {
    for (const { id } of enforced) {
      const url = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/dbops-${id}`;
      await until(`${id} is type-checked`, async () => {
        const { body } = await cluster.api("GET", url);
        const { status = {} } = body as { status?: { typeChecking?: { expressionWarnings?: unknown[] } } };
        if (status.typeChecking === undefined) return false;
        assert.deepEqual(status.typeChecking.expressionWarnings ?? [], [], id);
        return true;
      });
    }
  });

  it("refuse only what their rules report, and something of each rule's own fixture", async () => {
    const refusedOfOwn = new Set<string>();
    const falseOnes: string[] = [];
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".yaml"))) {
      for (const { name: title, files, before, settings } of readFixture(
        readFileSync(new URL(name, folder), "utf8"),
        name,
      )) {
        if (settings.view === "cluster") continue;
        const old = objectsIn(before);
        for (const object of objectsIn(files)) {
          const url = urlOf(object);
          if (url === undefined) continue;
          const former = old.find(
            ({ kind, metadata }) =>
              kind === object.kind && metadata?.name === object.metadata?.name && isBuiltIn(object),
          );
          const ids = former === undefined ? warned(await sent(object)) : await changedFrom(former, object, url);
          if (ids.length === 0) continue;
          const said = new Set([...reported(object), ...(former === undefined ? [] : reported(object, former))]);
          for (const id of ids) {
            if (name === `${id}.yaml`) refusedOfOwn.add(id);
            if (!said.has(id)) falseOnes.push(`${id}: ${name}, ${title}, ${object.kind} ${object.metadata?.name}`);
          }
        }
      }
    }
    assert.deepEqual(falseOnes, []);
    assert.deepEqual(
      enforced.map(({ id }) => id).filter((id) => !refusedOfOwn.has(id)),
      [],
    );
  });

  it("let through what an operator made, what is suppressed, and data that is declared a cache", async () => {
    const owner = { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", name: "orders", uid: "1" };
    assert.deepEqual(warned(await sent(withMetadata({ ownerReferences: [owner] }))), []);
    for (const annotations of [{ "dbops/ignore": "quorum-of-two, data-on-emptydir" }, { "dbops/data": "cache" }])
      assert.deepEqual(warned(await sent(withMetadata({ annotations }))), [], JSON.stringify(annotations));
    assert.deepEqual(warned(await sent(withMetadata({ annotations: { "dbops/ignore": "data-on-hostpath" } }))), [
      "data-on-emptydir",
    ]);
  });

  it("denied, name the rule and the remedy, and an object stored earlier can still be labeled and deleted", async () => {
    const rule = enforced.find(({ id }) => id === "data-on-emptydir");
    assert.ok(rule !== undefined);
    const { url = "", name = "" } = { url: urlOf(badSet), name: badSet.metadata?.name };
    await stored(url, inDefault(badSet));
    const [, binding] = admissionPolicy(rule, { enforcement: "deny", exempt: ["system:serviceaccount:ops:restore"] });
    await stored("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", {
      ...binding,
      metadata: { name: "denies" },
    });
    const create = async (): Promise<{ status: number; message: string }> => {
      const { status, body } = await cluster.api(
        "POST",
        `${url}?dryRun=All`,
        inDefault({ ...badSet, metadata: { name: "other" } }),
      );
      return { status, message: String((body as { message?: string }).message) };
    };
    await until("the policy denies", async () => (await create()).status === 422);
    assert.match((await create()).message, /denied request: data-on-emptydir: .* Put the data on a claim/);
    const labels = { metadata: { labels: { team: "shop" }, finalizers: ["example.com/hold"] } };
    const merge = "application/merge-patch+json";
    assert.equal((await cluster.api("PATCH", `${url}/${name}`, labels, merge)).status, 200);
    await cluster.api("DELETE", `${url}/${name}?propagationPolicy=Foreground`);
    assert.equal((await cluster.api("PATCH", `${url}/${name}`, { metadata: { finalizers: null } }, merge)).status, 200);
    await until("the set is gone", async () => (await cluster.api("GET", `${url}/${name}`)).status === 404);
  });

  /** Warnings for an update of what is stored, which is deleted again. */
  async function changedFrom(former: Plain, object: Plain, url: string): Promise<readonly string[]> {
    const name = former.metadata?.name ?? "x";
    const { status } = await cluster.api("POST", url, inDefault(former));
    if (status !== 201) return [];
    const { warnings } = await cluster.api("PUT", `${url}/${name}?dryRun=All`, inDefault(object));
    await cluster.api("DELETE", `${url}/${name}`);
    await until(`${name} is gone`, async () => (await cluster.api("GET", `${url}/${name}`)).status === 404);
    return warned(warnings);
  }
});

const withMetadata = (metadata: object): Plain => ({ ...badSet, metadata: { ...badSet.metadata, ...metadata } });

const badSet: Plain = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "orders-db" },
  spec: {
    serviceName: "orders-db",
    selector: { matchLabels: { app: "orders-db" } },
    template: {
      metadata: { labels: { app: "orders-db" } },
      spec: {
        containers: [
          {
            name: "postgres",
            image: "postgres:16.4-bookworm",
            volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }],
          },
        ],
        volumes: [{ name: "data", emptyDir: {} }],
      },
    },
  },
} as Plain;
