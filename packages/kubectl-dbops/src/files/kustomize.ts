import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type RemoteReference,
  type RenderedOrigins,
  readRenderedOrigins,
  remoteReferences,
  SourceFile,
} from "@dbops/core";
import type { Io } from "../io.ts";
import { decodeBytes } from "./decode.ts";
import { toPosix } from "./discover.ts";
import { readNamedFile } from "./read-stream.ts";

/** A rendered set, and where its values are written. */
export interface Rendered {
  readonly file: SourceFile;
  readonly origins: RenderedOrigins;
}

/**
 * Renders a kustomization with the real kubectl through a temporary one outside the repository that asks for origin annotations.
 * What would be fetched over a network is refused unless it is allowed. Gives the rendered set, or why there is none.
 */
export function renderKustomization(folder: string, mayFetch: boolean, io: Io): Rendered | string {
  const target = path.resolve(io.cwd, folder);
  if (!existsSync(target)) return `${folder}: no such file or folder`;
  const [remote] = mayFetch ? [] : remoteReferences(toPosix(realpathSync(target)), readSource);
  if (remote !== undefined) return `${told(remote, io.cwd)} Nothing was linted from ${folder}.`;
  const temporary = realpathSync(mkdtempSync(path.join(tmpdir(), "dbops-kustomize-")));
  try {
    const relative = toPosix(path.relative(temporary, realpathSync(target)));
    writeFileSync(
      path.join(temporary, "kustomization.yaml"),
      `resources:\n  - ${JSON.stringify(relative)}\nbuildMetadata: [originAnnotations]\n`,
    );
    const text = execFileSync("kubectl", ["kustomize", temporary], {
      encoding: "utf8",
      env: { ...io.env },
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    });
    const file = new SourceFile(toPosix(target), text, "rendered");
    // Paths in the annotations are relative to the temporary folder, which is gone when they are read.
    const base = toPosix(temporary);
    return {
      file,
      origins: readRenderedOrigins({ file, folder: toPosix(realpathSync(target)), base, read: readSource }),
    };
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: string };
    const reason = code === "ENOENT" ? "kubectl is not installed" : lastWords(stderr ?? String(error), io.cwd);
    return `kubectl kustomize ${folder} failed: ${reason}. Nothing was linted from it.`;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** A remote reference in a sentence. Who may fetch it (a name and token before the @) and its query stay untold. */
function told({ name, file, offset }: RemoteReference, cwd: string): string {
  const place = `${toPosix(path.relative(cwd, file.uri))}:${file.positionAt(offset).line + 1}`;
  if (name === undefined)
    return `${place}: this document cannot be read, so dbops cannot tell what it would fetch over the network; --allow-remote renders it anyway.`;
  const shown = name.replace(/:\/\/[^/@]*@/, "://").replace(/\?.*/s, "");
  return `${place}: ${shown} is remote, and dbops fetches nothing unless told to; --allow-remote lets kubectl fetch it.`;
}

/** What kustomize says went wrong, on one line: without its warnings, the log's frame and the way through the folders that it went. */
function lastWords(stderr: string, cwd: string): string {
  return stderr
    .replace(/^# Warning: .*$/gm, "")
    .replace(/^[EIW]\d{4} \S+ .*?err=[<"]?/m, "")
    .replace(/[>"]\s*$/, "")
    .replaceAll('\\"', '"')
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^error: /, "")
    .replace(/^.*recursed accumulation of path '[^']*': /, "")
    .replaceAll(`${cwd}/`, "")
    .replace(/\.$/, "");
}

function readSource(file: string): SourceFile | undefined {
  try {
    const text = decodeBytes(readNamedFile(file));
    return text === undefined ? undefined : new SourceFile(file, text);
  } catch {
    return undefined; // a folder, or gone: the finding stands at its object
  }
}
