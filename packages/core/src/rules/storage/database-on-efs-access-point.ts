import type { Database } from "../../domain/model/database.ts";
import { nameOf, serverName } from "../../domain/model/names.ts";
import { dataClassOf } from "../../domain/storage/volumes.ts";
import { userOfImage } from "../../facts/image-users.ts";
import { securityField } from "../../kube/security.ts";
import { defineRule } from "../../rule/rule.ts";
import type { YamlNode } from "../../yaml/node.ts";

export default defineRule({
  id: "database-on-efs-access-point",
  subject: "database",
  meta: {
    summary: "The data of a database is behind an EFS access point of another user.",
    rationale:
      "An access point that the EFS driver makes gives every file to one user and refuses `chown`, even from root. The images of PostgreSQL, MySQL, MariaDB and MongoDB hand their data directory to the server's user as they start and exit; PostgreSQL also refuses to open a directory that another user owns.",
    remedy:
      "Use a class of block storage (`ebs.csi.aws.com`). If it has to be EFS, give the class the server's user: `uid` and `gid` among its parameters; the access points of existing volumes keep theirs.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "no",
    needs: "file",
    references: [
      "https://github.com/kubernetes-sigs/aws-efs-csi-driver/issues/300",
      "https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html",
    ],
    quietWhen:
      "the server's user is not known, may be in the class's range of groups, or the class gives files to root.",
  },
  check(database, { workspace, report }) {
    const { spec, storageClass } = dataClassOf(database, workspace) ?? {};
    if (spec === undefined || storageClass === undefined || storageClass.isUnsettled) return;
    const parameters = storageClass.node.at("parameters");
    if (storageClass.node.string("provisioner") !== "efs.csi.aws.com" || parameters === undefined) return;
    if (parameters.text("provisioningMode") !== "efs-ap") return;
    const user = userThatNeedsItsFiles(database);
    const owner = ownersOf(parameters);
    if (user === undefined || owner === undefined || (owner.first <= user && user <= owner.last)) return;
    const owners =
      owner.first === owner.last ? `user ${owner.first}` : `a user between ${owner.first} and ${owner.last}`;
    report({
      message: `${serverName(database)} of ${nameOf(database.resource)} runs as user ${user} and cannot start on class ${storageClass.name}: its EFS access points give every file to ${owners} and refuse chown.`,
      at: spec.nearest("storageClassName"),
      related: [{ message: "the class", at: parameters.nearest("uid") }],
    });
  },
});

/** The user that has to own the data directory; undefined: not known, or none has to. */
function userThatNeedsItsFiles({ container, engine, image }: Database): number | undefined {
  if (container === undefined || image === undefined) return undefined;
  const written = securityField(container, "runAsUser");
  if (written !== undefined && written.integer() !== 0) return engine === "postgresql" ? written.integer() : undefined;
  return image.isTemplated ? undefined : userOfImage(image.name, image.tag)?.id;
}

/** The users to whom the driver may give the files, its default range where none is written; undefined: root, or filled in later. */
function ownersOf(parameters: YamlNode): { readonly first: number; readonly last: number } | undefined {
  const number = (key: string, otherwise: number): number => {
    const text = parameters.text(key);
    return text === undefined && parameters.at(key) === undefined
      ? otherwise
      : /^\d+$/.test(text ?? "")
        ? Number(text)
        : Number.NaN;
  };
  const uid = number("uid", -1);
  const [first, last] = uid === -1 ? [number("gidRangeStart", 50_000), number("gidRangeEnd", 7_000_000)] : [uid, uid];
  return uid === 0 || Number.isNaN(first + last) ? undefined : { first, last };
}
