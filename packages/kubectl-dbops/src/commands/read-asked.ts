import type { ApiKind, ClusterObjects, UnreadKind } from "../cluster/source.ts";
import type { Arguments } from "../flags.ts";
import { type Io, UsageError } from "../io.ts";
import { masked } from "../masked.ts";
import { didYouMean } from "../meaning.ts";
import type { ClusterExtent } from "../reporters/reporter.ts";
import { namespaceOf, openSource } from "./cluster-request.ts";

/** What the flags ask for of a cluster. */
interface Asked {
  readonly read: ClusterObjects;
  /** undefined: all. */
  readonly namespace: string | undefined;
  /** A kind of it could not be read although it may be. */
  readonly isPartial: boolean;
}

/** Which part of a cluster a verb needs. */
interface Need {
  /** undefined: all that dbops reads. */
  readonly kinds?: readonly ApiKind[];
  /** Whose fields are whose is needed, too. */
  readonly keepsManagers?: true;
  /** That there is nothing is an answer. */
  readonly mayBeEmpty?: true;
}

/** Reads what the flags ask for of a cluster, and says on stderr what of it could not be read. @throws UsageError */
export async function readAsked(args: Arguments, io: Io, need: Need = {}): Promise<Asked> {
  const source = await openSource(args, io);
  const namespace = namespaceOf(args, source);
  const read = await source.read({ namespace, progress: io.progress, ...need });
  io.uninterrupted();
  for (const line of unreadLines(read.unread, namespace)) io.err(`${masked(line)}\n`);
  if (namespace !== undefined) checkNamespace(namespace, read, source.flags);
  if (read.objects.length === 0 && need.mayBeEmpty !== true) {
    sayProblems(read.problems, io);
    throw new UsageError(
      `${namespace === undefined ? "there is" : `namespace ${namespace} has`} nothing to look at: ${source.name}`,
    );
  }
  return { read, namespace, isPartial: read.unread.some(({ reason }) => reason === "failed") };
}

/** How much of a cluster a report is about. */
export function extentOf({ read, namespace }: Pick<Asked, "read" | "namespace">): ClusterExtent {
  return {
    readAt: read.readAt,
    ...(namespace === undefined ? {} : { namespace }),
    unread: [...new Set(read.unread.map(({ kind }) => kind))].sort(),
  };
}

/** What could not be read, on stderr. */
export function sayProblems(problems: readonly string[], io: Io): void {
  for (const problem of problems) io.err(`error: ${masked(problem)}\n`);
}

/** A misspelled namespace is as empty as a good one: where they may be listed, it is said. @throws UsageError */
function checkNamespace(namespace: string, { objects }: ClusterObjects, flags: string): void {
  const names = objects.flatMap(({ kind, metadata }) => (kind === "Namespace" ? [metadata.name] : []));
  if (names.length > 0 && !names.includes(namespace))
    throw new UsageError(
      `there is no namespace ${namespace}${didYouMean(namespace, names, `kubectl get namespaces${flags} lists them`)}`,
    );
}

/** What could not be read, by reason: a line each, whatever the number of kinds. */
export function unreadLines(unread: readonly UnreadKind[], namespace: string | undefined): readonly string[] {
  const kindsOf = (reason: UnreadKind["reason"]): readonly string[] => [
    ...new Set(unread.filter((each) => each.reason === reason).map(({ kind }) => kind)),
  ];
  const forbidden = kindsOf("forbidden");
  const elsewhere = kindsOf("forbidden-elsewhere");
  return [
    ...(forbidden.length === 0
      ? []
      : [`Not allowed to list ${forbidden.join(", ")}: nothing is said about them or about what is missing there.`]),
    ...(elsewhere.length === 0
      ? []
      : [
          `Only those in ${namespace} may be listed of ${elsewhere.join(", ")}: nothing is said about what is missing there.`,
        ]),
    ...unread.flatMap(({ kind, reason, message }) =>
      reason === "failed" ? [`error: ${kind} could not be read: ${message}`] : [],
    ),
  ];
}
