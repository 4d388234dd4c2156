import { assetsDir, type Cluster, start } from "../../kubernetes/start.mjs";

/** A real API server for a suite; where none was built, the suite is skipped with a line that says so, and CI fails. */
export async function startCluster(context: Mocha.Context, options?: Parameters<typeof start>[0]): Promise<Cluster> {
  context.timeout(120_000);
  if (assetsDir() === undefined) {
    if (process.env.CI === "true") throw new Error("no API server: tools/kubernetes/build.sh builds one");
    console.log("      SKIPPED: no API server (tools/kubernetes/build.sh builds one in some minutes)");
    context.skip();
  }
  return start(options);
}
