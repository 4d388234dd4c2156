import { type ServerImage, serverImages } from "../facts/images.ts";
import { type AdmissionCheck, celText } from "../rule/admission.ts";
import type { AnyRule } from "../rule/rule.ts";
import { oneLine } from "../text/one-line.ts";

/** What the API server does with an object that a policy refuses; `warn` also notes it in the audit log. */
export type Enforcement = "deny" | "warn" | "audit";

export interface PolicyOptions {
  readonly enforcement: Enforcement;
  /** User names that no policy applies to: `system:serviceaccount:postgres-operator:pgo`. */
  readonly exempt: readonly string[];
}

/** A ValidatingAdmissionPolicy or its binding, as plain data of the API. */
export type PolicyObject = { readonly apiVersion: string; readonly kind: string; readonly metadata: { name: string } };

/**
 * The policy and the binding with which an API server from Kubernetes 1.30 on refuses what this rule reports of one object; none: the
 * rule has no such part.
 */
export function admissionPolicy(rule: AnyRule, options: PolicyOptions): readonly PolicyObject[] {
  const { admission } = rule.meta;
  if (admission === undefined) return [];
  const name = `dbops-${rule.id}`;
  const apiVersion = "admissionregistration.k8s.io/v1";
  const variables = variablesOf(admission);
  return [
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicy",
      metadata: { name },
      spec: {
        // A policy that fails must not stop the operation of databases that are there.
        failurePolicy: options.enforcement === "deny" ? "Fail" : "Ignore",
        matchConstraints: { resourceRules: admission.resources.map((each) => resourceRule(each, admission)) },
        matchConditions: matchConditions(rule.id, admission, options),
        ...(variables.length === 0 ? {} : { variables }),
        validations: [{ expression: `!(${admission.refuses})`, message: messageOf(rule), reason: "Invalid" }],
      },
    } as PolicyObject,
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name },
      spec: { policyName: name, validationActions: actions[options.enforcement] },
    } as PolicyObject,
  ];
}

/** Why a rule has no policy; undefined: it has one. */
export function whyNoPolicy(rule: AnyRule): string | undefined {
  if (rule.meta.admission !== undefined) return undefined;
  if (rule.subject === "live") return "it judges what runs: kubectl dbops scan";
  if (rule.subject === "change") return "it compares files with what they were: kubectl dbops diff";
  if (rule.subject === "script" || rule.subject === "migration") return "it reads commands and SQL";
  if (rule.meta.needs !== "file") return "it speaks of what other objects lack";
  if (/^(?:pooler|client|host|workspace|backup)$/.test(rule.subject))
    return "it joins several objects, or reads texts inside them";
  return "no expression says it without false refusals";
}

const actions = { deny: ["Deny"], warn: ["Warn", "Audit"], audit: ["Audit"] } as const;

function resourceRule(resource: string, { operations }: AdmissionCheck): object {
  const [group = "", version = "", plural = ""] = resource.split("/");
  return { apiGroups: [group], apiVersions: [version], operations, resources: [plural] };
}

/** What a denial says: `NAME: SUMMARY REMEDY`, in one line of plain text. */
function messageOf({ id, meta }: AnyRule): string {
  return `${id}: ${oneLine(`${meta.summary} ${meta.remedy}`).replaceAll("`", "")}`;
}

/**
 * Whose objects are judged. The garbage collector takes a finalizer off an object by an update: refused, a deletion would hang for ever,
 * so what is being deleted and what leaves the judged part as it was passes. Measured on Kubernetes 1.36.3.
 */
function matchConditions(
  id: string,
  { part, resources, operations }: AdmissionCheck,
  { exempt }: PolicyOptions,
): object[] {
  const ofPods = resources.filter((each) => podPath(each) === "object.spec.template");
  const annotations = ["object", ...(ofPods.length === resources.length ? ["object.spec.template"] : [])];
  const noAnnotation = (condition: (value: string) => string, key: string): string =>
    annotations
      .map(
        (holder) =>
          `(!has(${holder}.metadata) || !has(${holder}.metadata.annotations) || !(${celText(key)} in ${holder}.metadata.annotations) || ${condition(`${holder}.metadata.annotations[${celText(key)}]`)})`,
      )
      .join(" && ");
  return [
    { name: "alive", expression: "!has(object.metadata.deletionTimestamp)" },
    ...(operations.includes("CREATE") ? [{ name: "changed", expression: changed[part] }] : []),
    // What a controller or an operator made is judged through its owner.
    {
      name: "has-no-owner",
      expression: "!has(object.metadata.ownerReferences) || size(object.metadata.ownerReferences) == 0",
    },
    {
      name: "data-matters",
      expression: noAnnotation((value) => `!(${value} in ['ephemeral', 'cache'])`, "dbops/data"),
    },
    {
      name: "not-suppressed",
      expression: noAnnotation((value) => `!${value}.matches(${celText(`(^|[\\s,])${id}([\\s,]|$)`)})`, "dbops/ignore"),
    },
    {
      name: "not-exempt",
      expression: `!request.userInfo.username.matches(${celText(operatorAccounts)})${exempt.length === 0 ? "" : ` && !(request.userInfo.username in [${exempt.map(celText).join(", ")}])`}`,
    },
  ];
}

/**
 * The service accounts of operators in their own manifests (2026-11): config/rbac of CloudNativePG, manifests of Zalando's operator, deploy/
 * of Percona's operators and of MongoDB's community operator. Zalando's leaves its StatefulSets without an owner unless told otherwise.
 */
const operatorAccounts =
  "^system:serviceaccount:[^:]+:(cnpg-manager|postgres-operator|percona-(postgresql|server-mongodb)-operator|mongodb-kubernetes-operator)$";

const changed: Readonly<Record<AdmissionCheck["part"], string>> = {
  spec: "oldObject == null || object.spec != oldObject.spec",
  annotations:
    "oldObject == null || !has(oldObject.metadata.annotations) || !has(object.metadata.annotations) || object.metadata.annotations != oldObject.metadata.annotations",
  finalizers:
    "oldObject == null || !has(oldObject.metadata.finalizers) || !has(object.metadata.finalizers) || object.metadata.finalizers != oldObject.metadata.finalizers",
};

const podPath = (resource: string): string =>
  resource === "/v1/pods" ? "object" : resource.startsWith("apps/") ? "object.spec.template" : "";

/** The variables that an expression uses, and those that they use, in the order in which they need each other. */
function variablesOf({ resources, refuses }: AdmissionCheck): readonly { name: string; expression: string }[] {
  const all = serverVariables(resources);
  const used = new Set<string>();
  for (const { name, expression } of [...all].reverse()) {
    const texts = [refuses, ...all.filter((each) => used.has(each.name)).map((each) => each.expression)];
    if (texts.some((text) => new RegExp(`\\bvariables\\.${name}\\b`).test(text)) && expression !== "") used.add(name);
  }
  return all.filter(({ name }) => used.has(name));
}

/**
 * What an expression may use of an object with Pods: `pod` (the PodSpec), `servers` (the containers that run a server whose image keeps
 * data unless told otherwise), `hasClaim` (a volume of the Pods outlives them), `dataVolumes` (the volumes that hold the data of a
 * server, as far as image, variables and mounts say so).
 */
function serverVariables(resources: readonly string[]): readonly { name: string; expression: string }[] {
  const [first = ""] = resources;
  const pod = `${podPath(first)}.spec`;
  // A claim template counts, and hides a volume of the same name.
  const template = (condition: string): string =>
    resources.includes("apps/v1/statefulsets")
      ? `has(object.spec.volumeClaimTemplates) && object.spec.volumeClaimTemplates.exists(t, ${condition})`
      : "false";
  return [
    { name: "pod", expression: pod },
    {
      name: "servers",
      expression: `variables.pod.containers.filter(c, has(c.image) && c.image.matches(${imagesOf(kept)}) && ${runsServer})`,
    },
    {
      name: "hasClaim",
      expression: `(has(variables.pod.volumes) && variables.pod.volumes.exists(v, has(v.persistentVolumeClaim))) || (${template("true")})`,
    },
    {
      name: "homes",
      expression: `[${homes().join(",\n")}]`,
    },
    {
      name: "dataVolumes",
      expression: `has(variables.pod.volumes) ? variables.pod.volumes.filter(v, !(${template("t.metadata.name == v.name")}) && variables.servers.exists(c, ${holds("v.name")})) : []`,
    },
  ];
}

const programs = "postgres|mysqld|mariadbd|mongod";
/** The image's own start, or a server's by name: what else runs in it may be a client. */
const runsServer = `(!has(c.command) || size(c.command) == 0 || c.command[0].matches('(^|/)(docker-entrypoint[.]sh|${programs})$')) && (!has(c.args) || size(c.args) == 0 || c.args[0].startsWith('-') || c.args[0].matches('^(${programs})$'))`;

/** A mount holds the directory of a server and no other mount lies inside it; unless a setting or an object that is not here may move it. */
function holds(volume: string): string {
  const inside = (path: string, mount: string): string =>
    `(${path} + '/').startsWith(${mount}.endsWith('/') ? ${mount} : ${mount} + '/')`;
  const written = "has(c.env) && c.env.exists(e, e.name == h[2])";
  return `has(c.volumeMounts) && !(has(c.args) && c.args.exists(a, a.matches('data_directory|datadir|dbpath|config'))) && c.volumeMounts.exists(m, m.name == ${volume} && !has(m.subPathExpr) && variables.homes.exists(h, c.image.matches(h[0]) && (${written} ? c.env.exists(e, e.name == h[2] && has(e.value) && ${inside("e.value", "m.mountPath")}) : !has(c.envFrom) && ${inside("h[1]", "m.mountPath")})) && !c.volumeMounts.exists(o, o.mountPath != m.mountPath && ${inside("o.mountPath", "m.mountPath")}))`;
}

const engines: ReadonlySet<string> = new Set(["postgresql", "mysql", "mariadb", "mongodb"]);
const kept = serverImages.filter(({ engine, dataDirectory }) => engines.has(engine) && dataDirectory !== undefined);

/** An image of one of these repositories; a registry host and `library/` may stand before, a tag that fits, and a digest behind. */
function imagesOf(families: readonly ServerImage[], tag = "(:[^/@]*)?"): string {
  const repositories = families.map(({ pattern }) =>
    pattern.source.replaceAll("\\/", "/").replaceAll("(?:", "(").replaceAll("(^|/)", "(.*/)?").replaceAll(/[$^]/g, ""),
  );
  return celText(`^([^/]*[.:][^/]*/|localhost/)?(library/)?(${repositories.join("|")})${tag}(@.*)?$`);
}

/** Image, directory, and the variable that moves it. Where the directory changed with a major version, the tag has to begin with it. */
function homes(): readonly string[] {
  const byHome = new Map<
    string,
    { readonly home: string; readonly tag: string | undefined; readonly families: ServerImage[] }
  >();
  const add = (family: ServerImage, directory: string, tag?: string): void => {
    const home = [directory, family.dataDirectoryVariable ?? ""].map(celText).join(", ");
    const same = byHome.get(`${home} ${tag}`) ?? { home, tag, families: [] };
    same.families.push(family);
    byHome.set(`${home} ${tag}`, same);
  };
  for (const family of kept) {
    const { dataDirectory = "", newDataDirectory, version } = family;
    if (newDataDirectory === undefined) add(family, dataDirectory);
    else if (version.source.startsWith("^(\\d+)")) {
      const { fromMajor, path } = newDataDirectory;
      add(family, dataDirectory, tagOf(9, fromMajor));
      add(family, path, tagOf(fromMajor, fromMajor + 10));
    }
  }
  return [...byHome.values()].map(({ home, tag, families }) => `[${imagesOf(families, tag)}, ${home}]`);
}

/** A tag that begins with one of these major versions. */
function tagOf(first: number, next: number): string {
  const majors = Array.from({ length: next - first }, (_, index) => first + index);
  return `:(${majors.join("|")})([.-][^/@]*)?`;
}
