#!/usr/bin/env node
// A real Kubernetes API server on loopback for tests: etcd + kube-apiserver + kube-controller-manager in a temporary
// directory. No dependencies, no privileges, no container.
//
//   node start.mjs [--fake-nodes] [--build] -- COMMAND ARGS…   run COMMAND with KUBECONFIG set, tear down, keep its exit code
//   node start.mjs [--fake-nodes] [--build]                    print the kubeconfig's path, stay until SIGINT/SIGTERM
//   import { start } from './start.mjs'                        const k = await start(); …; await k.stop()
//
// The programs come from $KUBEBUILDER_ASSETS (envtest's convention), else from build.sh's folder. Without a
// kube-controller-manager there (envtest's own archives have none) it starts without one: `hasControllers` is false.
import { execFile, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import https from "node:https";
import net from "node:net";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const here = path.dirname(fileURLToPath(import.meta.url));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const executable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The folder with the programs, or undefined: a test suite skips then (and fails where it must not skip). */
export function assetsDir() {
  const release = /^require k8s\.io\/kubernetes v(\S+)/m.exec(readFileSync(path.join(here, "go.mod"), "utf8"))?.[1];
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch] ?? process.arch;
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  const candidates = [
    process.env.KUBEBUILDER_ASSETS,
    process.env.KUBE_ASSETS_DIR,
    path.join(cache, "kube-assets", `${release}-${process.platform}-${arch}`),
  ];
  return candidates.find((dir) => dir && ["etcd", "kube-apiserver"].every((name) => executable(path.join(dir, name))));
}

/** Builds the programs when they are missing; seconds with a warm build cache, minutes without. */
export async function build() {
  const child = spawn("bash", [path.join(here, "build.sh")], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (d) => {
    out += d;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`build.sh failed (${code})`);
  return out.trim();
}

async function freePorts(n) {
  const servers = await Promise.all(
    Array.from({ length: n }, async () => {
      const s = net.createServer().listen(0, "127.0.0.1");
      await once(s, "listening");
      return s;
    }),
  );
  const ports = servers.map((s) => s.address().port);
  await Promise.all(servers.map((s) => new Promise((r) => s.close(r))));
  return ports;
}

/** A JSON client that needs no package: `await api('GET', '/apis/apps/v1/statefulsets')` → `{ status, body, warnings }`. */
export function apiClient({ server, ca, token }) {
  const agent = new https.Agent({ keepAlive: true, ca });
  return (method, url, body, type = "application/json") =>
    new Promise((resolve, reject) => {
      const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      // the length by hand: node sends the body of a DELETE without one, and the server takes it for the next request
      const headers = {
        authorization: `Bearer ${token}`,
        accept: "application/json",
        ...(text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) }),
      };
      const req = https.request(server + url, { method, headers, agent, timeout: 30_000 }, (res) => {
        let answer = "";
        res
          .setEncoding("utf8")
          .on("data", (d) => {
            answer += d;
          })
          .on("error", reject)
          .on("end", () => {
            let parsed = answer;
            try {
              parsed = JSON.parse(answer);
            } catch {
              /* /readyz answers in plain text */
            }
            const warnings = res.rawHeaders.flatMap((h, i, all) =>
              i % 2 && /^warning$/i.test(all[i - 1])
                ? [h.replace(/^299 \S+ "(.*)"$/s, "$1").replace(/\\(.)/g, "$1")]
                : [],
            );
            resolve({ status: res.statusCode, body: parsed, warnings });
          });
      });
      req.on("timeout", () => req.destroy(new Error("timeout"))).on("error", reject);
      req.end(text);
    });
}

/**
 * Options: `dir` (assets folder), `controllers` (false: no kube-controller-manager), `fakeNodes` (Pods become Running,
 * claims get volumes), `apiServerArgs`, `controllerArgs` (string arrays), `timeout` (ms until ready, 60 s).
 */
export async function start(options = {}) {
  let last;
  for (let attempt = 1; attempt <= 3; attempt++) {
    // another process can take a port between our look and its use
    try {
      return await startOnce(options);
    } catch (error) {
      last = error;
      if (!/address already in use/.test(error.message)) break;
    }
  }
  throw last;
}

async function startOnce({
  dir = assetsDir(),
  controllers = true,
  fakeNodes = false,
  apiServerArgs = [],
  controllerArgs = [],
  timeout = 60_000,
}) {
  if (!dir)
    throw new Error("no etcd and kube-apiserver: set KUBEBUILDER_ASSETS, or run build.sh beside start.mjs (needs go)");
  const began = performance.now();
  const work = mkdtempSync(path.join(tmpdir(), "kube-"));
  const file = (name) => path.join(work, name);
  const hasControllers = controllers && executable(path.join(dir, "kube-controller-manager"));

  // The only one who ends the programs and removes the directory: when its stdin closes, which is when we stop, and also
  // when we end without a word or are killed. All are in process groups of their own, so that Ctrl-C reaches only us.
  const reaper = spawn(
    "sh",
    [
      "-c",
      'while read -r x; do :; done; for f in "$0"/*.pid; do kill -9 "$(cat "$f")"; done 2>/dev/null; sleep 0.1; rm -rf "$0"',
      work,
    ],
    { stdio: ["pipe", "ignore", "ignore"], detached: true },
  );
  reaper.stdin.on("error", () => {});
  reaper.unref(); // a caller that forgets stop() still comes to its end
  reaper.stdin.unref();
  const gone = once(reaper, "exit");
  let stopping = false;
  const stop = async () => {
    stopping = true;
    reaper.ref();
    reaper.stdin.end();
    await gone;
  };
  const tail = (name) => {
    try {
      return readFileSync(file(`${name}.log`), "utf8")
        .split("\n")
        .slice(-15)
        .join("\n");
    } catch {
      return "";
    }
  };

  const failures = [];
  const run = (name, args) => {
    const log = openSync(file(`${name}.log`), "a");
    const child = spawn(path.join(dir, name), args, { cwd: work, stdio: ["ignore", log, log], detached: true });
    closeSync(log);
    if (child.pid) writeFileSync(file(`${name}.pid`), `${child.pid}\n`);
    const end = (why) => {
      if (!stopping) failures.push(`${name} ended (${why}):\n${tail(name)}`);
    };
    child.on("error", (e) => end(e.message));
    child.on("exit", (code, signal) => end(code ?? signal));
    child.unref();
    return child;
  };

  try {
    const [etcdPort, apiPort] = await freePorts(2);
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const secret = { mode: 0o600 };
    writeFileSync(file("sa.pub"), publicKey);
    writeFileSync(file("sa.key"), privateKey, secret);
    const token = randomBytes(16).toString("hex");
    const controllerToken = randomBytes(16).toString("hex");
    writeFileSync(
      file("tokens.csv"),
      `${token},admin,admin,"system:masters"\n${controllerToken},system:kube-controller-manager,kcm\n`,
      secret,
    );

    const etcd = `http://127.0.0.1:${etcdPort}`;
    run("etcd", [
      "--name=default",
      `--data-dir=${file("etcd")}`,
      "--unsafe-no-fsync",
      "--log-level=error",
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      "--listen-peer-urls=http://127.0.0.1:0",
      "--initial-advertise-peer-urls=http://127.0.0.1:0",
      "--initial-cluster=default=http://127.0.0.1:0",
    ]);
    run("kube-apiserver", [
      `--etcd-servers=${etcd}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${apiPort}`,
      `--cert-dir=${file("certs")}`,
      "--endpoint-reconciler-type=none",
      "--service-cluster-ip-range=10.0.0.0/16",
      "--allow-privileged=true",
      "--authorization-mode=RBAC",
      `--token-auth-file=${file("tokens.csv")}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${file("sa.pub")}`,
      `--service-account-signing-key-file=${file("sa.key")}`,
      // without a controller-manager nobody makes the ServiceAccount `default`, and the plugin would refuse every Pod
      ...(hasControllers ? [] : ["--disable-admission-plugins=ServiceAccount"]),
      "--profiling=false",
      ...apiServerArgs,
    ]);

    const server = `https://127.0.0.1:${apiPort}`;
    const deadline = performance.now() + timeout;
    const until = async (what, check) => {
      for (;;) {
        if (failures.length) throw new Error(failures.join("\n"));
        if (
          await Promise.resolve()
            .then(check)
            .catch(() => false)
        )
          return;
        if (performance.now() > deadline)
          throw new Error(`not ready in ${timeout} ms: ${what}\n${tail("kube-apiserver")}`);
        await sleep(50);
      }
    };
    // the server writes its self-signed certificate with the CA after it: one file is all that a client needs to trust
    await until(
      "certificate",
      () =>
        existsSync(file("certs/apiserver.crt")) &&
        /-----END CERTIFICATE-----\s*$/.test(readFileSync(file("certs/apiserver.crt"), "utf8")),
    );
    const ca = readFileSync(file("certs/apiserver.crt"), "utf8");
    const kubeconfigWithToken = (name, bearer, namespace = "default") => {
      const target = file(`${name}.kubeconfig`);
      writeFileSync(
        target,
        `${JSON.stringify(
          {
            apiVersion: "v1",
            kind: "Config",
            "current-context": name,
            clusters: [
              { name: "test", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } },
            ],
            users: [{ name, user: { token: bearer } }],
            contexts: [{ name, context: { cluster: "test", user: name, namespace } }],
          },
          null,
          1,
        )}\n`,
        secret,
      );
      return target;
    };
    const kubeconfig = kubeconfigWithToken("admin", token);
    const api = apiClient({ server, ca, token });
    await until("/readyz", async () => (await api("GET", "/readyz")).status === 200);
    const readyMs = performance.now() - began;

    if (hasControllers) {
      run("kube-controller-manager", [
        `--kubeconfig=${kubeconfigWithToken("controllers", controllerToken)}`,
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--secure-port=0",
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
        `--service-account-private-key-file=${file("sa.key")}`,
        `--root-ca-file=${file("certs/apiserver.crt")}`,
        // fake nodes send no heartbeat: these would taint them and evict their Pods
        "--controllers=*,-node-lifecycle-controller,-taint-eviction-controller",
        ...controllerArgs,
      ]);
      await until(
        "kube-controller-manager",
        async () => (await api("GET", "/api/v1/namespaces/default/serviceaccounts/default")).status === 200,
      );
    }
    let fake;
    if (fakeNodes) {
      const { runFakeNodes } = await import("./fake-nodes.mjs");
      fake = runFakeNodes(api);
      await fake.ready;
    }
    // kubectl keeps what a server offers per host and port under the home directory: a later server on this port would inherit it
    const env = {
      ...process.env,
      KUBECONFIG: kubeconfig,
      KUBECACHEDIR: file("kubectl-cache"),
      PATH: executable(path.join(dir, "kubectl")) ? dir + path.delimiter + process.env.PATH : process.env.PATH,
    };
    return {
      kubeconfig,
      server,
      ca,
      token,
      env,
      dir: work,
      hasControllers,
      api,
      kubeconfigWithToken,
      fakes: fake,
      timings: { readyMs: Math.round(readyMs), totalMs: Math.round(performance.now() - began) },
      /** `await k.kubectl(['apply', '-f', '-'], { input })` → { stdout, stderr }; rejects with `.code` and `.stderr`. */
      kubectl: (args, { input, kubeconfig: other = kubeconfig } = {}) => {
        const p = promisify(execFile)("kubectl", args, { env: { ...env, KUBECONFIG: other }, maxBuffer: 64 << 20 });
        p.child.stdin.on("error", () => {});
        p.child.stdin.end(input ?? "");
        return p;
      },
      stop: async () => {
        await fake?.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function main(argv) {
  const at = argv.indexOf("--");
  const flags = at < 0 ? argv : argv.slice(0, at);
  const command = at < 0 ? [] : argv.slice(at + 1);
  const unknown = flags.find((f) => !["--fake-nodes", "--build", "--no-controllers"].includes(f));
  if (unknown || (at >= 0 && !command.length)) {
    process.stderr.write("usage: node start.mjs [--fake-nodes] [--no-controllers] [--build] [-- COMMAND ARGS…]\n");
    return 2;
  }
  const dir = flags.includes("--build") && !process.env.KUBEBUILDER_ASSETS ? await build() : assetsDir();
  let interrupted;
  const signal = new Promise((r) => {
    for (const s of ["SIGINT", "SIGTERM", "SIGHUP"])
      process.on(s, () => {
        interrupted = s;
        r(s);
      });
  });
  const k = await start({
    dir,
    fakeNodes: flags.includes("--fake-nodes"),
    controllers: !flags.includes("--no-controllers"),
  });
  try {
    if (interrupted) return 130;
    if (!command.length) {
      process.stdout.write(`${k.kubeconfig}\n`);
      process.stderr.write(`ready in ${k.timings.totalMs} ms; end it with Ctrl-C\n`);
      const alive = setInterval(() => {}, 2 ** 30);
      await signal;
      clearInterval(alive);
      return 0;
    }
    const child = spawn(command[0], command.slice(1), { stdio: "inherit", env: k.env });
    const failed = new Promise((r) =>
      child.on("error", (e) => {
        process.stderr.write(`${command[0]}: ${e.message}\n`);
        r(127);
      }),
    );
    const closed = new Promise((r) => child.on("exit", (code, sig) => r(code ?? (sig === "SIGINT" ? 130 : 143))));
    void signal.then((s) => child.kill(s));
    return await Promise.race([failed, closed]);
  } finally {
    await k.stop();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  );
}
