import { describeConnections, poolerInWords, sumInWords } from "../domain/connections/describe-connections.ts";
import type { Topology } from "../domain/model/topology.ts";
import type { Workspace } from "../domain/model/workspace.ts";
import type { Span } from "../text/span.ts";
import { isWritten } from "../yaml/fact.ts";
import { isNode, type Place } from "../yaml/node.ts";
import { describeSchedule } from "./describe-schedule.ts";
import { type LintResult, workspacesOf } from "./result.ts";

/** A few words to show after a value: what it comes to, or a default that decides although nobody wrote it. */
export interface Hint {
  readonly offset: number;
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
}

/** What a value comes to, at the value. */
type Words = Pick<Hint, "text" | "tooltip"> & { readonly at: Place | undefined };

/** The hints in a part of a file: schedules in words, sums of connections, defaults that are not written. `now`: ISO time. */
export function hintsIn(result: LintResult, uri: string, range: Span, now: string): readonly Hint[] {
  const offsetOf = (place: Place | undefined): number | undefined =>
    place === undefined || place.file.uri !== uri || place.span.start < range.start || range.end < place.span.start
      ? undefined
      : endOfWord(place);
  const isHere = (place: Place | undefined): boolean => offsetOf(place) !== undefined;
  const hints = workspacesOf(result, uri)
    .flatMap((workspace) => [
      ...schedulesOf(workspace, now, isHere),
      ...limitsOf(workspace.topology, isHere),
      ...poolersOf(workspace.topology, isHere),
      ...clientsOf(workspace.topology, isHere),
    ])
    .flatMap(({ at, text, tooltip }): readonly Hint[] => {
      const offset = offsetOf(at);
      if (offset === undefined) return [];
      const { concealment } = result;
      return [{ offset, text: concealment.line(text, [uri]), tooltip: concealment.text(tooltip, [uri]) }];
    });
  return [...new Map(hints.map((hint) => [`${hint.offset} ${hint.text}`, hint])).values()];
}

/** The end of the word that a place is in, with its quote; undefined: it is the place of a whole object, where a default would be. */
function endOfWord({ file, span }: Place): number | undefined {
  if (span.start === span.end || file.slice(span).includes("\n")) return undefined;
  const rest = /[^\s"',\]}]*["']?/y;
  rest.lastIndex = span.end;
  return span.end + (rest.exec(file.text)?.[0].length ?? 0);
}

type IsHere = (place: Place | undefined) => boolean;

function schedulesOf({ topology, resources }: Workspace, now: string, isHere: IsHere): readonly Words[] {
  const schedules = [
    ...resources.ofKind("CronJob").map((resource) => ({ resource, at: resource.node.at("spec", "schedule") })),
    ...topology.backups.map(({ resource, schedule }) => ({ resource, at: schedule?.at })),
  ];
  return schedules.flatMap(({ resource: { document }, at }) => {
    if (at === undefined || !isHere(at) || !isNode(at) || document.root === undefined) return [];
    const schedule = describeSchedule(topology, document.root, at, now);
    return schedule === undefined ? [] : [{ at, text: schedule.words, tooltip: schedule.markdown }];
  });
}

/** What the clients of a server add up to, at its limit; else the limit that it has by default, and the directory that its image takes. */
function limitsOf(topology: Topology, isHere: IsHere): readonly Words[] {
  return topology.databases.flatMap((database): readonly Words[] => {
    const most = database.settings.number("max_connections");
    const image = database.image?.node;
    const path = isHere(image) ? database.dataDirectory?.path : undefined;
    const sum = isHere(most?.at) || isHere(image) ? sumInWords(topology.connectionsOf(database)) : undefined;
    const described = most && sum && describeConnections(topology, (place) => place === most.at);
    return [
      ...(most?.value === undefined || described === undefined || sum === undefined
        ? []
        : [
            isWritten(most)
              ? { at: most.at, text: sum, tooltip: described }
              : { at: image, text: `max_connections ${most.value} by default`, tooltip: described },
          ]),
      ...(path?.value === undefined || isWritten(path)
        ? []
        : [
            {
              at: image,
              text: `data in ${path.value}`,
              tooltip: "The data directory of this image, unless a setting moves it.",
            },
          ]),
    ];
  });
}

/** What a pooler opens in all, at the number that says it; else the size that its pools have by default. */
function poolersOf(topology: Topology, isHere: IsHere): readonly Words[] {
  return topology.poolers.flatMap((pooler): readonly Words[] => {
    const size = pooler.routes[0]?.poolSize ?? pooler.settings.number("default_pool_size");
    const at = isWritten(size) ? size?.at : pooler.container?.image?.node;
    const sum = isHere(at) ? poolerInWords(pooler, topology) : undefined;
    const tooltip = size && sum && describeConnections(topology, (place) => place === size.at);
    if (size?.value === undefined || sum === undefined || tooltip === undefined) return [];
    return [{ at, text: isWritten(size) ? sum : `default_pool_size ${size.value} by default`, tooltip }];
  });
}

/** The pool that a client's library opens at a server although nobody wrote its size. */
function clientsOf(topology: Topology, isHere: IsHere): readonly Words[] {
  return topology.clients.flatMap(({ pool, poolFormula }): readonly Words[] => {
    if (isWritten(pool) || !isHere(pool.at)) return [];
    const tooltip = describeConnections(topology, (place) => place === pool.at);
    return tooltip === undefined ? [] : [{ at: pool.at, text: poolFormula, tooltip }];
  });
}
