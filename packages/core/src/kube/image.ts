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
  /** Holds `${VAR}`, `{{ }}`, `__X__` or a kustomize placeholder: its parts are guesses. */
  readonly isTemplated: boolean;
}
