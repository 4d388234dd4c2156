import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { Interrupted } from "../src/io.ts";
import { type Behavior, type FakeCluster, type FakeObject, startFakeCluster } from "./support/fake-cluster.ts";
import { folderWith } from "./support/folder.ts";
import { buildBundle, distFolder } from "./support/kubectl.ts";
import { needsProgram } from "./support/programs.ts";
import { askCluster, type Outcome, type Surroundings } from "./support/run.ts";

const claim: FakeObject = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data-db-0", namespace: "shop" },
  spec: { storageClassName: "fast", volumeName: "pv-1", resources: { requests: { storage: "20Gi" } } },
  status: { phase: "Bound" },
};
const volume: FakeObject = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: "pv-1" },
  spec: { persistentVolumeReclaimPolicy: "Delete", claimRef: { namespace: "shop", name: "data-db-0" } },
  status: { phase: "Bound" },
};

const pods = "/api/v1/namespaces/shop/pods";

/** What was asked of a cluster that changes something. */
interface Asked extends Outcome {
  readonly done: readonly string[];
}

describe("what pvc changes", () => {
  const running: FakeCluster[] = [];
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
    more = [];
  });

  let more: readonly FakeObject[] = [];
  async function start(behave?: Behavior): Promise<{ readonly fake: FakeCluster; readonly done: string[] }> {
    const done: string[] = [];
    const fake = await startFakeCluster(more.length > 0 ? more : [claim, volume], (request, response) => {
      if (request.method !== "GET") done.push(`${request.method} ${request.path.split("?")[0]}`);
      return behave?.(request, response) ?? false;
    });
    running.push(fake);
    return { fake, done };
  }

  async function ask(words: readonly string[], behave?: Behavior, more?: Surroundings): Promise<Asked> {
    const { fake, done } = await start(behave);
    const folder = folderWith({ "my config": fake.kubeconfig() });
    return { ...(await askCluster(folder, ["pvc", ...words, "--kubeconfig", "my config"], more)), done };
  }

  /** Creates the Pod and answers all else about it as told. */
  const withPod =
    (then: Behavior): Behavior =>
    (request, response) => {
      const { method, path: asked } = request;
      if (method !== "POST") return asked.startsWith(`${pods}/`) ? then(request, response) : false;
      response.writeHead(201).end(JSON.stringify({ metadata: {} }));
      return true;
    };
  const gone: Behavior = ({ method }, response) => {
    if (method !== "DELETE") return false;
    response.end("{}");
    return true;
  };

  for (const [words, says] of [
    [["inspect", "data-db-0", "--run"], "Nothing was created."],
    [["protect", "data-db-0"], "Nothing was changed."],
  ] as const) {
    it(`${words[0]} changes nothing after Ctrl-C at the question`, async () => {
      const controller = new AbortController();
      const { code, err, done } = await ask(words, undefined, {
        isTerminal: true,
        signal: controller.signal,
        answer: async () => {
          controller.abort(new Interrupted());
          throw controller.signal.reason;
        },
      });
      assert.equal(code, 130);
      assert.deepEqual(done, []);
      assert.match(err, new RegExp(`\\[y/N\\] \\n${says}\nerror: interrupted\n$`));
    });

    it(`${words[0]} names the cluster it asks about`, async () => {
      const { code, err, done } = await ask(words, undefined, { isTerminal: true, answer: async () => "n" });
      assert.equal(code, 2);
      assert.deepEqual(done, []);
      assert.match(err, / (?:of|in) http:\/\/127\.0\.0\.1:\d+ \(context fake\)/);
    });
  }

  it("says before it creates anything that a Pod uses the claim", async () => {
    const using = (mode: string): readonly FakeObject[] => [
      { ...claim, spec: { ...(claim.spec as object), accessModes: [mode] } },
      volume,
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "db-0", namespace: "shop" },
        spec: {
          nodeName: "worker-1",
          containers: [],
          volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data-db-0" } }],
        },
        status: { phase: "Running" },
      },
    ];
    const run = ["inspect", "data-db-0", "--run"];
    more = using("ReadWriteOncePod");
    const refused = await ask([...run, "--yes"]);
    assert.equal(refused.code, 2);
    assert.deepEqual(refused.done, []);
    assert.match(
      refused.err,
      /^error: Pod db-0 uses it now, and with ReadWriteOncePod no second Pod can mount it; kubectl exec -n shop --kubeconfig 'my config' db-0 -- ls looks there\n$/,
    );
    more = using("ReadWriteOnce");
    const asked = await ask(run, undefined, { isTerminal: true, answer: async () => "n" });
    assert.match(asked.err, /^Pod db-0 uses it now on node worker-1, where this Pod has to run, too .*\nCreate a Pod/);
  });

  it("creates no Pod that would give a claim its first disk", async () => {
    more = [{ ...claim, spec: { storageClassName: "fast" }, status: { phase: "Pending" } }];
    const { code, err, done } = await ask(["inspect", "data-db-0", "--run", "--yes"]);
    assert.deepEqual([code, done], [2, []]);
    assert.equal(err, "error: claim shop/data-db-0 has no volume yet: there is nothing to look at\n");
  });

  it("says what a dry run has asked, and what it has not", async () => {
    const client = await ask(["protect", "data-db-0", "--dry-run=client"]);
    assert.match(
      client.out,
      /^Would set volume pv-1 .* in http:\S+ \(context fake\)\. Nothing was changed, and whether the cluster allows it was not asked: /,
    );
    const accept: Behavior = ({ method, path: asked }, response) => {
      if (method !== "PATCH" || !asked.includes("dryRun=All")) return false;
      response.end("{}");
      return true;
    };
    const server = await ask(["protect", "data-db-0", "--dry-run=server"], accept);
    assert.match(server.out, /^The cluster would set volume pv-1 .*\. Nothing was changed\.\n$/);
  });

  it("does not say of what failed that it may not be done", async () => {
    const failing =
      (part: string): Behavior =>
      ({ path: asked }, response) => {
        if (!asked.includes(part)) return false;
        response.writeHead(500).end(JSON.stringify({ message: "etcdserver: request timed out" }));
        return true;
      };
    const { err } = await ask(["list"], failing("persistentvolumeclaims"));
    assert.match(err, /claims could not be listed: etcdserver: request timed out\n$/);
    const discovery = await ask(["list"], failing("/apis"));
    assert.match(discovery.err, /^error: http:\S+ \(context fake\) fails \(500\): etcdserver: request timed out\n$/);
    const all = await ask(["list"], failing("limit="));
    assert.match(all.err, /^error: http:\S+ \(context fake\): nothing could be read: etcdserver: request timed out\n$/);
    assert.doesNotMatch(err + discovery.err + all.err, /may not/);
  });

  it("repeats in the commands that it prints how the cluster is reached", async () => {
    const plan = await ask(["release-plan", "data-db-0", "--as", "ada o'neil"]);
    const commands = plan.out.split("\n").filter((line) => /^ {5}kubectl /.test(line));
    assert.ok(commands.length >= 4, plan.out);
    for (const line of commands) assert.match(line, / --kubeconfig 'my config' --as 'ada o'\\''neil'$/);
    assert.match(plan.out, /^The commands are for http:\/\/127\.0\.0\.1:\d+ \(context fake\)\.$/m);
    const pod = await ask(["inspect", "data-db-0", "--context", "fake"]);
    const notes = pod.out.split("\n").filter((line) => /^# {3}kubectl /.test(line));
    assert.equal(notes.length, 3);
    for (const line of notes)
      for (const [, words = ""] of line.matchAll(/(kubectl [^|]*)/g))
        assert.match(words, / --context fake --kubeconfig 'my config'/);
  });

  it("says of files that they do not name their cluster", async () => {
    const folder = folderWith({ "claim.json": JSON.stringify(claim) });
    const { out } = await askCluster(folder, ["pvc", "release-plan", "data-db-0", "--from", "."]);
    assert.match(out, /These files do not name their cluster: check `kubectl config current-context`/);
  });

  it("ends at a real Ctrl-C at the question, at once", async function () {
    this.timeout(60_000);
    needsProgram(this, "script", "bsdutils");
    buildBundle();
    const { fake, done } = await start();
    const folder = folderWith({ config: fake.kubeconfig() });
    const launcher = path.join(distFolder, "kubectl-dbops");
    const terminal = spawn(
      "script",
      ["-qec", `exec ${launcher} pvc protect data-db-0 --kubeconfig config`, "/dev/null"],
      { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, TERM: "xterm" } },
    );
    let out = "";
    let isPressed = false;
    terminal.stdout.on("data", (part: Buffer) => {
      out += part.toString();
      if (!isPressed && out.includes("[y/N]")) {
        isPressed = true;
        terminal.stdin.write("\u0003");
      }
    });
    const code = await new Promise((resolve) => terminal.once("close", resolve));
    assert.match(out, /Nothing was changed\.\r\nerror: interrupted\r\n$/);
    assert.equal(code, 130);
    assert.deepEqual(done, []);
  });

  it("ends at a signal although a program for credentials waits", async function () {
    this.timeout(60_000);
    buildBundle();
    const { fake } = await start();
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sleep", args: ["30"] };
    const folder = folderWith({ config: fake.kubeconfig({ user: { token: undefined, exec } }) });
    const started = performance.now();
    const endAt = async (signal: NodeJS.Signals): Promise<readonly unknown[]> => {
      const program = spawn(path.join(distFolder, "kubectl-dbops"), ["scan", "--kubeconfig", "config"], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: folder },
      });
      let err = "";
      program.stderr.on("data", (part: Buffer) => {
        err += part.toString();
      });
      await new Promise((resolve) => setTimeout(resolve, 3000));
      program.kill(signal);
      return [await new Promise((resolve) => program.once("exit", resolve)), err];
    };
    const ends = await Promise.all([endAt("SIGTERM"), endAt("SIGHUP")]);
    // After SIGHUP there is no terminal to write to.
    assert.deepEqual(ends, [
      [143, "error: interrupted\n"],
      [129, ""],
    ]);
    assert.ok(performance.now() - started < 20_000);
  });

  it("removes the Pod of an interrupted run, and says how where that is interrupted, too", async () => {
    const controller = new AbortController();
    const behave = withPod((request, response) => {
      if (gone(request, response)) return true;
      controller.abort(new Interrupted(143));
      return true;
    });
    const { code, err, done } = await ask(["inspect", "data-db-0", "--run", "--yes"], behave, {
      signal: controller.signal,
    });
    assert.equal(code, 143);
    const [, name = ""] = /^DELETE .*\/(dbops-inspect-\w+)$/.exec(done[1] ?? "") ?? [];
    assert.notEqual(name, "");
    assert.equal(
      err,
      `Removing Pod ${name}; if this is interrupted too: kubectl delete pod -n shop ${name} --kubeconfig 'my config'\nerror: interrupted\n`,
    );
  });

  it("removes the Pod that a server made without being heard", async () => {
    const lost: Behavior = ({ method }, response) => {
      if (method === "POST") response.destroy();
      else if (method === "DELETE") response.end("{}");
      else return false;
      return true;
    };
    const { code, err, done } = await ask(["inspect", "data-db-0", "--run", "--yes"], lost);
    assert.equal(code, 2);
    assert.match(err, /drops the connection\n$/);
    assert.match(done[1] ?? "", /^DELETE .*\/dbops-inspect-\w+$/);
  });

  it("removes the Pod that a server may have made although it says that it failed", async () => {
    const late =
      (status: number, then: number): Behavior =>
      ({ method }, response) => {
        if (method === "POST") response.writeHead(status).end(JSON.stringify({ message: "request timed out" }));
        else if (method === "DELETE") response.writeHead(then).end("{}");
        else return false;
        return true;
      };
    const run = ["inspect", "data-db-0", "--run", "--yes"];
    for (const status of [500, 504]) {
      const { code, err, done } = await ask(run, late(status, 200));
      assert.deepEqual([code, err], [2, "error: the Pod was not created: request timed out\n"]);
      assert.match(done.at(-1) ?? "", /^DELETE .*\/dbops-inspect-\w+$/);
    }
    assert.equal((await ask(run, late(500, 404))).err, "error: the Pod was not created: request timed out\n");
    assert.deepEqual((await ask(run, late(403, 404))).done, [`POST ${pods}`]);
    assert.match(
      (await ask(run, late(504, 404))).err,
      /^error: the Pod was not created: request timed out; the Pod was not there to be removed; should it come up, this removes it: kubectl delete pod /,
    );
  });

  it("names the Pod that it could not remove", async () => {
    const behave = withPod(({ method, path: asked }, response) => {
      if (method === "DELETE") response.writeHead(500).end(JSON.stringify({ message: "etcd is gone" }));
      else response.end(asked.includes("/log") ? "x" : JSON.stringify({ status: { phase: "Succeeded" } }));
      return true;
    });
    const { code, err } = await ask(["inspect", "data-db-0", "--run", "--yes"], behave);
    assert.equal(code, 2);
    assert.match(
      err,
      /^error: the Pod may still be there: etcd is gone; this removes it: kubectl delete pod -n shop dbops-inspect-\w+ --kubeconfig 'my config'\n$/,
    );
  });

  it("says why the Pod does not start, and what it could not read", async () => {
    const waiting = { reason: "CreateContainerError", message: "no such executable: sh" };
    const stuck = withPod(({ method }, response) => {
      if (method === "DELETE") response.end("{}");
      else response.end(JSON.stringify({ status: { phase: "Pending", containerStatuses: [{ state: { waiting } }] } }));
      return true;
    });
    const run = ["inspect", "data-db-0", "--run", "--yes"];
    assert.match(
      (await ask(run, stuck)).err,
      /^error: Pod dbops-inspect-\w+ does not start: CreateContainerError: no such executable: sh\n$/,
    );
    const blind = withPod(({ method, path: asked }, response) => {
      if (method === "DELETE") response.end("{}");
      else if (asked.includes("/log")) response.end("--- not readable as 999, groups 999\ndrwx------ /inspect\n");
      else response.end(JSON.stringify({ status: { phase: "Failed" } }));
      return true;
    });
    const { code, err } = await ask(run, blind);
    assert.equal(code, 2);
    assert.match(
      err,
      /^error: Pod dbops-inspect-\w+ could not read all files of the claim; which, and as whom it ran, is above\n$/,
    );
  });

  it("changes a volume although its connection died while somebody thought about it", async () => {
    const sockets = new WeakSet<object>();
    const idle: Behavior = ({ method }, response) => {
      const { socket } = response;
      if (socket === null) return false;
      if (method === "PATCH" && sockets.has(socket)) {
        socket.destroy();
        return true;
      }
      if (method !== "PATCH") sockets.add(socket);
      else response.end("{}");
      return method === "PATCH";
    };
    const { code, out, err } = await ask(["protect", "data-db-0"], idle, {
      isTerminal: true,
      answer: async () => "yes",
    });
    assert.equal(err.replace(/^.*\[y\/N\] /, ""), "");
    assert.equal(code, 0);
    assert.match(out, /^Set volume pv-1 of claim shop\/data-db-0 from Delete to Retain: /);
  });
});
