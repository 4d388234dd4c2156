import type { YamlNode } from "../yaml/node.ts";
import { formatSeconds } from "./duration.ts";

/** How long a container may fail a probe after its start. https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/ */
export interface ProbeBudget {
  /** NaN: a number of it is filled in later. */
  readonly seconds: number;
  /** `45 s (initialDelaySeconds 20 + 5 failures x 5 s)`. */
  readonly text: string;
}

export function probeBudget(probe: YamlNode): ProbeBudget {
  const number = (name: string, value: number): number =>
    probe.at(name) === undefined ? value : (probe.integer(name) ?? Number.NaN);
  const delay = number("initialDelaySeconds", 0);
  const failures = number("failureThreshold", 3);
  const period = number("periodSeconds", 10);
  const seconds = delay + failures * period;
  return {
    seconds,
    text: `${formatSeconds(seconds)} (${delay === 0 ? "" : `initialDelaySeconds ${delay} + `}${failures} failures x ${period} s)`,
  };
}
