import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Cluster } from "../../kubernetes/start.mjs";

/** CloudNativePG's own code, as tools/cnpg builds it. */
export interface Cnpg {
  /** Gives a server the operator's CRDs, and waits until it serves them. */
  install(cluster: Cluster): Promise<void>;
  /** What the webhooks answer: a refusal, or nothing. Without an old object it is created. */
  admit(changes: readonly { readonly old?: unknown; readonly new: unknown }[]): readonly string[];
}

/** Where nothing was built, the suite is skipped with a line that says so, and CI fails. */
export function findCnpg(context: Mocha.Context): Cnpg {
  const script = fileURLToPath(new URL("../../cnpg/build.sh", import.meta.url));
  const { status, stdout } = spawnSync(script, ["--ready"], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) {
    if (process.env.CI === "true") throw new Error("no CloudNativePG: tools/cnpg/build.sh builds it");
    console.log("      SKIPPED: no CloudNativePG (tools/cnpg/build.sh builds it in some minutes)");
    context.skip();
  }
  const folder = stdout.trim();
  const crds = readdirSync(path.join(folder, "crds")).map((name) => path.join(folder, "crds", name));
  return {
    async install(cluster) {
      const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
      for (const crd of crds) {
        const { status, body } = await cluster.api("POST", collection, readFileSync(crd, "utf8"), "application/yaml");
        if (status !== 201) throw new Error(`${crd}: ${status} ${JSON.stringify(body)}`);
      }
      for (;;) {
        const { body } = await cluster.api("GET", "/apis/postgresql.cnpg.io/v1");
        const { resources = [] } = body as { readonly resources?: readonly { readonly name: string }[] };
        if (resources.filter(({ name }) => !name.includes("/")).length === crds.length) return;
        await new Promise((done) => setTimeout(done, 100));
      }
    },
    admit(changes) {
      const answer = execFileSync(path.join(folder, "admission"), {
        input: JSON.stringify(changes),
        encoding: "utf8",
        stdio: ["pipe", "pipe", "ignore"],
        maxBuffer: 100_000_000,
      });
      return JSON.parse(answer) as readonly string[];
    },
  };
}
