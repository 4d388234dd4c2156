import { fileName } from "../text/scan.ts";
import type { YamlNode } from "../yaml/node.ts";

/** `docker.io/library/postgres:16.4@sha256:…` in parts; nothing is filled in. */
export interface ImageReference {
  readonly node: YamlNode;
  /** As written. */
  readonly text: string;
  /** Registry host and path without tag and digest, as written. */
  readonly repository: string;
  /** Repository without the registry host and without `library/`. */
  readonly name: string;
  readonly registry: string | undefined;
  /** undefined: not written, so `latest`. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** Holds a variable or placeholder (`${TAG}`, `__IMAGE__`): its parts are guesses. */
  readonly isTemplated: boolean;
}

/** A repository has at most 255 characters, a tag 128, a digest some 140. https://github.com/distribution/reference/blob/v0.6.0/reference.go */
const longestReference = 1024;

/**
 * Splits an image reference as container runtimes do.
 * https://github.com/distribution/reference (the first part is a host when it has a dot, a colon or is `localhost`)
 */
export function readImage(node: YamlNode | undefined): ImageReference | undefined {
  const text = node?.string();
  if (node === undefined || text === undefined || text.trim() === "" || text.length > longestReference)
    return undefined;
  const { repository, tag, digest } = splitImage(text);
  // What no registry accepts (`-pxc` in tests of an operator, `IMAGE_PLACEHOLDER`) is filled in by a program too.
  const isTemplated =
    /[${}<>]|%[A-Z_]+%|__[A-Za-z]|\bCHANGE_?ME\b|\bREPLACE/i.test(text) ||
    !/^[a-z0-9]/i.test(text.trim()) ||
    /[A-Z]/.test(fileName(repository));
  const firstSlash = repository.indexOf("/");
  const first = firstSlash < 0 ? "" : repository.slice(0, firstSlash);
  const hasHost = first.includes(".") || first.includes(":") || first === "localhost";
  const path = hasHost ? repository.slice(firstSlash + 1) : repository;
  return {
    node,
    text: text.trim(),
    repository,
    name: path.replace(/^library\//, ""),
    registry: hasHost ? first : undefined,
    tag,
    digest,
    isTemplated,
  };
}

/** The parts of `host:5000/postgres:16@sha256:…`. */
export function splitImage(text: string): Pick<ImageReference, "tag" | "digest"> & { readonly repository: string } {
  const [withoutDigest = "", digest] = text.trim().split("@");
  const slash = withoutDigest.lastIndexOf("/");
  const colon = withoutDigest.indexOf(":", slash + 1);
  const tag = colon < 0 ? "" : withoutDigest.slice(colon + 1);
  return {
    repository: colon < 0 ? withoutDigest : withoutDigest.slice(0, colon),
    tag: tag === "" ? undefined : tag,
    digest,
  };
}

/** `postgres:16` the way people say it, without registry host and digest. */
export function shortImage(image: ImageReference): string {
  const base = fileName(image.name);
  return image.tag === undefined ? base : `${base}:${image.tag}`;
}
