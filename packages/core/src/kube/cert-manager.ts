import { byDefault, type Fact, known, unknown } from "../yaml/fact.ts";
import { keyOf, type YamlNode } from "../yaml/node.ts";
import { parseGoDuration } from "./duration.ts";
import { namespacesAgree } from "./namespace.ts";
import { hasPlaceholder } from "./placeholder.ts";
import type { Resource } from "./resource.ts";
import type { ResourceIndex } from "./resource-index.ts";

/** How long a Certificate of cert-manager is valid, and how long before its end it is replaced; seconds. */
export interface CertificateLife {
  readonly lasts: Fact<number>;
  readonly renewedBefore: Fact<number>;
}

/** cert-manager's default: 90 days, renewed when a third of them is left. Checked in pkg/util/pki/renewaltime.go, 2026-08. */
const standardLife = 90 * 86_400;

/** https://cert-manager.io/docs/usage/certificate/#issuance-triggers */
export function lifeOf({ node }: Resource): CertificateLife {
  const spec = node.nearest("spec");
  const at = keyOf(spec);
  const lasts = secondsOf(spec.at("duration")) ?? byDefault(standardLife, at);
  const windows = spec.at("renewal");
  if (windows !== undefined) return { lasts, renewedBefore: unknown(windows, "its renewal follows a plan of its own") };
  const written = secondsOf(spec.at("renewBefore"));
  if (lasts.value === undefined) return { lasts, renewedBefore: unknown(at, "how long it is valid is not known") };
  // A longer one than the life is no order: then the default applies.
  if (written !== undefined && (written.value === undefined || written.value < lasts.value))
    return { lasts, renewedBefore: written };
  const percentage = spec.at("renewBeforePercentage");
  const share = percentage?.integer();
  if (percentage !== undefined && share === undefined)
    return { lasts, renewedBefore: unknown(percentage, "it is filled in later") };
  return {
    lasts,
    renewedBefore:
      percentage === undefined || share === undefined
        ? byDefault(lasts.value / 3, at)
        : known((lasts.value * share) / 100, percentage),
  };
}

function secondsOf(node: YamlNode | undefined): Fact<number> | undefined {
  if (node === undefined) return undefined;
  const seconds = parseGoDuration(node.text() ?? "");
  return seconds === undefined ? unknown(node, "it is filled in later") : known(seconds, node);
}

/** The Certificate that signs another one: that of the Secret with which its issuer signs. undefined: another kind of issuer, or none in view. */
export function caOf(certificate: Resource, resources: ResourceIndex): Resource | undefined {
  const reference = certificate.node.at("spec", "issuerRef");
  const name = reference?.text("name");
  const isForAll = reference?.text("kind") === "ClusterIssuer";
  if (name === undefined || hasPlaceholder(name)) return undefined;
  // A ClusterIssuer has no namespace, and reads its Secret in that of cert-manager.
  const issuer = isForAll
    ? resources.ofKind("ClusterIssuer").find((each) => each.name === name)
    : resources.find("Issuer", name, certificate);
  const secret = issuer?.node.text("spec", "ca", "secretName");
  if (issuer === undefined || secret === undefined) return undefined;
  return resources
    .ofKind("Certificate")
    .find(
      (each) =>
        each.node.text("spec", "secretName") === secret &&
        each.node.boolean("spec", "isCA") === true &&
        (isForAll || namespacesAgree(each, issuer)),
    );
}
