import type { Unit } from "../domain/model/workspace.ts";
import { namespacesAgree } from "../kube/namespace.ts";
import { append } from "../text/append.ts";
import type { SourceFile } from "../text/source-file.ts";
import type { ManifestDocument } from "../yaml/document.ts";
import { parseSingle } from "../yaml/parse.ts";
import { fluxBuilds } from "./flux.ts";
import { isKustomizationFile, type Kustomization, readKustomization } from "./kustomization.ts";
import { type Build, buildOf } from "./kustomize-build.ts";
import { folderOf, joinPath } from "./paths.ts";

/** A unit and what its kustomizations say of its objects. */
export interface CutUnit extends Unit {
  /** Files whose objects are parts of others: patches, and what belongs to a component that nothing here includes. */
  readonly parts: ReadonlySet<string>;
  /** Patches that were applied to the objects they name. */
  readonly appliedPatches: ReadonlySet<string>;
  /** What the kustomization makes of an object of its files. */
  readonly apply: Build["apply"];
  readonly namespaceMade: Build["namespaceMade"];
  /** `Kind/name` of what a generator of the unit names by a hash of its content. */
  readonly hashed: ReadonlySet<string>;
  /** The kustomization that renders it. */
  readonly origin: SourceFile | undefined;
  /** That one and the bases and components that it reaches, by their files: images, replicas and patches are written there. */
  readonly kustomizations: ReadonlyMap<string, Kustomization>;
  /** The kustomizations that the objects of a file pass through, innermost first. */
  wayOf(uri: string): readonly Kustomization[];
  /** All that is done to the objects of a file on their way, as one text: the same text means the same objects. */
  layersOf(uri: string): string;
}

type Documents = (file: SourceFile) => readonly ManifestDocument[];

/**
 * Cuts files into what is applied together: each kustomization with the files it reaches (a base belongs to each overlay, and to each
 * Kustomization of Flux, that reaches it, and stands alone only when none does), a chart, and any other folder with its sub-folders, unless two of them
 * write the same object: then each sub-folder is its own.
 */
export function cutUnits(files: readonly SourceFile[], documentsOf: Documents): readonly CutUnit[] {
  const ofCluster = files.filter((file) => file.origin === "cluster");
  if (ofCluster.length > 0) {
    const onDisk = files.filter((file) => file.origin !== "cluster");
    return [plain("cluster:", "cluster", ofCluster, documentsOf), ...cutUnits(onDisk, documentsOf)];
  }
  const byUri = new Map(files.map((file) => [file.uri, file]));
  const kustomizations = new Map<string, Kustomization>();
  for (const file of files) {
    if (!isKustomizationFile(file.uri)) continue;
    const kustomization = readKustomization(file);
    if (kustomization !== undefined) kustomizations.set(kustomization.folder, kustomization);
  }
  const charts = new Set(
    files.filter((file) => /(^|\/)Chart\.ya?ml$/.test(file.uri)).map((file) => folderOf(file.uri)),
  );
  const byFlux = fluxBuilds(files, documentsOf, kustomizations);
  const referenced = new Set(
    [...kustomizations.values(), ...byFlux.flatMap(({ top, base }) => [top, base])].flatMap(
      ({ resources, components }) => [...resources, ...components],
    ),
  );
  const taken = new Set<string>();
  const units: CutUnit[] = [];
  const unitOf = (top: Kustomization, build: Build): CutUnit => {
    const patchFiles = patchFilesOf(build);
    const unitFiles = [...objectFilesOf(build), ...patchFiles].flatMap((uri) => byUri.get(uri) ?? []);
    return {
      name: top.folder,
      kind: "kustomization",
      files: unitFiles,
      documents: unitFiles.flatMap(documentsOf),
      parts: top.isComponent ? new Set(unitFiles.map(({ uri }) => uri)) : patchFiles,
      appliedPatches: top.isComponent ? new Set() : patchFiles,
      apply: build.apply,
      namespaceMade: build.namespaceMade,
      hashed: new Set(build.kustomizations.flatMap((each) => each.hashed)),
      origin: top.file,
      kustomizations: new Map(build.kustomizations.map((each) => [each.file.uri, each])),
      wayOf: build.wayOf,
      ...(build.kustomizations.some(mayRewriteValues) ? {} : { nameMade: build.nameMade }),
      layersOf: (uri) =>
        build
          .wayOf(uri)
          .map((each) => layerText(each, byUri))
          .join("\n"),
    };
  };
  for (const kustomization of kustomizations.values()) {
    const build = buildOf(kustomization, kustomizations, byUri);
    for (const uri of [...objectFilesOf(build), ...patchFilesOf(build)]) taken.add(uri);
    if (!referenced.has(kustomization.folder)) units.push(unitOf(kustomization, build));
  }
  for (const { top, base } of byFlux) {
    const all = { get: (folder: string) => (folder === base.folder ? base : kustomizations.get(folder)) };
    units.push(unitOf(top, buildOf(top, all, byUri)));
  }
  const rest = files.filter(
    (file) =>
      file.origin !== "rendered" &&
      !taken.has(file.uri) &&
      !isKustomizationFile(file.uri) &&
      !/(^|\/)(Chart|values[\w.-]*)\.ya?ml$/.test(file.uri),
  );
  const inCharts = new Map([...charts].map((chart) => [chart, [] as SourceFile[]]));
  const loose: SourceFile[] = [];
  for (const file of rest) {
    const chart = nearestChart(file.uri, charts);
    ((chart === undefined ? undefined : inCharts.get(chart)) ?? loose).push(file);
  }
  for (const [chart, own] of inCharts) if (own.length > 0) units.push(plain(chart, "chart", own, documentsOf));
  const stdin = loose.filter((file) => file.origin === "stdin");
  if (stdin.length > 0) units.push(plain(stdin[0]?.uri ?? "<stdin>", "stdin", stdin, documentsOf));
  // Two rendered sets are two environments.
  const rendered = files.filter((file) => file.origin === "rendered");
  for (const file of rendered) units.push(plain(file.uri, "kustomization", [file], documentsOf));
  const onDisk = loose.filter((file) => !stdin.includes(file));
  if (onDisk.length > 0) {
    const parts = cutFolder(commonFolder(onDisk), onDisk, writtenObjects(documentsOf));
    append(
      units,
      parts.map(({ folder, files: own }) => plain(folder, "folder", own, documentsOf)),
    );
  }
  const tested = testedFiles(files);
  if (tested.size === 0) return units;
  return units.map((unit) => ({ ...unit, parts: new Set([...unit.parts, ...tested]) }));
}

/**
 * Files whose objects a test of Kyverno hands to a policy: none of them is applied.
 * https://kyverno.io/docs/kyverno-cli/reference/kyverno_test/
 */
function testedFiles(files: readonly SourceFile[]): ReadonlySet<string> {
  const tests = files.filter(({ uri }) => /(?:^|\/)kyverno-test\.ya?ml$/.test(uri));
  return new Set(
    tests.flatMap((file) => {
      const { root } = parseSingle(file);
      return ["resources", "targetResources"].flatMap((field) =>
        (root?.at(field)?.items() ?? []).flatMap((item) => {
          const path = item.string();
          return path === undefined ? [] : [joinPath(folderOf(file.uri), path)];
        }),
      );
    }),
  );
}

/** Whether it may put names of objects into values. */
function mayRewriteValues({ root }: Kustomization): boolean {
  return ["replacements", "vars", "configurations", "transformers"].some((field) => root.at(field) !== undefined);
}

function patchFilesOf({ kustomizations }: Build): ReadonlySet<string> {
  return new Set(kustomizations.flatMap((each) => each.patchFiles));
}

function objectFilesOf(build: Build): readonly string[] {
  const patchFiles = patchFilesOf(build);
  return [...build.files].filter((uri) => !patchFiles.has(uri));
}

/** The innermost chart that a file lies in. */
function nearestChart(uri: string, charts: ReadonlySet<string>): string | undefined {
  let folder = folderOf(uri);
  while (folder !== "" && !charts.has(folder)) folder = folderOf(folder);
  return charts.has(folder) ? folder : undefined;
}

function plain(name: string, kind: Unit["kind"], files: readonly SourceFile[], documentsOf: Documents): CutUnit {
  return {
    name,
    kind,
    files,
    documents: files.flatMap(documentsOf),
    parts: new Set(),
    appliedPatches: new Set(),
    apply: (object) => object,
    namespaceMade: () => undefined,
    hashed: new Set(),
    origin: undefined,
    kustomizations: new Map(),
    wayOf: () => [],
    layersOf: () => "",
  };
}

/** What a kustomization does to an object, whatever else it lists beside it. */
function layerText({ root, patchFiles }: Kustomization, byUri: ReadonlyMap<string, SourceFile>): string {
  const { resources: _, ...rest } = (root.value ?? {}) as Readonly<Record<string, unknown>>;
  return [JSON.stringify(rest), ...[...patchFiles].map((uri) => byUri.get(uri)?.text ?? "")].join("\n");
}

interface FolderFiles {
  readonly folder: string;
  readonly files: readonly SourceFile[];
}

/** One unit for a folder and what lies below, or, where two sub-folders write the same object, one for each of them. */
function cutFolder(folder: string, files: readonly SourceFile[], objectsOf: WrittenObjects): readonly FolderFiles[] {
  const groups = new Map<string, SourceFile[]>();
  const direct: SourceFile[] = [];
  for (const file of files) {
    // Of the empty folder, which is the file system's root or that of relative names, the first character is passed over either way.
    const slash = file.uri.indexOf("/", folder.length + 1);
    if (slash < 0) direct.push(file);
    else {
      const below = file.uri.slice(0, slash);
      const group = groups.get(below);
      if (group === undefined) groups.set(below, [file]);
      else group.push(file);
    }
  }
  const deeper = [...groups].map(([below, group]) => cutFolder(below, group, objectsOf));
  const own = direct.length === 0 ? [] : [{ folder, files: direct }];
  if (hasConflict([direct, ...groups.values()], objectsOf)) return [...own, ...deeper.flat()];
  // The clash may lie deeper, between two folders of one sub-folder.
  if (deeper.every((parts) => parts.length <= 1)) return [{ folder, files }];
  const together = [...direct, ...deeper.flatMap((parts) => (parts.length === 1 ? (parts[0]?.files ?? []) : []))];
  return [
    ...(together.length === 0 ? [] : [{ folder, files: together }]),
    ...deeper.flatMap((parts) => (parts.length > 1 ? parts : [])),
  ];
}

/** Whether two groups write the same object: kind and name are equal, and their namespaces may be. */
function hasConflict(groups: readonly (readonly SourceFile[])[], objectsOf: WrittenObjects): boolean {
  const written = new Map<string, { readonly group: number; readonly namespace: string | undefined }[]>();
  return groups.some((files, group) =>
    files.some((file) =>
      objectsOf(file).some(({ key, namespace }) => {
        const others = written.get(key);
        if (others === undefined) written.set(key, [{ group, namespace }]);
        else {
          if (others.some((other) => other.group !== group && namespacesAgree(other, { namespace }))) return true;
          others.push({ group, namespace });
        }
        return false;
      }),
    ),
  );
}

type WrittenObjects = (file: SourceFile) => readonly { readonly key: string; readonly namespace: string | undefined }[];

/** The objects that a file writes, found once: every folder above it asks. */
function writtenObjects(documentsOf: Documents): WrittenObjects {
  const found = new Map<SourceFile, ReturnType<WrittenObjects>>();
  return (file) => {
    let objects = found.get(file);
    if (objects === undefined) {
      objects = documentsOf(file).flatMap(({ root }) => {
        const key = objectKey(root?.string("kind"), root?.text("metadata", "name"));
        return key === undefined ? [] : [{ key, namespace: root?.text("metadata", "namespace") }];
      });
      found.set(file, objects);
    }
    return objects;
  };
}

function objectKey(kind: string | undefined, name: string | undefined): string | undefined {
  // Every environment has a Namespace object of the same name without being applied apart.
  return kind === undefined || name === undefined || kind === "Namespace" ? undefined : `${kind}/${name}`;
}

function commonFolder(files: readonly SourceFile[]): string {
  let common = folderOf(files[0]?.uri ?? "").split("/");
  for (const file of files) {
    const parts = folderOf(file.uri).split("/");
    let length = 0;
    while (length < common.length && common[length] === parts[length]) length++;
    common = common.slice(0, length);
  }
  return common.join("/");
}
