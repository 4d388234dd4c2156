import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { SourceFile } from "@dbops/core";
import { toPosix } from "./discover.ts";

/**
 * Renders a kustomization with the real kubectl through a temporary one outside the repository that asks for origin annotations.
 * Gives the rendered set, or why there is none.
 */
export function renderKustomization(folder: string, cwd: string): SourceFile | string {
  const target = path.resolve(cwd, folder);
  if (!existsSync(target)) return `${folder}: no such file or folder`;
  const temporary = realpathSync(mkdtempSync(path.join(tmpdir(), "dbops-")));
  try {
    const relative = toPosix(path.relative(temporary, realpathSync(target)));
    writeFileSync(
      path.join(temporary, "kustomization.yaml"),
      `resources:\n  - ${relative}\nbuildMetadata: [originAnnotations]\n`,
    );
    const text = execFileSync("kubectl", ["kustomize", "--load-restrictor=LoadRestrictionsNone", temporary], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    });
    return new SourceFile(toPosix(target), text, "rendered");
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: string };
    const reason =
      code === "ENOENT"
        ? "kubectl is not installed"
        : (stderr?.trim().split("\n").at(-1) ?? String(error)).replace(/^error: /, "").replaceAll(`${temporary}/`, "");
    return `kubectl kustomize ${folder} failed: ${reason}. Nothing was linted from it.`;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Reads a file for mapping a rendered object back to where it is written. */
export function readOrigin(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
