import { matchesGlob, type Severity } from "@dbops/core";

/** A level for rules whose id matches a glob, as seen in the editor only. */
interface Customization {
  readonly rule: string;
  readonly severity: Severity | "off" | "upgrade" | "downgrade" | "default";
}

/** What the user set for a file or folder. */
export interface Settings {
  readonly isEnabled: boolean;
  readonly run: "onType" | "onSave";
  readonly configFile: string;
  readonly requireConfiguration: boolean;
  /** The git revision whose databases the folder is compared with; empty: none. */
  readonly changeBase: string;
  readonly exclude: readonly string[];
  readonly isQuiet: boolean;
  readonly fixesAll: boolean;
  /** Again until nothing is left, or once. */
  readonly fixAllMode: "all" | "problems";
  readonly fixAllRules: readonly string[] | undefined;
  /** Whether files that are not open are shown without a command. */
  readonly lintsWorkspace: boolean;
  /** What of the whole workspace is shown; empty: everything. */
  readonly workspaceGlobs: readonly string[];
  /** Milliseconds of one run; 0: never said. */
  readonly timeBudget: { readonly warn: number; readonly error: number };
  readonly disableComment: { readonly enable: boolean; readonly location: "separateLine" | "sameLine" };
  readonly showsDocumentation: boolean;
  readonly showsLenses: boolean;
  readonly showsInlayHints: boolean;
  readonly ignoredSchemes: readonly string[];
  severityOf(ruleId: string, severity: Severity): Severity | undefined;
}

/** What an editor has under `dbops.`: by names with dots, a default where nothing is set. */
export interface SettingsSource {
  get<T>(name: string, otherwise: T): T;
}

export function settingsFrom(read: SettingsSource): Settings {
  const customizations = read.get<readonly Customization[]>("rules.customizations", []);
  const isQuiet = read.get("quiet", false);
  return {
    isEnabled: read.get("enable", true),
    run: read.get("run", "onType"),
    configFile: read.get("configFile", ""),
    changeBase: read.get("change.base", "").trim(),
    requireConfiguration: read.get("requireConfiguration", false),
    exclude: read.get("exclude", []),
    isQuiet,
    fixesAll: read.get("fixAll", true),
    fixAllMode: read.get("codeActionsOnSave.mode", "all"),
    fixAllRules: read.get<readonly string[] | null>("codeActionsOnSave.rules", null) ?? undefined,
    lintsWorkspace: read.get("lintWorkspace", false),
    workspaceGlobs: read.get("lintWorkspaceGlobs", []),
    timeBudget: {
      warn: 4000,
      error: 8000,
      ...read.get<Partial<Settings["timeBudget"]>>("timeBudget.onValidation", {}),
    },
    disableComment: read.get("codeAction.disableRuleComment", { enable: true, location: "separateLine" }),
    showsDocumentation: read.get("codeAction.showDocumentation", { enable: true }).enable,
    showsLenses: read.get("codeLens", true),
    showsInlayHints: read.get("inlayHints.enabled", false),
    ignoredSchemes: read.get("ignoreFileSchemes", ["git", "gitfs"]),
    severityOf: (ruleId, severity) => {
      const shown = customized(customizations, ruleId, severity);
      return isQuiet && shown !== "error" ? undefined : shown;
    },
  };
}

const upwards: readonly Severity[] = ["info", "warning", "error"];

/** The last customization that matches holds. */
function customized(all: readonly Customization[], ruleId: string, severity: Severity): Severity | undefined {
  const found = all.findLast((each) => typeof each.rule === "string" && matchesGlob(each.rule, ruleId));
  const rank = upwards.indexOf(severity);
  switch (found?.severity) {
    case "off":
      return undefined;
    case "upgrade":
      return upwards[Math.min(rank + 1, upwards.length - 1)];
    case "downgrade":
      return upwards[Math.max(rank - 1, 0)];
    case "info":
    case "warning":
    case "error":
      return found.severity;
    default:
      return severity;
  }
}
