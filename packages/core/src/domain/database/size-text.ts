import { formatBytes } from "../../kube/quantity.ts";
import type { Settings } from "../../yaml/settings.ts";

/** A size in the writer's own unit (`1GB`); a bare number, which counts pages or bytes, as `1Gi`. */
export function sizeText(settings: Settings, name: string): string {
  const written = settings.get(name)?.value?.replaceAll(/["']/g, "").trim() ?? "";
  return /\d\s*[a-z]/i.test(written) ? written : formatBytes(settings.bytes(name)?.value ?? 0);
}
