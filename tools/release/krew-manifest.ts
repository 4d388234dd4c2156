import path from "node:path";
import { stringify } from "yaml";
import { archiveName } from "./archives.ts";
import { sha256Of } from "./checksums.ts";
import { executableName } from "./executables.ts";
import type { Platform } from "./node-runtimes.ts";
import { addressOf, type ReleasePlan } from "./plan.ts";

/** The manifest for krew's index; the archives have to lie in the release's folder. https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ */
export function krewManifest(plan: ReleasePlan, platforms: readonly Platform[]): string {
  const manifest = {
    apiVersion: "krew.googlecontainertools.github.com/v1alpha2",
    kind: "Plugin",
    metadata: { name: "dbops" },
    spec: {
      version: `v${plan.version}`,
      homepage: plan.homePage,
      shortDescription: "Lint database manifests",
      description: [
        "Reads Kubernetes manifests the way a database engineer does, and finds what",
        "loses data, does not start, cannot connect or falls over at the next drain,",
        "before it is applied: StatefulSets and their claims, PgBouncer, migrations,",
        "backups, and the resources of database operators. Works offline.",
        "",
      ].join("\n"),
      caveats: [
        "For completion of `kubectl dbops` put a second file on your PATH:",
        "  kubectl dbops completion kubectl > ~/.local/bin/kubectl_complete-dbops",
        "  chmod +x ~/.local/bin/kubectl_complete-dbops",
        "",
      ].join("\n"),
      platforms: platforms.map((platform) => ({
        selector: { matchLabels: { os: platform.os, arch: platform.arch } },
        uri: addressOf(plan, archiveName(platform)),
        sha256: sha256Of(path.join(plan.folder, archiveName(platform))),
        bin: executableName(platform),
      })),
    },
  };
  return stringify(manifest, { lineWidth: 0 });
}
