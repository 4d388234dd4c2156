import type { ResourceRef } from "../kube/resource.ts";
import type { Span } from "../text/span.ts";
import type { TextEdit } from "../text/text-edit.ts";
import type { PathSegment } from "../yaml/node.ts";

/** Spelled so everywhere: configuration, flags, settings, output. */
export type Severity = "error" | "warning" | "info";

export interface Location {
  readonly uri: string;
  readonly span: Span;
  readonly yamlPath: readonly PathSegment[];
}

/** Another place that a finding speaks of, with what it contributes. */
export interface RelatedLocation extends Location {
  readonly message: string;
}

/** What may be done without asking: see `Fix.safety`. */
export type Safety = "safe" | "unsafe" | "procedure";

/**
 * A repair; all edits or none. `safe`: no Pod restarts, nothing is created or deleted, an existing object accepts it.
 * `unsafe`: says in `consequence` what it causes. `procedure`: no edits, `steps` (Markdown) for a person.
 */
export interface Fix {
  readonly title: string;
  readonly safety: Safety;
  readonly consequence?: string;
  readonly edits: readonly TextEdit[];
  readonly steps?: string;
}

/** What a rule says about a manifest: plain JSON data. */
export interface Finding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  /** What to do in this case; undefined: what the rule's remedy says. Markdown. */
  readonly remedy?: string;
  /** Stable when lines move: hash of rule, path, object and YAML path. */
  readonly fingerprint: string;
  readonly location: Location;
  readonly related: readonly RelatedLocation[];
  readonly subject: ResourceRef | undefined;
  readonly fixes: readonly Fix[];
}
