/** The free Bitnami catalogue on Docker Hub keeps `latest` only; versions went to `bitnamilegacy`, without updates. */
export const bitnamiWithdrawal = {
  since: "2025-09",
  source: "https://github.com/bitnami/containers/issues/83267",
} as const;

/** What of an image reference decides it. */
interface WithdrawnCandidate {
  readonly name: string;
  readonly registry: string | undefined;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly isTemplated: boolean;
}

/** A versioned tag of the withdrawn catalogue, or an image of it that has no tags left. */
export function isWithdrawn(image: WithdrawnCandidate): boolean {
  const isBitnami =
    /^bitnami\//.test(image.name) &&
    (image.registry === undefined || image.registry === "docker.io" || image.registry === "index.docker.io");
  if (!isBitnami || image.isTemplated || image.digest !== undefined) return false;
  return image.name === "bitnami/pgbouncer" || (image.tag !== undefined && image.tag !== "latest");
}
