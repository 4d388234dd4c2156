import type { LeftOut } from "../change/change.ts";
import { kindOf, type Placed } from "../change/pair.ts";
import { mayBeIn, type UnreadDocument } from "../change/unread.ts";
import { nameOf } from "../domain/model/names.ts";
import { type Applier, appliersIn, mayApply } from "../domain/workspace/appliers.ts";
import type { Resource } from "../kube/resource.ts";
import { isKustomizationFile, type Kustomization, kustomizationNames } from "../project/kustomization.ts";
import { apartFrom } from "../project/paths.ts";
import { groupBy } from "../text/group-by.ts";
import type { BuiltUnit } from "./build-workspaces.ts";
import type { ProjectSide } from "./changes.ts";

/** Objects that the new text still has, and that nothing in it applies any more. */
export interface LeftOutObjects {
  /** Those of the old text, with the reason. */
  readonly before: ReadonlyMap<Resource, LeftOut>;
  /** The same of the new text. */
  readonly after: ReadonlySet<Resource>;
  /** Of an object that is gone from one of the places that had it: why, where its file still has it. */
  whyGone(resource: Resource): LeftOut | undefined;
}

/**
 * Finds what was applied and is only a file now: the list of a kustomization lost it, or the Kustomization of Flux or Application of Argo CD that
 * applied its folder is gone. A tool that prunes deletes it. Where something else may apply it (another kustomization, a folder that is filled in
 * later), or the files were rearranged, it counts as applied. `unread`: new documents
 * that could not be read, and may hold what applies it.
 */
export function leftOutObjects(
  old: ProjectSide,
  young: ProjectSide,
  unread: readonly UnreadDocument[],
): LeftOutObjects {
  const [before, after] = [new AppliedText(old), new AppliedText(young)];
  const found = {
    before: new Map<Resource, LeftOut>(),
    after: new Set<Resource>(),
    whyGone: (resource: Resource) => found.before.get(resource) ?? whyGone(resource, before, after),
  };
  if (unread.some(({ text }) => /\bApplication(?:Set)?\b|kustomize\.toolkit\.fluxcd\.io/.test(text))) return found;
  const mayStillBe = mayBeIn(unread);
  // What is left out may be a Kustomization of Flux, and then all that it applies is left out with it.
  for (let size = -1; size !== found.before.size; ) {
    size = found.before.size;
    const gone = goneAppliers(before, after, found.after, mayStillBe);
    const living = after.appliers.filter(({ resource }) => !found.after.has(resource));
    for (const [key, places] of before.places) {
      const reasons = places.map((place) => reasonFor(place, { before, after, gone }));
      const [reason] = reasons;
      if (reason === undefined || reasons.includes(undefined)) continue;
      const now = after.placesNow(key, places);
      const texts = { before, after, living, gone };
      if (now.length === 0 || !now.every((place) => isOrphan(place, places, texts))) continue;
      for (const { resource } of places) found.before.set(resource, reason);
      for (const { resource } of now) found.after.add(resource);
    }
  }
  return found;
}

/** An object with the unit in which it is. */
interface Place extends Placed {
  readonly built: BuiltUnit;
}

/** One text: which kustomization renders what, and who applies which folder. */
class AppliedText {
  readonly side: ProjectSide;
  readonly appliers: readonly Applier[];
  /** By object and file. */
  readonly places: ReadonlyMap<string, readonly Place[]>;
  /** By object, whatever the file. */
  readonly #byName: ReadonlyMap<string, readonly Place[]>;
  readonly #byResource: ReadonlyMap<Resource, readonly [string, Place]>;
  readonly #roots: ReadonlyMap<string, readonly BuiltUnit[]>;
  readonly #files: ReadonlySet<string>;
  readonly #ofRoot = new Map<string, ReadonlyMap<string, Kustomization>>();
  readonly #lists = new Map<Kustomization, ReadonlySet<string>>();

  constructor(side: ProjectSide) {
    this.side = side;
    this.appliers = appliersIn(side.placed.map(({ resource }) => resource));
    const places = side.placed.flatMap((placed): readonly Place[] => {
      const built = side.builtOf(placed.resource);
      return built === undefined || placed.resource.isPartial ? [] : [{ ...placed, built }];
    });
    this.places = groupBy(places, (place) => [`${nameIn(place)} ${place.file}`]);
    this.#byName = groupBy(places, (place) => [nameIn(place)]);
    this.#byResource = new Map(
      [...this.places].flatMap(([key, all]) => all.map((place) => [place.resource, [key, place]] as const)),
    );
    this.#roots = groupBy(side.built, (each) => [this.rootOf(each)]);
    this.#files = new Set(
      side.built.flatMap(({ unit }) => [...unit.kustomizations.keys()].map((uri) => side.below(uri))),
    );
  }

  /** Where an object of the old text is now: in the same file, or else wherever it was moved. */
  placesNow(key: string, old: readonly Place[]): readonly Place[] {
    const [first] = old;
    return this.places.get(key) ?? (first === undefined ? [] : (this.#byName.get(nameIn(first)) ?? []));
  }

  /** Where an object is, with its key among the places. */
  placeOf(resource: Resource): readonly [string, Place] | undefined {
    return this.#byResource.get(resource);
  }

  /** What says of a unit in both texts that it is the same one. */
  rootOf({ unit }: BuiltUnit): string {
    return unit.origin === undefined ? "" : `${this.side.below(unit.origin.uri)} ${this.side.below(unit.name)}`;
  }

  hasRoot(key: string): boolean {
    return this.#roots.has(key);
  }

  /** A kustomization file as the units of a root read it. */
  kustomization(root: string, file: string): Kustomization | undefined {
    let files = this.#ofRoot.get(root);
    if (files === undefined) {
      const all = (this.#roots.get(root) ?? []).flatMap(({ unit }) => [...unit.kustomizations.values()]);
      files = new Map(all.map((each) => [this.side.below(each.file.uri), each]));
      this.#ofRoot.set(root, files);
    }
    return files.get(file);
  }

  hasKustomization(file: string): boolean {
    return this.#files.has(file);
  }

  /** What a kustomization lists, from the root of the text. */
  listOf(kustomization: Kustomization): ReadonlySet<string> {
    let list = this.#lists.get(kustomization);
    if (list === undefined) {
      const { resources, components } = kustomization;
      list = new Set([...resources, ...components].map((uri) => this.side.below(uri)));
      this.#lists.set(kustomization, list);
    }
    return list;
  }

  /** Whether an applier applies the object, as far as it is known; `mayApply` asks whether it might. */
  isAppliedBy({ resource, folder }: Applier, { built, file }: Place): boolean {
    const { unit } = built;
    if (folder === undefined) return false;
    const own = this.side.below(resource.document.file.uri);
    if (unit.kind === "folder") {
      const top = topOf(file, folder, own);
      return top !== undefined && !kustomizationNames.some((name) => this.#files.has(`${top}/${name}`));
    }
    const name = this.side.below(unit.name);
    if (unit.kind !== "kustomization" || topOf(`${name}/`, folder, own) !== name) return false;
    return !isByFlux(built) || unit.origin === resource.document.file;
  }
}

/** The folder as this text has it, seen from a folder above the applier's own file, as the root of a repository is; undefined: the file is not in it. */
function topOf(file: string, folder: string, applier: string): string | undefined {
  for (let at = file.indexOf(`/${folder}/`); at >= 0; at = file.indexOf(`/${folder}/`, at + 1))
    if (applier.startsWith(file.slice(0, at + 1))) return file.slice(0, at + folder.length + 1);
  return undefined;
}

/** An object in both texts. */
const nameIn = ({ resource }: Place): string => `${kindOf(resource)}/${resource.namespace ?? ""}/${resource.name}`;

/** The unit is what a Kustomization of Flux makes of a kustomization. */
function isByFlux({ unit }: BuiltUnit): boolean {
  return unit.origin !== undefined && !isKustomizationFile(unit.origin.uri);
}

interface Texts {
  readonly before: AppliedText;
  readonly after: AppliedText;
}

interface Appliers extends Texts {
  readonly living: readonly Applier[];
  readonly gone: ReadonlyMap<Applier, LeftOut>;
}

/** It is where nothing reaches it, and that place was there before: what is new may be another way of applying it. */
function isOrphan(place: Place, old: readonly Place[], { before, after, living, gone }: Appliers): boolean {
  const { built, file } = place;
  const { unit } = built;
  if (unit.kind !== "kustomization" && unit.kind !== "folder") return false;
  const isNewWay = unit.origin !== undefined && !before.hasKustomization(after.side.below(unit.origin.uri));
  const isMoved = old.every((each) => each.file !== file);
  // Who had an applier has another one, if any; without one, a new place may be applied by hand like the old one.
  if (
    (isNewWay || isMoved) &&
    !old.every((each) => isAppliedByAny(before.appliers, before, each) || isApplier(before, each))
  )
    return false;
  if (living.some((applier) => after.isAppliedBy(applier, place) || mayApply(applier, file))) return false;
  const root = after.rootOf(built);
  if (isByFlux(built) || root === "" || !before.hasRoot(root)) return true;
  // Applied from where it stands, as long as there was someone to do it.
  return old.some((each) => before.rootOf(each.built) === root && isAppliedByAny(gone.keys(), before, each));
}

/** It applies others itself: in a text where appliers are applied by each other. */
function isApplier({ appliers }: AppliedText, { resource }: Place): boolean {
  return appliers.some((each) => each.resource === resource);
}

function isAppliedByAny(appliers: Iterable<Applier>, text: AppliedText, place: Place): boolean {
  for (const applier of appliers) if (text.isAppliedBy(applier, place)) return true;
  return false;
}

/** Why an object of the old text is applied no more; undefined: nothing says so. */
function reasonFor(
  place: Place,
  { before, after, gone }: Texts & { readonly gone: ReadonlyMap<Applier, LeftOut> },
): LeftOut | undefined {
  for (const [applier, reason] of gone) if (before.isAppliedBy(applier, place)) return reason;
  const root = before.rootOf(place.built);
  const way = place.built.unit.wayOf(place.resource.document.file.uri);
  const reached = [place.file, ...way.map(({ folder }) => before.side.below(folder))];
  for (const kustomization of way) {
    const now = after.kustomization(root, before.side.below(kustomization.file.uri));
    if (now === undefined) continue;
    const [listed, left] = [before.listOf(kustomization), after.listOf(now)];
    const lost = reached.find((each) => listed.has(each) && !left.has(each));
    if (lost === undefined) continue;
    const folder = before.side.below(kustomization.folder);
    return {
      because: `kustomization ${folder.slice(1) || "."} no longer lists ${apartFrom(lost, `${folder}/x`) || lost}`,
      at: now.root.nearest("resources"),
    };
  }
  return undefined;
}

/** A file that several kustomizations apply, and one of them not any more. */
function whyGone(resource: Resource, before: AppliedText, after: AppliedText): LeftOut | undefined {
  const [key, place] = before.placeOf(resource) ?? [];
  if (key === undefined || place === undefined || !after.places.has(key)) return undefined;
  const { origin, name } = place.built.unit;
  if (origin === undefined) return undefined;
  if (after.hasRoot(before.rootOf(place.built))) {
    const reason = reasonFor(place, { before, after, gone: new Map() });
    return reason && { ...reason, isShared: true };
  }
  if (isByFlux(place.built)) return undefined;
  return { because: `kustomization ${before.side.below(name).slice(1) || "."} is gone`, at: undefined, isShared: true };
}

/** Those of the old text that are deleted and take along what they applied, or that apply another folder now. */
function goneAppliers(
  before: AppliedText,
  after: AppliedText,
  leftOut: ReadonlySet<Resource>,
  mayStillBe: (object: Placed) => boolean,
): ReadonlyMap<Applier, LeftOut> {
  const isSame = (one: Resource, other: Resource): boolean =>
    one.kind === other.kind && one.name === other.name && one.namespace === other.namespace;
  const placed = new Map(before.side.placed.map((each) => [each.resource, each]));
  return new Map(
    before.appliers.flatMap((applier): readonly (readonly [Applier, LeftOut])[] => {
      const { resource, folder, takesAlong } = applier;
      const now = after.appliers.filter((each) => isSame(each.resource, resource));
      const applying = now.filter((each) => !leftOut.has(each.resource));
      const place = placed.get(resource);
      if (folder === undefined || place === undefined) return [];
      const [other] = applying;
      if (other !== undefined) {
        const isMoved = applying.every((each) => each.folder !== undefined && each.folder !== folder);
        const because = `${nameOf(resource)} applies ${other.folder} and no longer ${folder}`;
        return isMoved ? [[applier, { because, at: other.resource.node.nearest("spec") }]] : [];
      }
      if (!takesAlong || mayStillBe(place)) return [];
      return [[applier, { because: `${nameOf(resource)} is removed with all that it applied`, at: undefined }]];
    }),
  );
}
