import { type ArgvRun, commandsOfArgv, type RunScript } from "../embedded/argv.ts";
import type { Command } from "../embedded/command.ts";
import { directoryPath } from "../text/scan.ts";
import { type Fact, known, unknown } from "../yaml/fact.ts";
import type { YamlNode } from "../yaml/node.ts";
import type { Settings } from "../yaml/settings.ts";
import type { Container, ContainerPort, MountedFile, VolumeMount } from "./container.ts";
import { ExpansionRoom, expandVariables, readEnvironment } from "./environment.ts";
import { type ImageReference, readImage } from "./image.ts";
import { type FindObject, filesOfMount, holdsConfiguration } from "./mounted-files.ts";
import { hasPlaceholder, textFact } from "./placeholder.ts";
import { parseQuantity } from "./quantity.ts";
import type { Workload } from "./workload.ts";

/** Reads a container when asked; each part once. */
export class ContainerView implements Container {
  readonly name: string;
  readonly role: Container["role"];
  readonly node: YamlNode;
  readonly workload: Workload;
  readonly image: ImageReference | undefined;
  readonly overridesEntrypoint: boolean;
  readonly #find: FindObject;
  readonly #room = new ExpansionRoom();
  #environment: Settings | undefined;
  #argv: readonly Fact<string>[] | undefined;
  #run: ArgvRun | undefined;
  #mounts: readonly VolumeMount[] | undefined;
  #ports: readonly ContainerPort[] | undefined;
  #files: { readonly files: readonly MountedFile[]; readonly isComplete: boolean } | undefined;

  constructor(node: YamlNode, role: Container["role"], workload: Workload, find: FindObject) {
    this.node = node;
    this.role = role;
    this.workload = workload;
    this.name = node.text("name") ?? "";
    this.image = readImage(node.at("image"));
    this.overridesEntrypoint = (node.at("command")?.items().length ?? 0) > 0;
    this.#find = find;
  }

  get environment(): Settings {
    this.#environment ??= readEnvironment(this.node, this.#find, this.#room);
    return this.#environment;
  }

  get argv(): readonly Fact<string>[] {
    this.#argv ??= this.#readArgv();
    return this.#argv;
  }

  get commands(): readonly Command[] {
    return this.#commandsRun().commands;
  }

  get commandsAreComplete(): boolean {
    return this.#commandsRun().isComplete;
  }

  get script(): RunScript | undefined {
    return this.#commandsRun().script;
  }

  get mounts(): readonly VolumeMount[] {
    this.#mounts ??= (this.node.at("volumeMounts")?.items() ?? []).flatMap((node) => {
      const name = node.text("name");
      const mountPath = node.text("mountPath");
      if (name === undefined || mountPath === undefined) return [];
      const volume = this.workload.volumes.find((candidate) => candidate.name === name);
      const subPath = node.text("subPath") ?? node.text("subPathExpr");
      return [{ node, name, mountPath, subPath, isReadOnly: node.boolean("readOnly") === true, volume }];
    });
    return this.#mounts;
  }

  get ports(): readonly ContainerPort[] {
    this.#ports ??= (this.node.at("ports")?.items() ?? []).flatMap((node) => {
      const number = Number(node.text("containerPort"));
      if (!Number.isInteger(number) || number < 1) return [];
      return [{ node, name: node.text("name"), number, protocol: node.text("protocol") ?? "TCP" }];
    });
    return this.#ports;
  }

  mountAt(path: string): VolumeMount | undefined {
    let best: VolumeMount | undefined;
    for (const mount of this.mounts) {
      const base = directoryPath(mount.mountPath);
      if (path !== base && !path.startsWith(`${base}/`)) continue;
      if (best === undefined || mount.mountPath.length > best.mountPath.length) best = mount;
    }
    return best;
  }

  fileAt(path: string): Fact<string> | undefined {
    const found = this.#mountedFiles().files.find((file) => file.path === path);
    if (found !== undefined) return found.content;
    const mount = this.mountAt(path);
    return mount !== undefined && holdsConfiguration(mount)
      ? unknown(mount.node, "its ConfigMap or Secret is not in view")
      : undefined;
  }

  filesUnder(directory: string): readonly MountedFile[] {
    const base = `${directoryPath(directory)}/`;
    return this.#mountedFiles().files.filter((file) => file.path.startsWith(base) || file.path === directory);
  }

  get filesAreComplete(): boolean {
    return this.#mountedFiles().isComplete;
  }

  resource(bound: "limits" | "requests", name: "memory" | "cpu" | "ephemeral-storage"): Fact<number> | undefined {
    const node = this.node.at("resources", bound, name);
    const text = node?.text();
    if (node === undefined || text === undefined) return undefined;
    const value = parseQuantity(text);
    return value === undefined ? unknown(node, "it is not a quantity yet") : known(value, node);
  }

  #commandsRun(): ArgvRun {
    this.#run ??= commandsOfArgv(this.argv, (path) => this.fileAt(path));
    return this.#run;
  }

  #mountedFiles(): { readonly files: readonly MountedFile[]; readonly isComplete: boolean } {
    if (this.#files === undefined) {
      const parts = this.mounts.map((mount) => filesOfMount(mount, this.#find));
      const names = [
        ...this.mounts.flatMap(({ name, mountPath, subPath = "" }) => [name, mountPath, subPath]),
        ...this.workload.volumes.map(({ name }) => name),
      ];
      this.#files = {
        files: parts.flatMap((part) => part.files),
        isComplete:
          parts.every(({ files, isComplete }) => isComplete && files.every(({ content }) => !("because" in content))) &&
          !names.some(hasPlaceholder),
      };
    }
    return this.#files;
  }

  #readArgv(): readonly Fact<string>[] {
    const words = [...(this.node.at("command")?.items() ?? []), ...(this.node.at("args")?.items() ?? [])];
    if (words.length === 0) return [];
    const values = new Map(this.environment.written().map((setting) => [setting.name, setting.value]));
    return words.map((word) => {
      return expandVariables(textFact(word), values, this.#room);
    });
  }
}
