/**
 * Matches a path with `/` against a glob: `*` and `?` inside a name, `**` across folders, `{a,b}`, `[ab]`, `[!a-c]`. A pattern without
 * `/` matches the name in any folder; one that ends in `/` everything below it, as .gitignore does.
 */
export function matchesGlob(glob: string, path: string): boolean {
  let machine = machines.get(glob);
  if (machine === undefined) {
    if (machines.size > 100) machines.clear();
    machine = compile(glob);
    machines.set(glob, machine);
  }
  return accepts(machine, path);
}

/** All ways through a glob are followed at once: as a regular expression, `*a*a*a*a*b` takes longer than anybody waits. */
interface State {
  readonly edges: { readonly takes: (character: string) => boolean; readonly to: State }[];
  /** Reached without a character. */
  readonly free: State[];
}

interface Machine {
  readonly start: State;
  readonly ends: readonly State[];
}

const machines = new Map<string, Machine>();

const any = (): boolean => true;
const inName = (character: string): boolean => character !== "/";
const isSlash = (character: string): boolean => character === "/";

const state = (): State => ({ edges: [], free: [] });

function compile(glob: string): Machine {
  let pattern = glob.replace(/^\.\//, "");
  if (pattern.endsWith("/")) pattern += "**";
  const isAnywhere = !pattern.replace(/\/\*\*$/, "").includes("/");
  const start = state();
  const end = addPattern(isAnywhere ? addFolders(start) : start, pattern.replace(/^\//, ""));
  // A folder named without a trailing slash covers what lies in it.
  const below = state();
  end.edges.push({ takes: isSlash, to: below });
  below.edges.push({ takes: any, to: below });
  return { start, ends: [end, below] };
}

function addStep(at: State, takes: (character: string) => boolean): State {
  const to = state();
  at.edges.push({ takes, to });
  return to;
}

function addRun(at: State, takes: (character: string) => boolean): State {
  const to = state();
  at.free.push(to);
  to.edges.push({ takes, to });
  return to;
}

/** Any folders, also none. */
function addFolders(at: State): State {
  const behind = addStep(addRun(at, any), isSlash);
  at.free.push(behind);
  return behind;
}

function addPattern(start: State, pattern: string): State {
  let at = start;
  const braces: { readonly opened: State; readonly closed: State }[] = [];
  const beginChoice = ({ opened }: { readonly opened: State }): void => {
    at = state();
    opened.free.push(at);
  };
  const endChoice = ({ closed }: { readonly closed: State }): void => {
    at.free.push(closed);
    at = closed;
  };
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? "";
    const brace = braces.at(-1);
    if (pattern.startsWith("**/", index)) {
      at = addFolders(at);
      index += 2;
    } else if (pattern.startsWith("**", index)) {
      at = addRun(at, any);
      index += 1;
    } else if (character === "*") at = addRun(at, inName);
    else if (character === "?") at = addStep(at, inName);
    else if (character === "{") {
      const opening = { opened: at, closed: state() };
      braces.push(opening);
      beginChoice(opening);
    } else if (character === "}" && brace !== undefined) {
      endChoice(brace);
      braces.pop();
    } else if (character === "," && brace !== undefined) {
      endChoice(brace);
      beginChoice(brace);
    } else if (character === "[" && pattern.indexOf("]", index + 2) > 0) {
      const end = pattern.indexOf("]", index + 2);
      at = addStep(at, setOf(pattern.slice(index + 1, end)));
      index = end;
    } else at = addStep(at, (each) => each === character);
  }
  for (const brace of braces.reverse()) endChoice(brace);
  return at;
}

/** The characters of `[ab]` or `[!a-c]`; none where a range runs backwards: `[z-a]`. */
function setOf(written: string): (character: string) => boolean {
  const isNot = /^[!^]/.test(written);
  const inside = (isNot ? written.slice(1) : written).replace(/[\\^\]]/g, "\\$&");
  try {
    const set = new RegExp(`^[${isNot ? "^/" : ""}${inside}]$`);
    return (character) => set.test(character);
  } catch {
    return () => false;
  }
}

function accepts({ start, ends }: Machine, path: string): boolean {
  let states = withFree([start]);
  for (let index = 0; index < path.length && states.size > 0; index++) {
    const character = path[index] ?? "";
    const reached: State[] = [];
    for (const { edges } of states) for (const { takes, to } of edges) if (takes(character)) reached.push(to);
    states = withFree(reached);
  }
  return ends.some((end) => states.has(end));
}

function withFree(reached: State[]): ReadonlySet<State> {
  const found = new Set<State>();
  for (let each = reached.pop(); each !== undefined; each = reached.pop()) {
    if (found.has(each)) continue;
    found.add(each);
    for (const next of each.free) reached.push(next);
  }
  return found;
}
