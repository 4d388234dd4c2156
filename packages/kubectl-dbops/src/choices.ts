/** What flags take, in the order in which help and completion show it. Whoever reads a flag reads its words here. */
export const severities = ["error", "warning", "info"] as const;
export const severitiesOrNever = [...severities, "never"] as const;
export const presets = ["recommended", "all", "ephemeral"] as const;
export const colors = ["auto", "always", "never"] as const;
export const views = ["file", "folder"] as const;
export const textFormats = ["text", "json"] as const;
/** The formats of `pool`, `backups` and `release`. */
export const tableFormats = ["human", "json", "markdown"] as const;
/** The formats of `plan`. */
export const planFormats = ["human", "markdown", "json", "script"] as const;
/** What `diff --allow` accepts by name, the gravest last. */
export const allowedVerdicts = ["removed", "starts-empty", "does-not-start", "destroys-data", "refused"] as const;
/** What `backups --require` asks for. */
export const requirements = ["rpo=", "retention=", "offsite", "restore-tested="] as const;
/** What `pvc` does; the first is the one to begin with. */
export const claimActions = ["list", "release-plan", "inspect", "protect"] as const;
/** What `rbac` prints a role for. */
export const clusterVerbs = ["scan", "backups", "pool", "diff", "plan", "pvc", "pvc-inspect", "pvc-protect"] as const;
/** What an API server does with what a policy refuses. */
export const enforcements = ["warn", "deny", "audit"] as const;
/** How far a change goes without being made. */
export const dryRuns = ["client", "server"] as const;
/** When `pool` fails. */
export const moments = ["rollout", "peak", "never"] as const;
export const shells = ["bash", "zsh", "fish", "powershell", "kubectl"] as const;

/** The formats of `lint`. */
export const formats = [
  "human",
  "concise",
  "json",
  "jsonl",
  "sarif",
  "github",
  "gitlab",
  "junit",
  "checkstyle",
  "markdown",
  "agent",
] as const;

/** What `pool --what-if` can suppose, without the number; a test compares it with what the core knows. */
export const whatIfNames = [
  "pooler.replicas=",
  "pooler.default_pool_size=",
  "pooler.reserve_pool_size=",
  "pooler.max_db_connections=",
  "client.replicas=",
  "client.pool=",
  "database.max_connections=",
] as const;
