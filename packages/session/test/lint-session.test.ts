import assert from "node:assert/strict";
import { LintSession } from "../src/index.ts";

const uri = "/repo/db.yaml";
const options = { exclude: [], configFile: undefined };
const today = "2026-11-28";

const database = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders-db
spec:
  serviceName: orders-db
  replicas: 3
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: postgres
          image: postgres:16
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
      volumes:
        - name: data
          emptyDir: {}
`;

function sessionWith(texts: Readonly<Record<string, string>>): LintSession {
  const session = new LintSession("/repo", "folder");
  for (const [name, text] of Object.entries(texts)) session.texts.setDisk(name, text);
  return session;
}
const rulesShown = (session: LintSession, line?: number, requested = uri): readonly string[] =>
  [
    ...(session
      .lint(new Set([requested]), options, today, line === undefined ? undefined : { uri: requested, line })
      .shown.get(requested) ?? []),
  ].map(({ ruleId }) => ruleId);

describe("a session over a folder", () => {
  it("reports what the text holds now, open before disk", () => {
    const session = sessionWith({ [uri]: database });
    assert.ok(rulesShown(session).includes("data-on-emptydir"));
    session.texts.setOpen(uri, database.replace("emptyDir: {}", "persistentVolumeClaim: { claimName: data }"));
    assert.ok(!rulesShown(session).includes("data-on-emptydir"));
    session.texts.setOpen(uri, undefined);
    assert.ok(rulesShown(session).includes("data-on-emptydir"));
  });

  it("holds nothing that another configuration switches off", () => {
    const session = sessionWith({});
    session.texts.setOpen(uri, database);
    assert.ok(rulesShown(session).includes("data-on-emptydir"));
    const typed = database.replace("  replicas: 3\n", "  replicas: 3\n  upd\n");
    session.changed(uri, typed, [{ offset: database.indexOf("  selector"), removed: 0, inserted: "  upd\n".length }]);
    assert.ok(rulesShown(session, 7).includes("data-on-emptydir"));
    session.texts.setDisk("/repo/.dbops.yaml", "rules: { data-on-emptydir: off }\n");
    assert.ok(!rulesShown(session, 7).includes("data-on-emptydir"));
  });

  it("keeps the findings of a document while a line of it is half typed, at the places they moved to", () => {
    const session = sessionWith({});
    session.texts.setOpen(uri, database);
    const before = session.lint(new Set([uri]), options, today).shown.get(uri) ?? [];
    const typed = `# a note\n${database.replace("  replicas: 3\n", "  replicas: 3\n  upd\n")}`;
    session.changed(uri, typed, [
      { offset: database.indexOf("  selector"), removed: 0, inserted: "  upd\n".length },
      { offset: 0, removed: 0, inserted: "# a note\n".length },
    ]);
    const after = session.lint(new Set([uri]), options, today, { uri, line: 8 }).shown.get(uri) ?? [];
    const place = (each: (typeof before)[number]): string => each.ruleId;
    assert.deepEqual(after.map(place), before.map(place));
    const emptyDir = after.find(({ ruleId }) => ruleId === "data-on-emptydir");
    assert.ok(emptyDir !== undefined && typed.slice(emptyDir.location.span.start).startsWith("emptyDir"));
  });

  it("keeps what other documents say while the one that they join with cannot be read", () => {
    const service =
      "apiVersion: v1\nkind: Service\nmetadata: { name: orders }\nspec:\n  selector: { app: orders-db }\n  ports: [{ port: 5432 }]\n";
    const text = `${service}---\n${database}`;
    const session = sessionWith({});
    session.texts.setOpen(uri, text);
    const before = rulesShown(session);
    assert.ok(before.includes("governing-service-missing"), before.join(", "));
    const broken = text.replace("kind: Service", "kind: Service\nmeta");
    session.changed(uri, broken, [{ offset: text.indexOf("\nmetadata"), removed: 0, inserted: "\nmeta".length }]);
    assert.deepEqual(rulesShown(session).toSorted(), [...before, "document-not-yaml"].toSorted());
    const changed = broken.replace("emptyDir: {}", "persistentVolumeClaim: { claimName: data }");
    session.changed(uri, changed, []);
    assert.ok(!rulesShown(session).includes("data-on-emptydir"), "what was repaired meanwhile goes");
    session.changed(uri, changed.replace("\nmeta\n", "\n"), []);
    assert.ok(rulesShown(session).includes("governing-service-missing"));
  });

  it("keeps the last configuration that could be read while a key is half typed", () => {
    const config = "/repo/.dbops.yaml";
    const session = sessionWith({ [uri]: database, [config]: "rules:\n  data-on-emptydir: off\n" });
    assert.ok(!rulesShown(session).includes("data-on-emptydir"));
    session.texts.setOpen(config, "rules:\n  data-on-emptydir: off\n  database-image: [\n");
    assert.ok(!rulesShown(session).includes("data-on-emptydir"));
    const broken = session.lint(new Set([uri]), options, today).shown.get(config) ?? [];
    assert.equal(broken.length, 1);
  });

  it("applies the safe fixes of a file and leaves the others alone", () => {
    const text = database.replace(
      "          volumeMounts:",
      "          env: [{ name: POSTGRES_PORT, value: 5432 }]\n          volumeMounts:",
    );
    const session = sessionWith({ [uri]: text });
    const [file] = session.fixAll(new Set([uri]), options, today, {}).files;
    assert.equal(file?.text, text.replace("value: 5432", 'value: "5432"'));
  });
});
