import { nameOf } from "../../domain/model/names.ts";
import { listed } from "../../text/listed.ts";
import type { Side } from "../change.ts";
import { mayDeleteClaims } from "../claims.ts";
import { restartOf } from "../restarts.ts";
import { farewells } from "./engines.ts";
import { type Applies, type Procedure, type Step, step } from "./procedure.ts";
import { kubectl, quoted } from "./shell.ts";
import {
  applyNew,
  applyOnFiles,
  backUp,
  claimNamesOf,
  kubectlName,
  pause,
  podsOf,
  replaceByHand,
  resume,
  retain,
} from "./stack.ts";

/** Fewer members of a StatefulSet: they take leave one by one, highest ordinal first, and their claims stay. */
export function scaleDown(before: Side, after: Side, apply: Applies): Procedure | undefined {
  const { resource, database } = before;
  const [from, to] = [resource, after.resource].map(({ workload }) => workload?.replicas.value);
  if (from === undefined || to === undefined || to >= from || database === undefined) return undefined;
  const runner = { resource, replicas: from };
  const pods = podsOf(runner);
  if (pods === undefined) return undefined;
  const run = kubectl(resource);
  const leaving = pods.slice(0, from - to);
  const staying = pods.at(-1) ?? "";
  const left = (claimNamesOf(resource) ?? []).filter((claim) => leaving.some((pod) => claim.endsWith(`-${pod}`)));
  const isDeleting = [resource, after.resource].some((set) => mayDeleteClaims(set, "whenScaled"));
  const farewell = farewells[database.engine];
  const container = database.container === undefined ? "" : ` -c ${quoted(database.container.name)}`;
  const leave = (pod: string): readonly string[] => {
    const inLeaving = farewell?.inLeaving;
    const inStaying = farewell?.inStaying?.replaceAll("#", pod);
    return [
      ...(inLeaving === undefined ? [] : [`${run} exec ${pod}${container} -- sh -c ${quoted(inLeaving)}`]),
      ...(inStaying === undefined ? [] : [`${run} exec ${staying}${container} -- sh -c ${quoted(inStaying)}`]),
    ];
  };
  const steps = leaving.flatMap((pod, index): readonly Step[] => {
    const rest = from - index - 1;
    return [
      ...(farewell === undefined || to === 0
        ? []
        : [
            step(`Take ${pod} out of the cluster`, leave(pod), farewell.says, "let it join again", {
              by: "person",
              check: { commands: [], expects: "the others no longer list it, and hold all data" },
            }),
          ]),
      step(
        `Stop ${pod}`,
        [
          `${run} scale ${kubectlName(resource)} --replicas=${rest}`,
          `${run} wait pod/${pod} --for=delete --timeout=10m`,
        ],
        `${rest === 0 ? "no member is" : rest === 1 ? "1 member is" : `${rest} members are`} left`,
        `${run} scale ${kubectlName(resource)} --replicas=${rest + 1}`,
        {
          check: {
            commands: [`${run} get pods,pvc`],
            expects: `${pod} is gone${left.length > 0 ? ", and its claims are there" : ""}`,
          },
        },
      ),
    ];
  });
  const back = `${run} scale ${kubectlName(resource)} --replicas=${from}`;
  return {
    kind: "scale-down",
    title: `Scale ${nameOf(resource)} down from ${from} to ${to}`,
    outage: to === 0 ? "The database is down from then on." : "Connections to the Pods that go are closed.",
    setup: [],
    steps: [
      backUp(runner, database),
      pause(before),
      ...(isDeleting
        ? [
            step(
              "Keep the claims of the Pods that go",
              [retain(resource)],
              `whenScaled: Delete no longer takes ${listed(left)} along; take the policy out of the new text too, or applying it brings it back`,
              "patch it back to Delete",
              {
                check: {
                  commands: [
                    `${run} get ${kubectlName(resource)} -o 'jsonpath={.spec.persistentVolumeClaimRetentionPolicy}'`,
                  ],
                  expects: "whenScaled is Retain here and in the new text",
                },
              },
            ),
          ]
        : []),
      ...steps,
      ...(to === 0
        ? [applyNew(after, undefined, apply, back)]
        : applyOnFiles(before, after, apply, back, {
            restarts: restartOf(resource, after.resource) === undefined ? [] : replaceByHand(before, after, back),
          })),
      ...(left.length === 0 ? [] : [keepOrDelete(left)]),
      resume(after),
    ],
  };
}

function keepOrDelete(claims: readonly string[]): Step {
  const them = claims.length === 1 ? "it" : "them";
  return step(
    `Decide about ${listed(claims)}`,
    [],
    `nothing: ${claims.length === 1 ? "it stays" : "they stay"}. Scaling up again starts the members with ${them}, as old as the data then is`,
    undefined,
    {
      by: "person",
      check: {
        commands: [],
        expects: `someone has written down until when ${claims.length === 1 ? "it is" : "they are"} kept`,
      },
    },
  );
}
