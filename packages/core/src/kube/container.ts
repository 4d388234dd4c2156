import type { RunScript } from "../embedded/argv.ts";
import type { Command } from "../embedded/command.ts";
import type { Fact } from "../yaml/fact.ts";
import type { YamlNode } from "../yaml/node.ts";
import type { Settings } from "../yaml/settings.ts";
import type { ImageReference } from "./image.ts";
import type { Volume, Workload } from "./workload.ts";

export interface VolumeMount {
  readonly node: YamlNode;
  readonly name: string;
  readonly mountPath: string;
  readonly subPath: string | undefined;
  readonly isReadOnly: boolean;
  /** undefined: the Pod has no volume of that name. */
  readonly volume: Volume | undefined;
}

export interface ContainerPort {
  readonly node: YamlNode;
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: string;
}

export interface Container {
  readonly name: string;
  /** sidecar: a native one (an init container with restartPolicy Always). */
  readonly role: "main" | "init" | "sidecar";
  readonly node: YamlNode;
  readonly workload: Workload;
  readonly image: ImageReference | undefined;
  /** env and envFrom, `$(VAR)` expanded, joined to ConfigMaps and Secrets in view. Values from Secrets are read, never printed. */
  readonly environment: Settings;
  /** What runs: command and args as argv, also inside `sh -c`; none when the image's own entrypoint runs without arguments. */
  readonly commands: readonly Command[];
  /** False: a script that runs is not in view, or cannot be read. */
  readonly commandsAreComplete: boolean;
  /** The shell script that it runs; undefined: none, or it is not in view. */
  readonly script: RunScript | undefined;
  /** `command` is written: the image's entrypoint does not run. */
  readonly overridesEntrypoint: boolean;
  /** command + args as one argv; a word is undefined where it is known only at run time. */
  readonly argv: readonly Fact<string>[];
  readonly mounts: readonly VolumeMount[];
  readonly ports: readonly ContainerPort[];
  /** The mount whose path is the longest prefix of `path`: where a file at `path` is kept. */
  mountAt(path: string): VolumeMount | undefined;
  /** A file's text when a ConfigMap or Secret in view is mounted there; undefined: not from such a volume, Unknown: not in view. */
  fileAt(path: string): Fact<string> | undefined;
  /** False: a mounted ConfigMap or Secret is not in view, or the text of a file or the path of a mount is not known. */
  readonly filesAreComplete: boolean;
  /** Files that ConfigMaps and Secrets in view place at or below `directory`. */
  filesUnder(directory: string): readonly MountedFile[];
  /** resources.limits / requests in bytes or cores. */
  resource(bound: "limits" | "requests", name: "memory" | "cpu" | "ephemeral-storage"): Fact<number> | undefined;
}

/** A file that a ConfigMap or Secret puts into a container. `content.at` is the value's node: `inside()` finds words of it. */
export interface MountedFile {
  readonly path: string;
  readonly content: Fact<string>;
  readonly node: YamlNode | undefined;
  readonly mount: VolumeMount;
}
