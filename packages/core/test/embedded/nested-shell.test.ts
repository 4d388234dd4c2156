// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's
import assert from "node:assert/strict";
import type { Command } from "../../src/embedded/command.ts";
import { commandsOf } from "../support/embedded.ts";
import { containerOf } from "../support/workload.ts";

const line = (command: Command | undefined): string => (command?.words ?? []).map(({ raw }) => raw).join(" ");
const dumpOf = (commands: readonly Command[]): Command | undefined =>
  commands.find(({ words }) => /dump/.test(words[0]?.text ?? ""));

describe("a dump that another program starts", () => {
  const lines: readonly (readonly [script: string, lines: readonly string[]])[] = [
    ["timeout 3600 pg_dump shop", ["pg_dump shop"]],
    ["timeout 60 sh -c 'pg_dump shop | gzip'", ["pg_dump shop", "gzip"]],
    ['su - postgres -c "set -e; pg_dump shop > /backup/a; ls"; b', ["set -e", "pg_dump shop", "ls", "b"]],
    ["bash -c 'psql shop'", ["bash -c 'psql shop'"]],
    ["kubectl exec shop-0 -- sh -c 'pg_dump shop | aws s3 cp - s3://b/a'", ["pg_dump shop", "aws s3 cp - s3://b/a"]],
    ["kubectl get pods", ["kubectl get pods"]],
    [`sh -c "sh -c 'pg_dump shop'"`, ["pg_dump shop"]],
    ['sh -c "pg_dump \\"\\$DB\\""', ['pg_dump "$DB"']],
  ];
  for (const [script, expected] of lines) it(script, () => assert.deepEqual(commandsOf(script).map(line), expected));

  it("writes where the text or what is around it says", () => {
    const target = (script: string): string | undefined => dumpOf(commandsOf(script))?.writesTo?.raw;
    assert.equal(target("sh -c 'pg_dump shop > /backup/a'"), "/backup/a");
    assert.equal(target("sh -c 'pg_dump shop' > /backup/a"), "/backup/a");
    assert.equal(target("sh -c 'pg_dump shop > /backup/a' > /backup/log"), "/backup/a");
    assert.equal(target("kubectl exec shop-0 -- sh -c 'pg_dump shop' > /backup/a"), "/backup/a");
    assert.equal(target("kubectl exec shop-0 -- sh -c 'pg_dump shop > /in/the/other'"), undefined);
    const [dump, gzip, tail] = commandsOf("kubectl exec shop-0 -- sh -c 'pg_dump shop | gzip' | cat > /backup/a");
    assert.equal(dump?.feeds, gzip);
    assert.equal(gzip?.feeds, tail);
    assert.equal(tail?.writesTo?.raw, "/backup/a");
  });

  it("has its output in the log only where nothing takes it", () => {
    const isLogged = (script: string): boolean | undefined => dumpOf(commandsOf(script))?.isLogged;
    for (const script of [
      "pg_dump shop",
      "pg_dump shop 2> /backup/log",
      "pg_dump shop >&2",
      "if a; then pg_dump shop; fi",
      "sh -c 'pg_dump shop'",
      "kubectl exec shop-0 -- pg_dump shop",
    ])
      assert.equal(isLogged(script), true, script);
    for (const script of [
      "pg_dump shop > a",
      "pg_dump shop >&3",
      "pg_dump shop | while read -r a; do b; done",
      "{ pg_dump shop; } > a",
      "a=$(pg_dump shop)",
      "exec > /backup/a\npg_dump shop",
      "sh -c 'pg_dump shop > a'",
      "sh -c 'pg_dump shop' > a",
      "sh -c 'exec > a; pg_dump shop'",
      "kubectl exec shop-0 -- sh -c 'pg_dump shop > a'",
    ])
      assert.equal(isLogged(script), false, script);
  });

  it("says in which Pod of which namespace it runs", () => {
    const exec = (script: string): readonly (string | undefined)[] => {
      const { execIn } = dumpOf(commandsOf(script)) ?? {};
      return [execIn?.pod?.raw, execIn?.namespace?.raw];
    };
    assert.deepEqual(exec("kubectl exec -i shop-0 -- pg_dump shop"), ["shop-0", undefined]);
    assert.deepEqual(exec("kubectl -n db exec shop-0 -c pg -- pg_dump shop"), ["shop-0", "db"]);
    assert.deepEqual(exec('kubectl exec --namespace="$NS" "$POD" -- pg_dump shop'), ['"$POD"', '"$NS"']);
    assert.deepEqual(exec("kubectl exec -ndb deploy/shop -- sh -c 'pg_dump shop'"), ["deploy/shop", "db"]);
  });

  it("is found in an argv without a shell too", () => {
    const container = containerOf(
      "command: [kubectl, exec, -n, db, shop-0, --, sh, -c, 'pg_dump shop | gzip > /backup/a']",
    );
    assert.deepEqual(container.commands.map(line), ["pg_dump shop", "gzip"]);
    assert.equal(container.commands[0]?.execIn?.namespace?.text, "db");
  });

  it("ends its script as what starts it does", () => {
    const facts = (script: string): readonly (boolean | undefined)[] => {
      const dump = dumpOf(commandsOf(script));
      return [dump?.decidesExit, dump?.shell?.errexit];
    };
    assert.deepEqual(facts("sh -c 'pg_dump shop'"), [true, false]);
    assert.deepEqual(facts("sh -c 'pg_dump shop; echo'"), [false, false]);
    assert.deepEqual(facts("sh -ec 'pg_dump shop; echo'"), [true, true]);
    assert.deepEqual(facts("sh -ec 'pg_dump shop; echo'; echo"), [false, true]);
    assert.deepEqual(facts("set -e; sh -c 'pg_dump shop'; echo"), [true, false]);
  });

  it("has its place in the text, where that holds no escapes", () => {
    const place = (script: string): string => {
      const { start = 0, end = 0 } = dumpOf(commandsOf(script))?.words[0]?.span ?? {};
      return script.slice(start, end);
    };
    assert.equal(place("sh -c 'set -e; pg_dump shop'"), "pg_dump");
    assert.equal(place('sh -c "a \\"b\\"; pg_dump shop"'), '"a \\"b\\"; pg_dump shop"');
  });

  describe("in a script file in view", () => {
    /** What a container runs whose /scripts are these. */
    const run = (command: string, scripts: Readonly<Record<string, string>>): readonly Command[] => {
      const data = Object.entries(scripts).map(([name, text]) => `  ${name}: ${JSON.stringify(text)}\n`);
      const configMap = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: scripts }\ndata:\n${data.join("")}`;
      const mounts = "volumeMounts: [{ name: scripts, mountPath: /scripts }]";
      const volumes = "[{ name: scripts, configMap: { name: scripts } }]";
      return containerOf(`command: [sh, -c, ${JSON.stringify(command)}], ${mounts}`, volumes, configMap).commands;
    };

    it("is read where the script runs it, with the shell that reads it", () => {
      const scripts = { "job.sh": "#!/bin/bash -e\npg_dump shop | gzip > /backup/a\n" };
      const facts = (command: string): unknown => {
        const dump = dumpOf(run(command, scripts));
        return [dump?.shell?.program, dump?.shell?.errexit, dump?.feeds?.writesTo?.raw];
      };
      assert.deepEqual(facts("apk add bash; /scripts/job.sh"), ["bash", true, "/backup/a"]);
      assert.deepEqual(facts("sh /scripts/job.sh"), ["sh", false, "/backup/a"]);
      assert.deepEqual(facts("bash -e /scripts/job.sh; ls"), ["bash", true, "/backup/a"]);
      assert.deepEqual(facts("set -e; . /scripts/job.sh"), ["sh", true, "/backup/a"]);
      assert.deepEqual(run("/scripts/other.sh; cat /scripts/job.sh", scripts).map(line), [
        "/scripts/other.sh",
        "cat /scripts/job.sh",
      ]);
      assert.deepEqual(run("sh /scripts/a.sh", { "a.sh": "psql shop" }).map(line), ["sh /scripts/a.sh"]);
    });

    it("is read once, also by scripts that run themselves and each other on every line", () => {
      const calling = (name: string): string => `/scripts/${name}\n`.repeat(60);
      const scripts = {
        "a.sh": `${calling("b.sh")}${calling("a.sh")}`,
        "b.sh": calling("c.sh"),
        "c.sh": `${calling("a.sh")}pg_dump shop\n`,
      };
      const commands = run(calling("a.sh"), scripts);
      assert.equal(commands.filter((each) => line(each) === "pg_dump shop").length, 1);
      assert.ok(commands.length < 400, `${commands.length} commands`);
    });
  });
});
