const versionKeys =
  /^(helm\.sh\/chart|chart|chart_version|app\.kubernetes\.io\/version|version|appVersion|release-date|git-?(sha|commit|hash)|commit|sha|build|checksum(\/.*)?|.*\/config-hash)$/i;

/** Whether a label is written anew for each release: its key says so, or its value is a variable of one that does. */
export function changesWithRelease(key: string, value: string): boolean {
  if (versionKeys.test(key)) return !/^v?\d+$/.test(value); // `version: v1` names an interface
  return /[$%{][^\w$%{]*\w*(version|tag|sha|commit|build)/i.test(value);
}
