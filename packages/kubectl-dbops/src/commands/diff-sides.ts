import { existsSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import {
  createProject,
  type DiffInput,
  matchesGlob,
  type Project,
  type RenderedOrigins,
  SourceFile,
} from "@dbops/core";
import { decodeBytes } from "../files/decode.ts";
import { discover, toPosix } from "../files/discover.ts";
import { branchPoint, commitOf, isShallow, repositoryOf, runGit } from "../files/git.ts";
import { renderKustomization } from "../files/kustomize.ts";
import { readNamedFile } from "../files/read-stream.ts";
import { exportTree, readTree, type Snapshot } from "../files/revision.ts";
import { type Io, UsageError } from "../io.ts";
import type { ComparisonRequest, SidesRequest } from "./diff-request.ts";
import { configsAbove, decodeStdin, type LintFiles, projectInput } from "./lint-input.ts";

/** Files under this root are shown with this before their path: `origin/main:`. */
export interface SideLabel {
  readonly root: string;
  readonly label: string;
  /** The commit that has them. */
  readonly commit?: string;
}

/** The two texts, read. */
export interface Sides {
  readonly before: Project;
  readonly after: Project;
  readonly requested: ReadonlySet<string>;
  readonly origins: ReadonlyMap<string, RenderedOrigins>;
  readonly labels: readonly SideLabel[];
  /** The root under which the new text is what a repository has staged; undefined: it is on disk. */
  readonly staged: { readonly root: string; readonly repository: string } | undefined;
  /** One line each: what could not be read. They make the exit code 2. */
  readonly errors: readonly string[];
  /** Files of the new text that are there and could not be read, by their path below its root. */
  readonly unreadFiles: ReadonlySet<string>;
  /** A side, or all that was asked for, is among the errors: what is left would be compared with nothing. */
  readonly isIncomparable: boolean;
  /** One line each: what its reader has to know of the comparison. */
  readonly notes: readonly string[];
  /** Of a cluster: kinds of which the old side may have objects that could not be read. */
  readonly hidden: ReadonlySet<string>;
  /** Of a cluster: whether it has a claim; undefined: manifests are compared. */
  readonly claimIsThere: DiffInput["claimIsThere"];
  /** Removes what was written for the comparison. Until then findings in rendered text find their sources. */
  release(): void;
}

type NewFiles = Pick<SideFiles, "root" | "files" | "configs" | "errors"> & Required<Pick<SideFiles, "holds">>;

export interface SideFiles extends Pick<LintFiles, "root" | "files" | "configs" | "requested" | "errors" | "origins"> {
  /** None of it could be read, which is among the errors. */
  readonly isUnread: boolean;
  /** Whether a path below the root, which is not among the files, is in this text all the same. Default: none is. */
  readonly holds?: (below: string) => boolean;
}

/** Reads both texts. What is wrong with single files is in `errors`, and the others are compared. @throws UsageError */
export function readSides(request: ComparisonRequest, io: Io): Sides {
  const { sides } = request;
  switch (sides.from) {
    case "places":
      return sidesFrom(request, io, readPlace(sides.before, io), readPlace(sides.after, io));
    case "renderings": {
      const [before, after] = [sides.before, sides.after].map((folder) => rendered([folder], request, io, io.cwd));
      if (before === undefined || after === undefined) throw new UsageError("two sides are needed");
      if (sides.before === sides.after) throw new UsageError(`${sides.before} is given twice`);
      return sidesFrom(request, io, before, after);
    }
    case "cluster":
      throw new UsageError("this reads files; --live and --from ask a cluster");
    case "git":
      return sidesInGit(request, sides, io);
  }
}

/** The projects of two sides. */
export function sidesFrom(
  request: ComparisonRequest,
  io: Io,
  before: SideFiles,
  after: SideFiles,
  {
    labels = [],
    staged,
    notes = [],
    hidden = new Set(),
    claimIsThere,
    release = () => {},
  }: Partial<Pick<Sides, "labels" | "staged" | "notes" | "hidden" | "claimIsThere" | "release">> = {},
): Sides {
  const isExcluded = (uri: string): boolean => {
    const label = labels.find(({ root }) => uri.startsWith(`${root}/`));
    const shown = label === undefined ? toPosix(path.relative(io.cwd, uri)) : uri.slice(label.root.length + 1);
    return request.exclude.some((glob) => matchesGlob(glob, shown));
  };
  const configs = after.configs.length > 0 ? after.configs : configsAbove(io);
  const projectOf = (side: SideFiles, own: readonly SourceFile[]): Project => {
    const files = side.files.filter(({ uri }) => !isExcluded(uri));
    const found = { root: side.root, files, configs: own, exclude: [] };
    return createProject(projectInput(request.rules, found, undefined, io));
  };
  // What the new configuration leaves out is left out on both sides.
  const moved = configs.map(({ uri, text }) =>
    uri.startsWith(`${after.root}/`)
      ? new SourceFile(before.root + uri.slice(after.root.length), text)
      : new SourceFile(uri, text),
  );
  const unreadFiles = unreadIn(before, after);
  const unreadErrors = [...unreadFiles]
    .map((below) => toPosix(path.relative(io.cwd, after.root + below)))
    .filter((shown) => !after.errors.some((error) => error.startsWith(`${shown}: `)))
    .map((shown) => `${shown}: not a text file`);
  return {
    before: projectOf(before, moved),
    after: projectOf(after, configs),
    requested: new Set([...before.requested, ...after.requested]),
    origins: new Map([...before.origins, ...after.origins]),
    labels,
    staged,
    errors: [...before.errors, ...after.errors, ...unreadErrors],
    unreadFiles,
    isIncomparable: before.isUnread || after.isUnread,
    notes,
    hidden,
    claimIsThere,
    release,
  };
}

/** Manifests of the old text whose file is in the new one, binary or closed to us: their objects are not gone. */
function unreadIn(before: SideFiles, after: SideFiles): ReadonlySet<string> {
  const read = new Set(after.files.map(({ uri }) => uri.slice(after.root.length)));
  const asked = before.files.filter(({ uri }) => before.requested.has(uri));
  const old = asked.map(({ uri }) => uri.slice(before.root.length));
  return new Set(old.filter((below) => !read.has(below) && after.holds?.(below) === true));
}

/** Whether a file is there that was not read, also under no other name: a folder may be reached through a link first. */
function isUnreadThere(file: string, read: readonly SourceFile[]): boolean {
  if (!existsSync(file) || (isData(file) && isText(file))) return false;
  const real = realpathSync(file);
  const base = path.basename(file);
  return !read.some(({ uri }) => path.basename(uri) === base && existsSync(uri) && realpathSync(uri) === real);
}

/** Of JSON only manifests are read: a file that is none any more holds no object. */
const isData = (file: string): boolean => file.endsWith(".json");

function isText(file: string): boolean {
  try {
    return decodeBytes(readNamedFile(file)) !== undefined;
  } catch {
    return false; // closed to us
  }
}

/** A file, a folder, or stdin; nothing around it counts. */
export function readPlace(place: string, io: Io): SideFiles {
  const none = { configs: [], origins: new Map<string, RenderedOrigins>() };
  const isUnread = ({ files, errors }: Pick<SideFiles, "files" | "errors">): boolean =>
    errors.length > 0 && files.every(({ text }) => text.trim() === "");
  if (place !== "-") {
    const found = discover({ cwd: io.cwd, paths: [place], readsIgnored: true, exclude: [], context: "none" });
    const isFolder = found.root === toPosix(path.resolve(io.cwd, place));
    const holds = (below: string): boolean => isFolder && isUnreadThere(found.root + below, found.files);
    return { ...none, ...found, isUnread: isUnread(found), holds };
  }
  const read = decodeStdin(io, "<stdin>");
  const files = read.text === undefined ? [] : [new SourceFile("<stdin>", read.text, "stdin")];
  const { errors } = read;
  const requested = new Set(["<stdin>"]);
  return { ...none, root: toPosix(io.cwd), files, requested, errors, isUnread: isUnread({ files, errors }) };
}

/** Kustomizations below a folder as kubectl renders them. */
export function rendered(folders: readonly string[], request: ComparisonRequest, io: Io, below: string): SideFiles {
  const files: SourceFile[] = [];
  const errors: string[] = [];
  const origins = new Map<string, RenderedOrigins>();
  for (const folder of folders) {
    io.progress(`kubectl kustomize ${folder}`);
    const found = renderKustomization(folder, request.allowsRemote, { ...io, cwd: below });
    if (typeof found === "string") errors.push(found);
    else {
      files.push(found.file);
      origins.set(found.file.uri, found.origins);
    }
  }
  const requested = new Set([...files, ...[...origins.values()].flatMap((each) => each.files)].map(({ uri }) => uri));
  const isUnread = errors.length > 0; // the other side's rendering would be compared with nothing
  return { root: toPosix(below), files, configs: [], requested, errors, origins, isUnread };
}

function sidesInGit(
  request: ComparisonRequest,
  { since, paths, kustomizations }: Extract<SidesRequest, { from: "git" }>,
  io: Io,
): Sides {
  const repository = repositoryOf(io.cwd, existsSync);
  if (repository === undefined) throw new UsageError("--since and --staged need a git repository; there is none here");
  const name = since === "staged" ? "HEAD" : since;
  const { commit, notes } = commitFor(repository, since);
  const label = `${name}:`;
  const snapshot: Snapshot | undefined = commit === undefined ? undefined : { commit };
  if (kustomizations.length > 0)
    return renderedInGit(request, { repository, snapshot, since, kustomizations, label, notes }, io);
  const root = `${toPosix(repository)}@${name}`;
  const empty = { files: [], configs: [], errors: [], paths: new Set<string>() };
  const old = snapshot === undefined ? empty : readTree(repository, snapshot, root, label);
  const young = since === "staged" ? stagedFiles(repository) : workingFiles(paths, old.paths, repository, io);
  // Paths are named from here, and a path of git from the root.
  const asked = (paths.length === 0 ? ["."] : paths).map((each) =>
    toPosix(path.relative(repository, path.resolve(io.cwd, each))),
  );
  const isAsked = (file: string): boolean =>
    asked.some((each) => each === "" || file === each || file.startsWith(`${each}/`));
  const requestedIn = (files: readonly SourceFile[], base: string): ReadonlySet<string> =>
    new Set(files.flatMap(({ uri }) => (isAsked(uri.slice(base.length + 1)) ? [uri] : [])));
  const origins = new Map<string, RenderedOrigins>();
  const [oldAsked, youngAsked] = [requestedIn(old.files, root), requestedIn(young.files, young.root)];
  const isUnread = young.errors.length > 0 && oldAsked.size + youngAsked.size === 0;
  return sidesFrom(
    request,
    io,
    { ...old, root, origins, requested: oldAsked, isUnread: false },
    { ...young, origins, requested: youngAsked, isUnread, holds: young.holds },
    {
      labels: [{ root, label, ...(commit === undefined ? {} : { commit }) }],
      staged: since === "staged" ? { root: young.root, repository } : undefined,
      notes,
    },
  );
}

function commitFor(
  repository: string,
  since: string,
): { readonly commit: string | undefined; readonly notes: readonly string[] } {
  // Without a first commit all that is staged is new.
  if (since === "staged") return { commit: commitOf(repository, "HEAD"), notes: [] };
  const commit = branchPoint(repository, since);
  const hasMoved = commit === commitOf(repository, since) && commitOf(repository, "HEAD") !== commit;
  const isCut = hasMoved && isShallow(repository) && !isAncestor(repository, commit);
  return {
    commit,
    notes: isCut
      ? [
          `this clone is shallow, and git cannot tell where ${since} and HEAD parted: what others changed in ${since} since then counts as taken back`,
        ]
      : [],
  };
}

function isAncestor(repository: string, commit: string): boolean {
  try {
    runGit(repository, "merge-base", "--is-ancestor", commit, "HEAD");
    return true;
  } catch {
    return false;
  }
}

function stagedFiles(repository: string): NewFiles {
  const root = toPosix(repository);
  const tree = readTree(repository, "index", root, "");
  return { root, ...tree, holds: (below) => !isData(below) && tree.paths.has(below.slice(1)) };
}

/** What is on disk under the repository. A path that is only in the old text is no mistake. */
function workingFiles(paths: readonly string[], oldPaths: ReadonlySet<string>, repository: string, io: Io): NewFiles {
  const found = discover({
    cwd: io.cwd,
    paths: paths.length === 0 ? ["."] : paths,
    readsIgnored: false,
    exclude: [],
    onRead: (count) => io.progress(`reading: ${count} files`),
  });
  const wasThere = (given: string): boolean => {
    const below = toPosix(path.relative(repository, path.resolve(io.cwd, given)));
    return [...oldPaths].some((each) => each === below || each.startsWith(`${below}/`));
  };
  const gone = found.unmatched.filter(wasThere);
  const errors = found.errors.filter((error) => !gone.some((given) => error.startsWith(`${given}: `)));
  const root = toPosix(repository);
  return { ...found, root, errors, holds: (below) => isUnreadThere(root + below, found.files) };
}

interface RenderedInGit {
  readonly repository: string;
  readonly snapshot: Snapshot | undefined;
  readonly since: string;
  readonly kustomizations: readonly string[];
  readonly label: string;
  readonly notes: readonly string[];
}

/** kubectl renders files, so a snapshot is written into a temporary folder. */
function renderedInGit(
  request: ComparisonRequest,
  { repository, snapshot, since, kustomizations, label, notes }: RenderedInGit,
  io: Io,
): Sides {
  const below = toPosix(path.relative(repository, io.cwd));
  const made: string[] = [];
  const written = (each: Snapshot): string => {
    const tree = exportTree(repository, each);
    made.push(path.dirname(tree));
    return tree;
  };
  const release = (): void => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const oldTree = snapshot === undefined ? undefined : written(snapshot);
    const youngTree = since === "staged" ? written("index") : repository;
    // A folder that is new has no old side.
    const old = kustomizations.filter((each) => oldTree !== undefined && existsSync(path.join(oldTree, below, each)));
    const before = rendered(old, request, io, path.join(oldTree ?? repository, below));
    const after = rendered(kustomizations, request, io, path.join(youngTree, below));
    const labels = [
      ...(oldTree === undefined || typeof snapshot !== "object"
        ? []
        : [{ root: toPosix(oldTree), label, commit: snapshot.commit }]),
      ...(since === "staged" ? [{ root: toPosix(youngTree), label: "" }] : []),
    ];
    const staged = since === "staged" ? { root: toPosix(youngTree), repository } : undefined;
    return sidesFrom(request, io, before, after, { labels, staged, notes, release });
  } catch (error) {
    release();
    throw error;
  }
}
