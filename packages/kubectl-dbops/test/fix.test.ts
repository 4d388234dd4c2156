import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { SourceFile } from "@dbops/core";
import { prepare } from "../src/files/write.ts";
import { commitAll, folderWith, git, manifestsFolder, shopFolder } from "./support/folder.ts";
import { dbops, lintJson } from "./support/run.ts";

const backup = readFileSync(path.join(manifestsFolder, "backup.yaml"), "utf8");
const orders = readFileSync(path.join(manifestsFolder, "orders.yaml"), "utf8");
const shortGrace = orders.replace("Seconds: 120", "Seconds: 5 # raised after the incident");

/** One rule with one safe fix: the tests of files are not about rules. */
const overlap = ["--select", "backup-runs-overlap"];
const selected = [
  "--select",
  "backup-runs-overlap,claims-deleted-with-statefulset,grace-period-too-short,replicas-do-not-replicate",
];

function read(folder: string, name: string): string {
  return readFileSync(path.join(folder, name), "utf8");
}

describe("--fix", () => {
  it("applies safe fixes only, says what they cause, and reports what is left", () => {
    const folder = folderWith({ "orders.yaml": shortGrace, "backup.yaml": backup });
    const { code, out, err } = dbops(folder, ["lint", ...selected, "--fix"]);
    assert.equal(code, 1);
    assert.equal(read(folder, "backup.yaml"), backup.replace('* * * *"\n', '* * * *"\n  concurrencyPolicy: Forbid\n'));
    assert.equal(read(folder, "orders.yaml"), shortGrace.replace("whenDeleted: Delete", "whenDeleted: Retain"));
    assert.match(err, /^fixed: CronJob orders-dump: Forbid overlapping runs\. Takes effect with the next run\./m);
    assert.match(err, /^fixed: StatefulSet orders-db: Set whenDeleted to Retain\./m);
    assert.doesNotMatch(out, /backup-runs-overlap|claims-deleted/);
    assert.match(out, /^orders\.yaml:18:13 {2}error {2}replicas-do-not-replicate {2}\[steps\]$/m);
    assert.match(out, /grace-period-too-short/);
  });

  it("applies what restarts Pods with --unsafe-fixes too, keeps comments, and says what that causes", () => {
    const folder = folderWith({ "orders.yaml": shortGrace });
    const { err } = dbops(folder, ["lint", "--fix", "--unsafe-fixes"]);
    assert.match(
      read(folder, "orders.yaml"),
      /^ {6}terminationGracePeriodSeconds: \d{3} # raised after the incident$/m,
    );
    assert.match(err, /^fixed: StatefulSet orders-db: .*[Rr]estarts every instance/m);
  });

  it("does nothing with --unsafe-fixes alone", () => {
    const folder = folderWith({ "orders.yaml": shortGrace });
    const { code, err } = dbops(folder, ["lint", "--unsafe-fixes"]);
    assert.deepEqual([code, err], [2, "error: --unsafe-fixes requires --fix or --diff\n"]);
    assert.equal(read(folder, "orders.yaml"), shortGrace);
  });

  it("changes nothing the second time", () => {
    const folder = shopFolder();
    dbops(folder, ["lint", "--fix", "--unsafe-fixes"]);
    const first = read(folder, "orders.yaml") + read(folder, "backup.yaml");
    assert.equal(dbops(folder, ["lint", "--fix", "--unsafe-fixes"]).err, "");
    assert.equal(read(folder, "orders.yaml") + read(folder, "backup.yaml"), first);
  });

  it("fixes what was asked for and leaves its neighbours, suppressed findings and other rules alone", () => {
    const folder = shopFolder();
    dbops(folder, ["lint", "--fix", "backup.yaml"]);
    assert.equal(read(folder, "orders.yaml"), orders);
    dbops(folder, ["lint", "--fix", "--ignore", "claims-deleted-with-statefulset"]);
    assert.equal(read(folder, "orders.yaml"), orders);
    const silent = orders.replace(
      "    whenDeleted: Delete",
      "    whenDeleted: Delete # dbops-disable-line claims-deleted-with-statefulset -- a cache",
    );
    writeFileSync(path.join(folder, "orders.yaml"), silent);
    dbops(folder, ["lint", "--fix"]);
    assert.equal(read(folder, "orders.yaml"), silent);
  });

  it("leaves a broken document as it is, and fixes the others of the file", () => {
    const folder = folderWith({ "all.yaml": `${backup}---\nkind: Service\nspec: [\n---\n${orders}` });
    dbops(folder, ["lint", "--fix"]);
    const fixed = read(folder, "all.yaml");
    assert.match(fixed, /concurrencyPolicy: Forbid/);
    assert.match(fixed, /\n---\nkind: Service\nspec: \[\n---\n/);
    assert.match(fixed, /whenDeleted: Retain/);
  });

  it("never touches stdin or what kustomize rendered, and says so", () => {
    const folder = folderWith({ "backup.yaml": backup, "kustomization.yaml": "resources: [backup.yaml]\n" });
    const k = dbops(folder, ["lint", "-k", ".", "--fix"]);
    assert.deepEqual(
      [k.code, k.err],
      [2, "error: -k lints what kustomize renders, which --fix cannot change; fix the files themselves\n"],
    );
    const stdin = dbops(folder, ["lint", "-", "--stdin-filename", "backup.yaml", "--fix"], { stdin: backup });
    assert.deepEqual(
      [stdin.code, stdin.err],
      [2, "error: --fix writes files, and stdin is not a file; --diff shows what it would change\n"],
    );
    assert.equal(read(folder, "backup.yaml"), backup);
  });
});

describe("a fixed file", () => {
  const fixed = backup.replace('* * * *"\n', '* * * *"\n  concurrencyPolicy: Forbid\n');
  const encodings: readonly (readonly [what: string, encode: (text: string) => Buffer])[] = [
    ["UTF-8", (text) => Buffer.from(text)],
    ["UTF-8 with a byte order mark", (text) => Buffer.from(`\ufeff${text}`)],
    ["UTF-16, little endian", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16, big endian", (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
    ["UTF-16 without a mark", (text) => Buffer.from(text, "utf16le")],
    ["CRLF line ends", (text) => Buffer.from(text.replaceAll("\n", "\r\n"))],
    ["no line break at the end", (text) => Buffer.from(text.trimEnd())],
    ["letters of every alphabet", (text) => Buffer.from(`# Größe, заказы, 注文, 🐘\n${text}`)],
  ];
  for (const [what, encode] of encodings)
    it(`keeps ${what}`, () => {
      const folder = folderWith({ "backup.yaml": encode(backup) });
      dbops(folder, ["lint", ...overlap, "--fix"]);
      assert.deepEqual(readFileSync(path.join(folder, "backup.yaml")), encode(fixed));
    });

  it("keeps bytes that are no UTF-8, as in an old comment, by not being written at all", () => {
    const latin = Buffer.concat([Buffer.from("# Gr\u00f6\u00dfe\n", "latin1"), Buffer.from(backup)]);
    const folder = folderWith({ "backup.yaml": latin });
    const { code, err } = dbops(folder, ["lint", ...overlap, "--fix"]);
    assert.deepEqual(
      [code, err],
      [2, "error: backup.yaml: not UTF-8, so writing it would change it; the file is unchanged\n"],
    );
    assert.deepEqual(readFileSync(path.join(folder, "backup.yaml")), latin);
  });

  it("keeps its mode", () => {
    for (const mode of [0o600, 0o640, 0o755]) {
      const folder = folderWith({ "backup.yaml": backup });
      chmodSync(path.join(folder, "backup.yaml"), mode);
      dbops(folder, ["lint", ...overlap, "--fix"]);
      assert.equal(read(folder, "backup.yaml"), fixed);
      assert.equal(statSync(path.join(folder, "backup.yaml")).mode & 0o777, mode);
    }
  });

  it("that is a link stays one: what it leads to is fixed, once", () => {
    const folder = folderWith({ "real/backup.yaml": backup });
    symlinkSync("real/backup.yaml", path.join(folder, "link.yaml"));
    dbops(folder, ["lint", ...overlap, "--fix", "link.yaml", "real"]);
    assert.ok(lstatSync(path.join(folder, "link.yaml")).isSymbolicLink());
    assert.equal(read(folder, "real/backup.yaml"), fixed);
  });

  it("leaves no temporary file beside it, and takes away what a killed run left", () => {
    const gone = spawnSync(process.execPath, ["-e", "process.stdout.write(String(process.pid))"], { encoding: "utf8" });
    const abandoned = `.backup.yaml.dbops-${gone.stdout}.tmp`;
    const running = `.backup.yaml.dbops-${process.ppid}.tmp`;
    const folder = folderWith({ "backup.yaml": backup, [abandoned]: "half", [running]: "half" });
    dbops(folder, ["lint", ...overlap, "--fix"]);
    assert.equal(read(folder, "backup.yaml"), fixed);
    assert.deepEqual(readdirSync(folder).toSorted(), [running, "backup.yaml"]);
  });

  const saves: readonly (readonly [how: string, save: (file: string, text: string) => void])[] = [
    ["in place", writeFileSync],
    [
      "by a rename",
      (file, text) => {
        writeFileSync(`${file}~`, text);
        renameSync(`${file}~`, file);
      },
    ],
  ];
  for (const [how, save] of saves)
    it(`that somebody saves ${how} while the new text is written keeps what they saved`, () => {
      const folder = folderWith({ "backup.yaml": backup });
      const uri = path.join(folder, "backup.yaml");
      const prepared = prepare({ before: new SourceFile(uri, backup), after: new SourceFile(uri, fixed) });
      assert.ok(typeof prepared !== "string");
      save(uri, `${backup}# saved\n`);
      assert.equal(prepared.commit(), "it has changed in the meantime");
      assert.equal(read(folder, "backup.yaml"), `${backup}# saved\n`);
      assert.deepEqual(readdirSync(folder), ["backup.yaml"]);
    });

  it("that is read-only is left as it was, named, and the others are fixed", () => {
    const folder = folderWith({ "a.yaml": backup, "b.yaml": backup.replace("orders-dump", "billing-dump") });
    chmodSync(path.join(folder, "a.yaml"), 0o444);
    const { code, err } = dbops(folder, ["lint", ...overlap, "--fix"]);
    assert.equal(code, 2);
    assert.match(err, /^error: a\.yaml: it is read-only; the file is unchanged$/m);
    assert.doesNotMatch(err, /fixed: CronJob orders-dump/);
    assert.match(err, /^fixed: CronJob billing-dump/m);
    assert.equal(read(folder, "a.yaml"), backup);
    assert.match(read(folder, "b.yaml"), /Forbid/);
  });

  it("on a full disk is left whole, and nothing is left beside it", function () {
    const folder = folderWith({});
    const disk = path.join(folder, "disk");
    mkdirSync(disk);
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
    if (mount.status !== 0) {
      console.log("      skipped: a small disk can be mounted only by root, with the right to mount");
      this.skip();
    }
    try {
      const text = `${backup}${"# a comment that fills the disk\n".repeat(1500)}`;
      writeFileSync(path.join(disk, "backup.yaml"), text);
      const { code, err } = dbops(disk, ["lint", ...overlap, "--fix"]);
      assert.deepEqual([code, err], [2, "error: backup.yaml: no space left on the disk; the file is unchanged\n"]);
      assert.equal(read(disk, "backup.yaml"), text);
      assert.deepEqual(readdirSync(disk), ["backup.yaml"]);
      const baseline = '{ "schemaVersion": 1, "findings": [] }\n';
      writeFileSync(path.join(disk, "base.json"), baseline);
      assert.throws(() => writeFileSync(path.join(disk, "filler"), "x".repeat(65536)), /ENOSPC/);
      const report = dbops(disk, ["lint", "--write-baseline=base.json", "-o", "json=report.json"]);
      assert.equal(report.code, 2);
      assert.equal(read(disk, "base.json"), baseline, "an existing baseline is whole");
      assert.ok(!readdirSync(disk).includes("report.json"), "and no half report is left");
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

describe("--diff", () => {
  it("shows what --fix would change, changes nothing, and exits with 1 when there is something", () => {
    const folder = shopFolder();
    const { code, out, err } = dbops(folder, ["lint", ...selected, "--diff"]);
    assert.equal(code, 1);
    assert.match(out, /^--- a\/backup\.yaml\n\+\+\+ b\/backup\.yaml\n@@ -4,6 \+4,7 @@\n/);
    assert.match(err, /^would fix: CronJob orders-dump: Forbid overlapping runs\. Takes effect with the next run\./);
    assert.match(err, /\n2 fixes in 2 files; nothing was changed\.\n$/);
    assert.equal(read(folder, "backup.yaml"), backup);
    assert.deepEqual(dbops(folder, ["lint", ...selected, "--fix-dry-run"]), { code, out, err });
    assert.deepEqual(dbops(folder, ["lint", "--diff", "quiet.yaml"]), {
      code: 0,
      out: "",
      err: "0 fixes in 0 files; nothing was changed.\n",
    });
  });

  const awkward: readonly (readonly [what: string, name: string, text: string])[] = [
    ["a plain file", "backup.yaml", backup],
    ["a name with spaces and other alphabets", "jobs of Größe/заказы 1.yaml", backup],
    ["CRLF line ends", "backup.yaml", backup.replaceAll("\n", "\r\n")],
    [
      "a change in the first lines",
      "backup.yaml",
      backup
        .replace("apiVersion: batch/v1\nkind: CronJob\n", "{}\n---\napiVersion: batch/v1\nkind: CronJob\n")
        .replace("{}\n---\n", ""),
    ],
    [
      "no line break at the end, at the change",
      "orders.yaml",
      `${orders.replace(/ {2}persistentVolumeClaimRetentionPolicy:\n.*\n/, "")}  persistentVolumeClaimRetentionPolicy:\n    whenDeleted: Delete`,
    ],
    [
      "several changes, near and far",
      "all.yaml",
      `${backup}---\n${backup.replace("orders-dump", "billing-dump")}---\n${orders}`,
    ],
    [
      "two changes whose contexts meet",
      "orders.yaml",
      orders.replace("    whenDeleted: Delete", "    whenDeleted: Delete\n    whenScaled: Delete"),
    ],
  ];
  for (const [what, name, text] of awkward)
    it(`is a patch that git apply and patch -p1 take: ${what}`, () => {
      const folder = folderWith({ [name]: text });
      commitAll(folder);
      const { out } = dbops(folder, ["lint", "--diff"]);
      assert.notEqual(out, "");
      writeFileSync(path.join(folder, "fix.patch"), out);
      git(folder, "apply", "--whitespace=nowarn", "fix.patch");
      const applied = read(folder, name);
      git(folder, "checkout", "-q", "--", name);
      execFileSync("patch", ["-p1", "-s", "--binary", "-i", "fix.patch"], { cwd: folder });
      assert.equal(read(folder, name), applied);
      git(folder, "checkout", "-q", "--", name);
      dbops(folder, ["lint", "--fix"]);
      assert.equal(applied, read(folder, name));
      assert.notEqual(applied, text);
    });

  it("goes through stdin to stdout for an editor that has not saved", () => {
    const { out } = dbops(folderWith({}), ["lint", "-", "--stdin-filename", "jobs/backup.yaml", "--diff"], {
      stdin: backup,
    });
    assert.match(out, /^--- a\/jobs\/backup\.yaml$/m);
  });

  it("keeps a line with a secret out of the context, and still applies", () => {
    const secret = orders.replace(
      "  persistentVolumeClaimRetentionPolicy:",
      "  # password: hunter2\n  persistentVolumeClaimRetentionPolicy:",
    );
    const folder = folderWith({ "orders.yaml": secret });
    commitAll(folder);
    const { out } = dbops(folder, ["lint", "--diff"]);
    assert.doesNotMatch(out, /hunter2/);
    writeFileSync(path.join(folder, "fix.patch"), out);
    git(folder, "apply", "fix.patch");
    assert.equal(read(folder, "orders.yaml"), secret.replace("whenDeleted: Delete", "whenDeleted: Retain"));
  });
});

describe("what the report says of fixes", () => {
  it("counts them as --fix applies them", () => {
    const folder = shopFolder();
    const { summary } = lintJson(folder, []);
    const { err } = dbops(folder, ["lint", "--diff"]);
    assert.match(err, new RegExp(`\n${(summary.fixable as unknown as { safe: number }).safe} fixes `));
  });
});
