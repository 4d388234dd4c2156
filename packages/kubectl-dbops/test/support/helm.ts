import { existsSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "../../../..");
const folder = path.join(root, ".tools/helm");

/** A PATH with the real helm; what is skipped loudly elsewhere is a failure in CI. */
export function pathWithHelm(context: Mocha.Context): string {
  if (!existsSync(path.join(folder, "helm"))) {
    const install = "GOBIN=$PWD/.tools/helm go install helm.sh/helm/v3/cmd/helm@v3.22.0";
    if (process.env.CI === "true")
      throw new Error(`helm is not installed, and in CI its tests may not be skipped: ${install}`);
    console.log(`      SKIPPED: there is no .tools/helm/helm (${install})`);
    context.skip();
  }
  return `${folder}:${process.env.PATH}`;
}
