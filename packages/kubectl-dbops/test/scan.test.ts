import assert from "node:assert/strict";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { proxyFor } from "../src/cluster/proxy.ts";
import { timeoutOf } from "../src/commands/cluster-request.ts";
import { type Behavior, type FakeCluster, type FakeObject, startFakeCluster } from "./support/fake-cluster.ts";
import { folderWith } from "./support/folder.ts";
import { askCluster, type Outcome } from "./support/run.ts";

function database(name: string, namespace = "shop"): FakeObject {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: {
      name,
      namespace,
      uid: `${namespace}-${name}`,
      labels: { app: name },
      managedFields: [{ manager: "kubectl" }],
    },
    spec: {
      replicas: 3,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: "postgres",
              image: "postgres:16.4-bookworm",
              env: [{ name: "POSTGRES_PASSWORD", value: "hunter2-hunter2" }],
              volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }],
            },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      ],
    },
    status: { replicas: 3 },
  };
}

function podOf(set: string, ordinal: number, namespace = "shop"): FakeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${set}-${ordinal}`,
      namespace,
      labels: { app: set },
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "StatefulSet", name: set, uid: `${namespace}-${set}`, controller: true },
      ],
    },
    spec: { containers: [{ name: "postgres", image: "postgres:16.4-bookworm" }] },
  };
}

const service: FakeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "db", namespace: "shop" },
  spec: { clusterIP: "None", selector: { app: "db" }, ports: [{ port: 5432 }] },
};

const shop: readonly FakeObject[] = [database("db"), podOf("db", 0), podOf("db", 1), podOf("db", 2), service];

describe("scan", () => {
  const running: FakeCluster[] = [];
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop();
  });

  async function cluster(
    objects: readonly FakeObject[],
    behave?: Behavior,
    options?: Parameters<typeof startFakeCluster>[2],
  ): Promise<FakeCluster> {
    const started = await startFakeCluster(objects, behave, options);
    running.push(started);
    return started;
  }

  function scan(
    fake: FakeCluster,
    words: readonly string[] = [],
    more?: Parameters<FakeCluster["kubeconfig"]>[0],
  ): Promise<Outcome> {
    const folder = folderWith({ "kube.config": fake.kubeconfig(more) });
    return askCluster(folder, ["scan", ...words], { env: { KUBECONFIG: path.join(folder, "kube.config") } });
  }

  const refused = (message: string): object => ({ kind: "Status", apiVersion: "v1", status: "Failure", message });

  it("names objects and fields, and takes Pods for their StatefulSet's", async () => {
    const { code, out } = await scan(await cluster(shop), ["-o", "concise"]);
    assert.equal(code, 1);
    assert.match(
      out,
      /^StatefulSet shop\/db \.spec\.replicas: error: 3 Pods of postgres:16\.4-bookworm are 3 separate databases/m,
    );
    assert.doesNotMatch(out, /^Pod /m);
    const human = await scan(await cluster(shop));
    assert.match(human.out, /in 5 objects: 1 database\.\n$/);
  });

  it("shows no password, and asks for no Secret", async () => {
    const fake = await cluster(shop);
    const { out } = await scan(fake, ["-A"]);
    assert.match(out, /value: …/);
    assert.doesNotMatch(out, /hunter2/);
    assert.ok(!fake.paths.some((each) => each.includes("secrets")));
  });

  it("reads the namespace of the context, the one of -n, or all", async () => {
    const objects = [...shop, database("other", "test")];
    const found = async (...words: readonly string[]): Promise<readonly string[]> => {
      const { out } = await scan(await cluster(objects), [
        ...words,
        "-o",
        "concise",
        "--select",
        "replicas-do-not-replicate",
      ]);
      return [...out.matchAll(/^StatefulSet (\S+)/gm)].map(([, name]) => name ?? "");
    };
    assert.deepEqual(await found(), ["shop/db"]);
    assert.deepEqual(await found("-n", "test"), ["test/other"]);
    assert.deepEqual(await found("-A"), ["shop/db", "test/other"]);
  });

  it("says that a namespace does not exist, where it may know", async () => {
    const shops = [...shop, { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }];
    const { code, err } = await scan(await cluster(shops), ["-n", "shpo"]);
    assert.equal(code, 2);
    assert.equal(err, "error: there is no namespace shpo; did you mean shop?\n");
  });

  it("reports on labels that are asked for, and still sees the rest", async () => {
    const select = ["--select", "replicas-do-not-replicate", "-o", "concise"];
    assert.equal((await scan(await cluster(shop), ["-l", "app=other", ...select])).out, "");
    assert.match((await scan(await cluster(shop), ["-l", "app in (db, web)", ...select])).out, /Service shop\/db/);
    assert.match((await scan(await cluster(shop), ["-l", "=x"])).err, /^error: -l =x is not a label selector/);
  });

  it("reads page by page", async () => {
    const fake = await cluster(shop, undefined, { pageSize: 2 });
    const { out } = await scan(fake);
    assert.match(out, /in 5 objects/);
    assert.ok(fake.paths.includes("/api/v1/namespaces/shop/pods?limit=500&continue=2"));
  });

  it("asks for fewer objects where an answer is too large, and says so where one is", async () => {
    const bomb = gzipSync(Buffer.alloc(129 * 1024 * 1024, 0x20));
    const large =
      (mostAtOnce: number): Behavior =>
      ({ path: asked }, response) => {
        if (!asked.includes("/pods?") || Number(/limit=(\d+)/.exec(asked)?.[1]) <= mostAtOnce) return false;
        response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
        return true;
      };
    const fake = await cluster(shop, large(100), { pageSize: 2 });
    assert.match((await scan(fake)).out, /in 5 objects/);
    assert.ok(fake.paths.includes("/api/v1/namespaces/shop/pods?limit=62&continue=2"));
    const { code, out, err } = await scan(await cluster(shop, large(0)));
    assert.equal(code, 2);
    assert.match(
      err,
      /^error: Pod could not be read: http:\S+ \(context fake\) gives an answer of more than 128 MB\n$/,
    );
    assert.match(out, /StatefulSet shop\/db/);
  });

  it("starts a list once more where the server has forgotten the place", async () => {
    let gone = 0;
    const forget: Behavior = ({ path: asked }, response) => {
      if (!asked.includes("continue=2") || gone++ > 0) return false;
      response.writeHead(410).end(JSON.stringify(refused("The provided continue parameter is too old")));
      return true;
    };
    const { out, err } = await scan(await cluster(shop, forget, { pageSize: 2 }));
    assert.match(out, /in 5 objects/);
    assert.equal(err, "");
  });

  it("says what a list is that cannot be read to its end, and reads the others", async () => {
    const forget: Behavior = ({ path: asked }, response) => {
      if (!asked.includes("continue=")) return false;
      response.writeHead(410).end(JSON.stringify(refused("The provided continue parameter is too old")));
      return true;
    };
    const { code, out, err } = await scan(await cluster(shop, forget, { pageSize: 2 }));
    assert.equal(code, 2);
    assert.equal(err, "error: Pod could not be read: The provided continue parameter is too old\n");
    assert.match(out, /StatefulSet shop\/db/);
  });

  it("does not take for absent what it may not read", async () => {
    const rules = ["-o", "concise", "--select", "database-without-backup,governing-service-missing"];
    const bare = [database("db"), podOf("db", 0)];
    assert.match((await scan(await cluster(bare), rules)).out, /database-without-backup/);
    const deny: Behavior = ({ path: asked }, response) => {
      if (!/cronjobs|services/.test(asked)) return false;
      response
        .writeHead(403)
        .end(JSON.stringify(refused('services is forbidden: User "ada" cannot list resource "services"')));
      return true;
    };
    const { code, out, err } = await scan(await cluster(bare, deny), rules);
    assert.equal(out, "");
    assert.equal(code, 0);
    assert.equal(
      err,
      "Not allowed to list CronJob, Service: nothing is said about them or about what is missing there.\n",
    );
  });

  it("says so where what backs up may be in a namespace that it may not read", async () => {
    const deny: Behavior = ({ path: asked }, response) => {
      if (!asked.startsWith("/apis/batch/v1/cronjobs")) return false;
      response.writeHead(403).end(JSON.stringify(refused("forbidden")));
      return true;
    };
    const { out, err } = await scan(await cluster(shop, deny), ["-o", "concise"]);
    assert.doesNotMatch(out, /database-without-backup/);
    assert.equal(err, "Only those in shop may be listed of CronJob: nothing is said about what is missing there.\n");
  });

  it("ends where nothing may be read", async () => {
    const deny: Behavior = ({ path: asked }, response) => {
      if (/^\/apis?$/.test(asked)) return false;
      response.writeHead(403).end(JSON.stringify(refused('User "ada" cannot list resource "x"')));
      return true;
    };
    const { code, err } = await scan(await cluster(shop, deny));
    assert.equal(code, 2);
    assert.match(err, /^error: http:\S+ \(context fake\): nothing may be read: User "ada" cannot list/);
  });

  it("asks for new credentials once", async () => {
    const expire: Behavior = ({ path: asked, asked: times }, response) => {
      if (!asked.includes("pods") || times > 1) return false;
      response.writeHead(401).end(JSON.stringify(refused("Unauthorized")));
      return true;
    };
    assert.match((await scan(await cluster(shop, expire))).out, /in 5 objects/);
    const never: Behavior = (_request, response) => {
      response.writeHead(401).end("{}");
      return true;
    };
    const { code, err } = await scan(await cluster(shop, never));
    assert.equal(code, 2);
    assert.match(err, /^error: \S+ \(context fake\) does not accept these credentials \(401\): /);
  });

  it("runs the program that a kubeconfig names for credentials", async () => {
    let seen: string | undefined;
    const look: Behavior = ({ headers }) => {
      seen = headers.authorization;
      return false;
    };
    const answer = JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: "fr0m-exec" },
    });
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "echo",
      args: [answer],
      interactiveMode: "Never",
    };
    await scan(await cluster(shop, look), [], { user: { token: undefined, exec } });
    assert.equal(seen, "Bearer fr0m-exec");
    const { code, err } = await scan(await cluster(shop), [], {
      user: { token: undefined, exec: { ...exec, command: "no-such-program" } },
    });
    assert.equal(code, 2);
    assert.match(err, /^error: the credentials of context fake cannot be used: .*no-such-program/);
  });

  it("asks as another user where it is told to", async () => {
    let seen: unknown;
    const look: Behavior = ({ headers }) => {
      seen = headers["impersonate-user"];
      return false;
    };
    await scan(await cluster(shop, look), ["--as", "grace"]);
    assert.equal(seen, "grace");
  });

  it("waits as long as it is told, and once more for a busy server", async () => {
    const slow: Behavior = ({ path: asked }) => asked.includes("pods");
    const { code, err } = await scan(await cluster(shop, slow), ["--request-timeout", "300ms"]);
    assert.equal(code, 2);
    assert.match(err, /^error: \S+ \(context fake\) did not answer within 0\.3 s \(--request-timeout\)\n$/);
    const busy: Behavior = ({ path: asked, asked: times }, response) => {
      if (!asked.includes("pods") || times > 1) return false;
      response.writeHead(429, { "retry-after": "0" }).end("{}");
      return true;
    };
    assert.match((await scan(await cluster(shop, busy))).out, /in 5 objects/);
    assert.match(
      (await scan(await cluster(shop), ["--request-timeout", "soon"])).err,
      /^error: --request-timeout soon is not a duration/,
    );
  });

  it("asks again where a connection was cut, and says so where it always is", async () => {
    const cut =
      (most: number): Behavior =>
      ({ path: asked, asked: times }, response) => {
        if (!asked.includes("pods") || times > most) return false;
        response.destroy();
        return true;
      };
    assert.match((await scan(await cluster(shop, cut(1)))).out, /in 5 objects/);
    const { code, err } = await scan(await cluster(shop, cut(9)));
    assert.equal(code, 2);
    assert.match(err, /\(context fake\) drops the connection\n$/);
  });

  it("ends at Ctrl-C", async () => {
    const controller = new AbortController();
    const slow: Behavior = ({ path: asked }) => {
      if (!asked.includes("pods")) return false;
      setTimeout(() => controller.abort(), 20);
      return true;
    };
    const fake = await cluster(shop, slow);
    const folder = folderWith({ config: fake.kubeconfig() });
    const { code, out, err } = await askCluster(folder, ["scan", "--kubeconfig", "config"], {
      signal: controller.signal,
    });
    assert.deepEqual([code, out, err], [130, "", "error: interrupted\n"]);
  });

  it("lets Ctrl-C end the process by itself once all is read: while it judges, it hears none", async () => {
    const fake = await cluster(shop);
    const folder = folderWith({ config: fake.kubeconfig() });
    for (const words of [["scan"], ["pvc", "list"], ["pvc", "release-plan", "db"], ["pvc", "inspect", "db"]]) {
      const asked: number[] = [];
      const before = fake.paths.length;
      await askCluster(folder, [...words, "--kubeconfig", "config"], {
        uninterrupted: () => asked.push(fake.paths.length),
      });
      assert.deepEqual(asked, [fake.paths.length], words.join(" "));
      assert.ok(fake.paths.length > before);
    }
  });

  it("reads an old server, which lists its kinds group by group", async () => {
    assert.match((await scan(await cluster(shop, undefined, { isOld: true }))).out, /in 5 objects: 1 database/);
  });

  it("reaches a server that the kubeconfig names without a scheme, as kubectl does", async () => {
    const fake = await cluster(shop);
    const bare = fake.server.replace("http://", "");
    assert.match((await scan(fake, [], { cluster: { server: bare } })).out, /in 5 objects/);
    // Anything of TLS makes it https, which this server does not speak.
    const secured = await scan(fake, [], { cluster: { server: bare, "insecure-skip-tls-verify": true } });
    assert.match(secured.err, /^error: https:\/\/127\.0\.0\.1:\d+ \(context fake\) cannot be asked/);
    const { err } = await scan(fake, [], { cluster: { server: "http://[" } });
    assert.match(
      err,
      /^error: cluster fake of the kubeconfig has a server that is not an http or https URL: http:\/\/\[\n$/,
    );
  });

  it("passes over empty files and incomplete entries of a KUBECONFIG list", async () => {
    const fake = await cluster(shop);
    const other = JSON.stringify({ clusters: [{ name: "half", cluster: {} }], users: null, contexts: null });
    const folder = folderWith({ empty: "", comment: "---\n# nothing\n", other, config: fake.kubeconfig() });
    const files = ["empty", "comment", "other", "config"].map((each) => path.join(folder, each));
    const { out, err } = await askCluster(folder, ["scan"], { env: { KUBECONFIG: files.join(path.delimiter) } });
    assert.equal(err, "");
    assert.match(out, /in 5 objects/);
  });

  it("goes through the proxy of the kubeconfig", async () => {
    const fake = await cluster(shop);
    const { out } = await scan(fake, [], { cluster: { server: "http://cluster.invalid", "proxy-url": fake.server } });
    assert.match(out, /in 5 objects/);
    const { code, err } = await scan(fake, [], {
      cluster: { server: "http://cluster.invalid", "proxy-url": "http://ada:pr0xy@127.0.0.1:1" },
    });
    assert.equal(code, 2);
    assert.match(
      err,
      /^error: http:\/\/cluster\.invalid \(context fake\), through proxy http:\/\/…@127\.0\.0\.1:1, cannot be reached: connection refused\n$/,
    );
  });

  describe("says in one line what keeps it from a cluster", () => {
    const failing = async (
      env: Readonly<Record<string, string>>,
      words: readonly string[],
      files: Readonly<Record<string, string>> = {},
    ): Promise<string> => {
      const { code, out, err } = await askCluster(folderWith(files), ["scan", ...words], { env });
      assert.equal(code, 2);
      assert.equal(out, "");
      assert.match(err, /^error: [^\n]+\n$/);
      return err;
    };
    const config = (server: string): string =>
      JSON.stringify({
        "current-context": "production",
        clusters: [{ name: "c", cluster: { server } }],
        users: [],
        contexts: [{ name: "production", context: { cluster: "c", user: "nobody" } }],
      });

    it("no kubeconfig", async () => {
      assert.match(
        await failing({}, []),
        /no cluster to ask: ~\/\.kube\/config does not exist, and KUBECONFIG is not set/,
      );
      assert.match(
        await failing({ KUBECONFIG: "/none/here" }, []),
        /KUBECONFIG names no file that exists \(\/none\/here\)/,
      );
      assert.match(await failing({}, ["--kubeconfig", "none"]), /none: no such file/);
    });

    it("a file that is none", async () => {
      assert.match(await failing({}, ["--kubeconfig", "k"], { k: "- a\n" }), /k names no cluster/);
      assert.match(await failing({}, ["--kubeconfig", "k"], { k: "a: [\n" }), /k: /);
      assert.match(await failing({}, ["--kubeconfig", "k"], { k: "" }), /k: this is not a kubeconfig/);
    });

    it("no secret of the server's URL, the proxy's or the environment", async () => {
      const server = "https://ada:hunter2@127.0.0.1:1";
      const out = await failing({}, ["--kubeconfig", "k"], { k: config(server) });
      assert.match(out, /^error: https:\/\/…@127\.0\.0\.1:1 \(context production\) cannot/);
      const proxied = await failing({ HTTPS_PROXY: "ada:hun/ter2@127.0.0.1:1" }, ["--kubeconfig", "k"], {
        k: config("https://cluster.invalid"),
      });
      assert.doesNotMatch(proxied, /hun|ter2/);
    });

    it("no secret of a kubeconfig that is no YAML", async () => {
      const err = await failing({}, ["--kubeconfig", "k"], { k: "users:\n- user:\n    password: *hunter2\n" });
      assert.match(err, /k: line 3, column \d+: this is not YAML$/m);
    });

    it("no token that a program for credentials printed, and nothing that a terminal obeys", async () => {
      const withExec = (script: string): string => {
        const made = JSON.parse(config("https://127.0.0.1:1"));
        const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", script] };
        return JSON.stringify({ ...made, users: [{ name: "nobody", user: { exec } }] });
      };
      const said = async (script: string): Promise<string> => {
        const err = await failing({}, ["--kubeconfig", "k"], { k: withExec(script) });
        assert.doesNotMatch(err, /t0ken|eyJ/);
        assert.ok(!err.includes("\u001b"));
        return err;
      };
      assert.match(await said("echo k8s-aws-v1.t0ken"), /sh did not print an ExecCredential with a status$/m);
      assert.match(await said('echo \'{"kind": "t0ken"}\''), /sh did not print an ExecCredential with a status$/m);
      const login = "run aws sso login for arn:aws:iam::123:role/dev";
      assert.match(await said(`echo '\u001b[2J${login}' >&2; exit 1`), new RegExp(`${login}$`, "m"));
      assert.match(
        await said("echo 'token eyJhbGciOi.eyJzdWIi.c2lnbmF0 has expired' >&2; exit 1"),
        /token … has expired/,
      );
      assert.match(await said("echo 'key t0ken9Xy7Zq31aBcDeF failed' >&2; exit 1"), /key … failed/);
    });

    it("a context that is not there", async () => {
      const files = { k: config("https://127.0.0.1:1") };
      assert.match(
        await failing({}, ["--kubeconfig", "k", "--context", "prod"], files),
        /there is no context prod in the kubeconfig; did you mean production\?/,
      );
    });

    it("a server that nothing listens at, or whose name does not resolve", async () => {
      assert.match(
        await failing({}, ["--kubeconfig", "k"], { k: config("https://127.0.0.1:1") }),
        /https:\/\/127\.0\.0\.1:1 \(context production\) cannot be reached: connection refused/,
      );
      assert.match(
        await failing({}, ["--kubeconfig", "k"], { k: config("https://none.invalid") }),
        /its name does not resolve/,
      );
    });

    it("a server that is something else", async () => {
      const other = createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")).listen(0, "127.0.0.1");
      await new Promise((resolve) => other.once("listening", resolve));
      const { port } = other.address() as { port: number };
      await failing({}, ["--kubeconfig", "k"], { k: config(`http://127.0.0.1:${port}`) });
      other.close();
    });
  });

  it("takes the first of two files that say something of one name", async () => {
    const fake = await cluster(shop);
    const folder = folderWith({
      first: fake.kubeconfig({ context: { namespace: "shop" } }),
      second: fake.kubeconfig({ context: { namespace: "test" } }),
    });
    const env = {
      KUBECONFIG: [path.join(folder, "first"), path.join(folder, "none"), path.join(folder, "second")].join(
        path.delimiter,
      ),
    };
    assert.match((await askCluster(folder, ["scan"], { env })).out, /in 5 objects/);
  });
});

describe("the proxy of the environment", () => {
  const proxied = (server: string, NO_PROXY: string): boolean =>
    proxyFor(new URL(server), { HTTPS_PROXY: "proxy:3128", NO_PROXY }) !== undefined;

  it("is not asked for what NO_PROXY lists, as Go reads it", () => {
    const api = "https://10.1.2.3:6443";
    for (const [server, list, expected] of [
      [api, "", true],
      [api, "10.0.0.0/8", false],
      [api, "10.1.2.0/30", false],
      [api, "10.2.0.0/16, 10.1.2.4", true],
      [api, "10.1.2.3:6443", false],
      [api, "10.1.2.3:443", true],
      [api, "10.1.2", true],
      ["https://10.1.2.3", "10.1.2.3:443", false],
      ["https://[fd00::1]:6443", "fd00::/8", false],
      ["https://[fd00::1]:6443", "[fd00::1]:6443", false],
      ["https://[fd00::1]:6443", "10.0.0.0/8", true],
      ["https://api.Shop.example:6443", "SHOP.example", false],
      ["https://api.shop.example:6443", "shop.example:6443", false],
      ["https://api.shop.example:6443", "shop.example:443", true],
      ["https://shop.example", ".shop.example", true],
      ["https://api.shop.example", "*.shop.example", false],
      ["https://myshop.example", "shop.example", true],
      [api, "other.example, *", false],
      [api, "10.0.0.0/99,/,:", true],
    ] as const)
      assert.equal(proxied(server, list), expected, `${server} with NO_PROXY=${list}`);
  });

  it("is the first variable that says something", () => {
    const api = new URL("https://api.shop.example");
    assert.equal(proxyFor(api, { HTTPS_PROXY: "", https_proxy: "proxy:3128" }), "http://proxy:3128");
    assert.equal(proxyFor(api, { HTTP_PROXY: "proxy:3128" }), undefined);
    assert.equal(proxyFor(api, { HTTPS_PROXY: "socks5://proxy:1080" }), "socks5://proxy:1080");
  });
});

describe("--request-timeout", () => {
  it("is read as kubectl reads it", () => {
    for (const [text, milliseconds] of [
      ["1", 1000],
      ["30s", 30_000],
      ["1m", 60_000],
      ["1m30s", 90_000],
      ["1.5s", 1500],
      ["300ms", 300],
      // Both of Unicode's signs for micro, as Go has it.
      ["500000\u00b5s", 500],
      ["500000\u03bcs", 500],
      ["0", Number.POSITIVE_INFINITY],
      ["0s", Number.POSITIVE_INFINITY],
      ["100000h", 2 ** 31 - 1],
    ] as const)
      assert.equal(timeoutOf(text), milliseconds, text);
    for (const text of ["", "soon", "-1", "1x", "s", "1 s", "1s2", "-30s", "9".repeat(60)])
      assert.throws(() => timeoutOf(text), /--request-timeout .* is not a duration/, text);
  });
});

describe("scan --from", () => {
  const dumpOf = (objects: readonly object[]): string =>
    JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }, null, 2);

  it("finds in a list what it finds in the cluster", async () => {
    const fake = await startFakeCluster(shop);
    const folder = folderWith({ config: fake.kubeconfig(), "dump.json": dumpOf(shop) });
    const live = await askCluster(folder, [
      "scan",
      "--kubeconfig",
      "config",
      "-o",
      "concise",
      "--ignore",
      "database-without-backup",
    ]);
    await fake.stop();
    const dumped = await askCluster(folder, ["scan", "--from", "dump.json", "-o", "concise"]);
    assert.equal(dumped.out, live.out);
    assert.notEqual(live.out, "");
  });

  it("does not take for absent what nobody took", async () => {
    const folder = folderWith({
      "dump.json": dumpOf(shop),
      "cronjobs.json": '{"kind":"CronJobList","apiVersion":"batch/v1","items":[]}',
    });
    const rules = ["-o", "concise", "--select", "governing-service-missing"];
    const sets = folderWith({ "dump.json": dumpOf([database("db")]) });
    assert.equal((await askCluster(sets, ["scan", "--from", "dump.json", ...rules])).out, "");
    assert.equal((await askCluster(folder, ["scan", "--from", ".", ...rules])).out, "");
  });

  it("passes Secrets over", async () => {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: "shop" },
      data: { password: "aHVudGVyMg==" },
    };
    const { out } = await askCluster(folderWith({ d: dumpOf([...shop, secret]) }), [
      "scan",
      "--from",
      "d",
      "-o",
      "json",
    ]);
    assert.equal(JSON.parse(out).summary.files, 5);
  });

  it("reads stdin, and says when nothing came", async () => {
    const { out } = await askCluster(folderWith({}), ["scan", "--from", "-"], { stdin: dumpOf(shop) });
    assert.match(out, /in 5 objects/);
    const { code, err } = await askCluster(folderWith({}), ["scan", "--from", "-"], { stdin: "" });
    assert.equal(code, 2);
    assert.match(err, /^error: nothing came from stdin/);
  });

  it("reads the other files of a folder where one cannot be read, follows links, and fails", async () => {
    const folder = folderWith({
      "dump/db.json": dumpOf(shop),
      "dump/broken.json": dumpOf([database("other")]).slice(0, -30),
      "dump/image.yaml": Buffer.from([0x89, 0x50, 0, 0, 0, 1]),
      "elsewhere/third.json": dumpOf([database("third")]),
    });
    symlinkSync("../elsewhere/third.json", path.join(folder, "dump/link.json"));
    symlinkSync("gone.json", path.join(folder, "dump/dangling.json"));
    symlinkSync(".", path.join(folder, "dump/again"));
    writeFileSync(path.join(folder, "dump/huge.json"), "");
    truncateSync(path.join(folder, "dump/huge.json"), 300 * 1024 * 1024);
    const words = ["--from", "dump", "-o", "concise", "--select", "replicas-do-not-replicate"];
    const { code, out, err } = await askCluster(folder, ["scan", ...words]);
    assert.equal(code, 2);
    assert.match(out, /^StatefulSet shop\/third /m);
    assert.match(out, /^StatefulSet shop\/db /m);
    assert.deepEqual(err.trimEnd().split("\n").sort(), [
      "error: dump/broken.json: it is not JSON from line 5 on; nothing of what begins at line 1 was read",
      "error: dump/dangling.json: a broken link",
      "error: dump/huge.json: more than 256 MB, too large to read",
      "error: dump/image.yaml: this is a binary file",
    ]);
    assert.equal((await askCluster(folder, ["pvc", "list", "--from", "dump"])).code, 2);
    const alone = await askCluster(folder, ["scan", "--from", "dump/image.yaml"]);
    assert.deepEqual([alone.code, alone.err], [2, "error: dump/image.yaml: this is a binary file\n"]);
  });

  it("judges or names objects of which fields are null, something else, or nested without end", async () => {
    const odd = (kind: string, apiVersion: string, name: string): readonly object[] =>
      [null, 0, "x", [], [null]].flatMap((value, index) =>
        ["spec", "status", "metadata.labels", "metadata.annotations", "metadata.ownerReferences", "spec.claimRef"].map(
          (field) => {
            const object = {
              apiVersion,
              kind,
              metadata: {
                name: `${name}-${index}-${field.toLowerCase()}`,
                namespace: "shop",
                uid: field + index,
              } as Record<string, unknown>,
            } as Record<string, unknown>;
            const [first = "", second] = field.split(".");
            if (second === undefined) object[first] = value;
            else object[first] = { ...(object[first] as object | undefined), [second]: value };
            return object;
          },
        ),
      );
    const kinds = [
      ["Pod", "v1"],
      ["PersistentVolume", "v1"],
      ["PersistentVolumeClaim", "v1"],
      ["Service", "v1"],
      ["Node", "v1"],
      ["StatefulSet", "apps/v1"],
      ["Deployment", "apps/v1"],
      ["Job", "batch/v1"],
      ["CronJob", "batch/v1"],
      ["Cluster", "postgresql.cnpg.io/v1"],
      ["ObjectStore", "barmancloud.cnpg.io/v1"],
      ["VolumeSnapshot", "snapshot.storage.k8s.io/v1"],
    ] as const;
    const deep = `${'{"a":'.repeat(8000)}1${"}".repeat(8000)}`;
    const lists = `${"[".repeat(8000)}${"]".repeat(8000)}`;
    const all = [
      ...kinds.flatMap(([kind, apiVersion]) => odd(kind, apiVersion, kind.toLowerCase())),
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "deep", namespace: "shop" }, data: "DEEP" },
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "lists", namespace: "shop" }, data: "LISTS" },
      ...shop,
    ];
    const folder = folderWith({
      "dump.json": dumpOf(all).replace('"DEEP"', deep).replace('"LISTS"', lists),
    });
    const { code, out, err } = await askCluster(folder, ["scan", "--from", "dump.json", "-o", "concise"]);
    assert.match(out, /^StatefulSet shop\/db /m);
    assert.doesNotMatch(out, /rule-crashed/);
    assert.equal(code, 2);
    assert.deepEqual(err.trimEnd().split("\n"), [
      "error: ConfigMap shop/deep: nested too deeply to be read",
      "error: ConfigMap shop/lists: nested too deeply to be read",
    ]);
    for (const words of [["list"], ["list", "-n", "shop"], ["inspect", "persistentvolumeclaim-0-spec"]])
      assert.doesNotMatch((await askCluster(folder, ["pvc", ...words, "--from", "dump.json"])).err, /dbops failed/);
  });

  it("says what it cannot read", async () => {
    assert.match((await askCluster(folderWith({}), ["scan", "--from", "none"])).err, /^error: none: /);
    const { err } = await askCluster(folderWith({ d: dumpOf(shop).slice(0, -20) }), ["scan", "--from", "d"]);
    assert.match(err, /^error: d: it is not JSON/);
    assert.match(
      (await askCluster(folderWith({ d: dumpOf(shop) }), ["scan", "--from", "d", "--context", "x"])).err,
      /--from reads files and asks no cluster/,
    );
  });
});
