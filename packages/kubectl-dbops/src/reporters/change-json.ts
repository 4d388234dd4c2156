import type { DiffResult, ObjectVerdict } from "@dbops/core";
import { claimsOf, verdictText } from "@dbops/core";
import { reportDocument } from "./json.ts";
import { jsonText, type ReportContext, rangeOf } from "./reporter.ts";

/** The contract of packages/kubectl-dbops/schema/diff.schema.json: that of `lint`, with verdicts and claims. */
export function changeJson(result: DiffResult, context: ReportContext): string {
  const document = {
    ...reportDocument(result, context),
    changedObjects: result.changedObjects,
    verdicts: result.verdicts.map((each) => verdictJson(each, result, context)),
    claims: result.claims.map(({ namespace, name, volume, count, owner, fate, deletedBy, isOfChange }) => ({
      namespace: namespace ?? null,
      name: name ?? null,
      ...(volume === undefined ? {} : { volume, count }),
      owner,
      fate,
      ...(deletedBy === undefined ? {} : { deletedBy }),
      changed: isOfChange,
    })),
  };
  return `${jsonText(document, 2)}\n`;
}

/** One verdict, as `diff` and `plan` write it. */
export function verdictJson(each: ObjectVerdict, result: DiffResult, context: ReportContext): object {
  const { subject, verdict, location, renamedFrom, refused, restart, because, isAccepted } = each;
  return {
    verdict,
    text: verdictText(each, claimsOf(each, result)),
    subject: { ...subject, namespace: subject.namespace ?? null },
    path: context.relative(location.uri),
    ...rangeOf(result, location.uri, location.span),
    accepted: isAccepted,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    ...(because === undefined ? {} : { because }),
    refused: refused.map(({ field, message }) => ({ field, ...message })),
    ...(restart === undefined || verdict !== "restarts"
      ? {}
      : {
          restart: {
            pods: restart.pods ?? null,
            order: restart.ordinals ?? null,
            how: restart.how,
            kept: restart.kept,
          },
        }),
  };
}
