/** Flags that people know from kubectl and other linters, and how the same is done here. */
const ways: readonly (readonly [flags: readonly string[], way: string])[] = [
  [["-v", "--verbose"], "--debug shows what was read, what belongs together and what was skipped"],
  [["--output-file", "--out"], "-o FORMAT=FILE writes a report to a file"],
  [["--reporter", "--formatter"], "-o FORMAT chooses the format"],
  [["--json", "--sarif", "--junit"], "-o json, -o sarif and -o junit choose the format"],
  [
    ["-n", "--namespace", "-A", "--all-namespaces", "--context", "--kubeconfig"],
    "dbops reads files, not a cluster: kubectl get statefulsets,deployments,services -o yaml | kubectl dbops lint -",
  ],
  [["-l", "--selector"], "name files or folders; overrides in .dbops.yaml apply by label"],
  [
    ["--rule", "--rules", "--only", "--enable", "--check", "--checks", "--include"],
    "--select RULE,… runs only these rules",
  ],
  [
    ["--skip", "--skip-check", "--skip-rules", "--disable", "--exclude-rule"],
    "--ignore RULE,… runs without these rules",
  ],
  [["--severity", "--level"], "--min-severity LEVEL chooses what is shown, --fail-on LEVEL what fails"],
  [["--dry-run"], "--diff shows what --fix would change"],
  [["--fix-unsafe", "--unsafe"], "--fix --unsafe-fixes applies the others too"],
  [["--set", "--chart"], "--helm CHART renders a chart, --values FILE sets its values"],
  [["-r"], "folders are always read recursively"],
  [["--no-fail", "--soft-fail"], "--exit-zero never fails"],
];

/** How to do what a flag of another tool does; undefined: it is none that is known. */
export function wayOf(flag: string): string | undefined {
  return ways.find(([flags]) => flags.includes(flag))?.[1];
}
