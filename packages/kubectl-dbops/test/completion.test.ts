import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import path from "node:path";
import { whatIfSettings } from "@dbops/core";
import { formats, whatIfNames } from "../src/choices.ts";
import { complete } from "../src/completion/complete.ts";
import { directives, sourcesWith } from "../src/completion/proposals.ts";
import { reporters } from "../src/reporters/index.ts";
import { ruleNames } from "../src/rule-names.ts";
import { verbs } from "../src/verbs.ts";
import { folderWith } from "./support/folder.ts";
import { buildBundle, distFolder } from "./support/kubectl.ts";
import { askCluster, dbops } from "./support/run.ts";

const names = {
  revision: ["main", "release/2026-06", "v1.2.0"],
  context: ["prod", "kind-dev"],
  namespace: ["shop", "shop-test"],
  claim: ["data-db-0"],
};
const sources = sourcesWith((what) => names[what]);
const { anyFile, filesWithExtension, foldersOnly, noFile, noSpace } = directives;
const manifests = ["yaml", "yml", "json"];

/** The words behind `kubectl dbops`, the last one being typed, and what is proposed. */
const cases: readonly (readonly [words: readonly string[], values: readonly string[], directive: number])[] = [
  [["p"], ["plan", "pool", "pvc", "policy"], noFile],
  [["--v"], ["--version"], noFile],
  [["help", "ver"], ["version"], noFile],
  [["help", "lint", ""], [], noFile],
  [["frobnicate", ""], [], noFile],
  [["lint", ""], manifests, filesWithExtension],
  [["lint", "shop/"], manifests, filesWithExtension],
  [["lint", "shop", "--fail-on", "warning", ""], manifests, filesWithExtension],
  [["lint", "--fi"], ["--filename", "--fix"], noFile],
  [["lint", "--fix", "--fi"], ["--filename"], noFile],
  [["lint", "--fix", "--", "--fi"], manifests, filesWithExtension],
  [["lint", "--fail-on", ""], ["error", "warning", "info", "never"], noFile],
  [["lint", "--fail-on", "w"], ["warning"], noFile],
  [["lint", "--fail-on=w"], ["warning"], noFile],
  [["lint", "--fail-on=warning", "--min-severity", "e"], ["error"], noFile],
  [["lint", "--color", ""], ["auto", "always", "never"], noFile],
  [["lint", "--preset="], ["recommended", "all", "ephemeral"], noFile],
  [["lint", "--max-warnings", ""], [], noFile],
  [["lint", "--exclude", ""], [], noFile],
  [["lint", "-o", "s"], ["sarif"], noFile],
  [["lint", "--output=ju"], ["junit"], noFile],
  [["lint", "-o", "sarif=re"], [], anyFile],
  [["lint", "-o", "human", "-o", "sa"], ["sarif"], noFile],
  [["lint", "--baseline", ""], manifests, filesWithExtension],
  [["lint", "--baseline="], [], anyFile],
  [["lint", "-k", ""], [], foldersOnly],
  [["lint", "-c", ""], manifests, filesWithExtension],
  [["lint", "--since", "rel"], ["release/2026-06"], noFile],
  [["lint", "--select", "data-on-empty"], ["data-on-emptydir"], noFile + noSpace],
  [["lint", "--ignore", "data-on-emptydir,data-on-"], ["data-on-emptydir,data-on-hostpath"], noFile + noSpace],
  [["pool", "-o", ""], ["human", "json", "markdown"], noFile],
  [["pool", "--fail-on", ""], ["rollout", "peak", "never"], noFile],
  [["pool", "--what-if", "client."], ["client.replicas=", "client.pool="], noFile + noSpace],
  [["pool", "--what-if", "client.pool="], [], noFile],
  [["ba"], ["backups"], noFile],
  [["backups", "-o", ""], ["human", "json", "markdown"], noFile],
  [["backups", "--require", "r"], ["rpo=", "retention=", "restore-tested="], noFile + noSpace],
  [["explain", "pooler-exceeds"], ["pooler-exceeds-max-connections"], noFile],
  [["explain", "data-on-emptydir", ""], [], noFile],
  [["rules", "data-on-em"], ["data-on-emptydir"], noFile],
  [["rules", "-o", "j"], ["json"], noFile],
  [["new", "db-post"], ["db-postgresql-17", "db-postgresql"], noFile],
  [["new", "db-postgresql", ""], [], noFile],
  [["new", "postgresql", "--set", "na"], ["name="], noFile + noSpace],
  [["new", "db-postgresql", "-o", ""], [], anyFile],
  [["pvc", ""], ["list", "release-plan", "inspect", "protect"], noFile],
  [["pvc", "protect", "data"], ["data-db-0"], noFile],
  [["scan", "--context", ""], ["prod", "kind-dev"], noFile],
  [["scan", "-n", "shop"], ["shop", "shop-test"], noFile],
  [["scan", "-n=shop-"], ["shop-test"], noFile],
  [["scan", "--from", ""], [], anyFile],
  [["pvc", "list", ""], [], noFile],
  [["pvc", "-nshop", "protect", "d"], ["data-db-0"], noFile],
  [["pvc", "-n=shop", "inspect", "--na"], [], noFile],
  [["rbac", "p"], ["pool", "plan", "pvc", "pvc-inspect", "pvc-protect"], noFile],
  [["backups", "--live", "-n", "s"], ["shop", "shop-test"], noFile],
  [["diff", "--li"], ["--live"], noFile],
  [["config", ""], ["verify"], noFile],
  [["config", "verify", ""], manifests, filesWithExtension],
  [["completion", ""], ["bash", "zsh", "fish", "powershell", "kubectl"], noFile],
];

describe("completion", () => {
  for (const [words, values, directive] of cases)
    it(`kubectl dbops ${words.map((word) => word || "''").join(" ")}`, () => {
      const found = complete(words, sources);
      assert.deepEqual(
        found.values.map(([value]) => value),
        values,
      );
      assert.equal(found.directive, directive);
    });

  it("proposes every command, every flag that is not hidden, and every rule, each with what it means", () => {
    const named = (words: readonly string[]): readonly string[] =>
      complete(words, sources).values.map(([value, description]) => {
        assert.match(description, /^[^\n\t]+$/, value);
        return value;
      });
    assert.deepEqual(named([""]), [...verbs.map(({ name }) => name), "help"]);
    for (const verb of verbs) {
      const shown = verb.flags.filter((flag) => flag.hidden !== true);
      assert.deepEqual(named([verb.name, "--"]), [...shown.map(({ name }) => `--${name}`), "--help"]);
    }
    assert.deepEqual(
      named(["explain", ""]),
      ruleNames.map(([id]) => id),
    );
  });

  it("proposes only what the commands accept", async () => {
    const live = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data-db-0", namespace: "shop" },
    };
    const folder = folderWith({ "orders.yaml": "kind: Service\n", "dump/cluster.json": JSON.stringify(live) });
    for (const verb of verbs)
      for (const flag of verb.flags) {
        if (flag.completes === undefined || typeof flag.completes === "string") continue;
        for (const value of flag.completes) {
          const text = value.endsWith("=")
            ? `${value}3${flag.name === "require" ? "d" : ""}`
            : value.endsWith(":")
              ? `${value}Service/orders`
              : value;
          const words: Readonly<Record<string, readonly string[]>> = {
            diff: ["orders.yaml", "orders.yaml"],
            plan: ["orders.yaml", "orders.yaml"],
            explain: ["data-on-emptydir"],
            scan: ["--from=dump"],
            pvc: ["list", "--from=dump"],
          };
          const { err } = await askCluster(folder, [verb.name, `--${flag.name}=${text}`, ...(words[verb.name] ?? [])]);
          // A supposition about what a folder does not have is a mistake of its own.
          assert.doesNotMatch(
            err.replace(/.*: nothing here has .*/, ""),
            /^error/,
            `${verb.name} --${flag.name}=${text}`,
          );
        }
      }
    for (const format of formats) assert.ok(Object.hasOwn(reporters, format));
    const known = Object.entries(whatIfSettings).flatMap(([role, all]) => all.map((each) => `${role}.${each}=`));
    assert.deepEqual([...whatIfNames].sort(), known.sort());
  });

  it("asks the cluster that the line names, as whoever it names, and files where it names files", () => {
    buildBundle();
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data-db-7", namespace: "shop" },
    };
    const folder = folderWith({
      "my dump/claims.json": JSON.stringify(claim),
      // kubectl, as far as completion asks it: its claim is what it was asked with.
      "bin/kubectl": '#!/bin/sh\necho "persistentvolumeclaim/$(echo "$*" | tr " " ,)"\n',
    });
    chmodSync(path.join(folder, "bin/kubectl"), 0o755);
    const proposed = (...words: readonly string[]): string =>
      spawnSync(path.join(distFolder, "kubectl-dbops"), ["__complete", "pvc", ...words, ""], {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: `${folder}/bin:${process.env.PATH}` },
      }).stdout;
    for (const flag of [["-n=shop"], ["-nshop"], ["-n", "shop"], ["--namespace=shop"]])
      assert.match(proposed("inspect", ...flag), /,--namespace,shop\n/, flag.join(" "));
    assert.match(proposed("inspect", "--as", "ada", "--context=prod"), /,--context,prod,--as,ada\n/);
    assert.equal(proposed("inspect", "--from", "my dump"), "data-db-7\n:4\n");
    assert.equal(proposed("inspect", "--from=my dump", "-n"), "shop\n:4\n");
    assert.equal(proposed("inspect", "--from=none"), ":4\n");
  });

  it("says which shells there are", () => {
    const folder = folderWith({});
    assert.deepEqual(dbops(folder, ["completion"]), {
      code: 2,
      out: "",
      err: "error: completion needs a shell: bash, zsh, fish, powershell, kubectl\n",
    });
    assert.deepEqual(dbops(folder, ["completion", "bsh"]), {
      code: 2,
      out: "",
      err: "error: the shell must be one of bash, zsh, fish, powershell, kubectl, not bsh; did you mean bash?\n",
    });
  });
});
