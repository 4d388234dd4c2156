import assert from "node:assert/strict";
import { lintFiles } from "../support/lint.ts";

const database = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: wages-db }
spec:
  serviceName: wages-db
  selector: { matchLabels: { app: wages-db } }
  template:
    metadata: { labels: { app: wages-db } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4-bookworm
          env:
            - name: POSTGRES_PASSWORD
              valueFrom: { secretKeyRef: { name: wages-db, key: password } }
`;
const secret = (key: string, namespace?: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: wages-db${namespace === undefined ? "" : `, namespace: ${namespace}`} }\ndata: { ${key}: eA== }\n`;

/** Whether the Secret that is meant lacks the key. */
const isMissing = (files: Readonly<Record<string, string>>): boolean =>
  lintFiles(files, { requested: ["db/set.yaml"] }).findings.some(({ ruleId }) => ruleId === "secret-key-missing");

describe("an object that a name means", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
    [
      "is the one in the same file",
      { "a/x.yaml": secret("other"), "db/set.yaml": `${database}---\n${secret("password")}` },
      false,
    ],
    [
      "is the one in the same folder",
      { "a/x.yaml": secret("password"), "db/set.yaml": database, "db/x.yaml": secret("other") },
      true,
    ],
    [
      "is the one that shares more of its path",
      { "a/x.yaml": secret("other"), "db/set.yaml": database, "db/secrets/x.yaml": secret("password") },
      false,
    ],
    [
      "of two in one file is the last",
      { "db/set.yaml": `${database}---\n${secret("other")}---\n${secret("password")}` },
      false,
    ],
    [
      "is never in another namespace",
      {
        "db/set.yaml": `${database.replace("name: wages-db }", "name: wages-db, namespace: hr }")}---\n${secret("other", "it")}---\n${secret("password", "hr")}`,
      },
      false,
    ],
  ];
  for (const [name, files, expected] of cases) it(name, () => assert.equal(isMissing(files), expected));
});
