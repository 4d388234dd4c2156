// Starts the VS Code server on the loopback, and the headless browser that shows it.
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { chromium } from "playwright-core";
import { browserPath, nodePath, serverPath } from "./places.mjs";

/** Quiet and quick, unless a test says otherwise. */
export const quietSettings = {
  "chat.disableAIFeatures": true,
  "workbench.startupEditor": "none",
  "workbench.enableExperiments": false,
  "extensions.ignoreRecommendations": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "git.enabled": false,
};

export function serverWords(work, userFolder, extensionsFolder) {
  return [
    "--server-data-dir",
    path.join(work, "server"),
    "--user-data-dir",
    path.resolve(userFolder),
    "--extensions-dir",
    path.resolve(extensionsFolder),
    "--accept-server-license-terms",
  ];
}

export const serverEnvironment = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}' };

export function writeSettings(userFolder, settings = quietSettings) {
  const file = path.join(userFolder, "User/settings.json");
  if (fs.existsSync(file)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(settings, undefined, 2));
}

async function freePort() {
  return new Promise((found, failed) => {
    const server = net.createServer().once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

// Should the process that started it be killed outright, the server must not stay behind.
const endWithParent =
  "data:text/javascript,const p=process.ppid;setInterval(()=>{if(process.ppid!==p)process.kill(0,'SIGKILL')},1000).unref()";

/** `environment` reaches the extension host. Ends with stop(). */
export async function startServer(words, environment, onEnd) {
  const port = await freePort();
  let log = "";
  const child = spawn(
    nodePath,
    [
      `--import=${endWithParent}`,
      serverPath,
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--without-connection-token",
      "--telemetry-level",
      "off",
      "--disable-workspace-trust",
      "--disable-experiments",
      "--disable-getting-started-override",
      "--force-disable-user-env", // no login shell for the extension host's environment
      "--enable-smoke-test-driver", // lets the page name extensionDevelopmentPath and extensionTestsPath
      ...words,
    ],
    { detached: true, env: { ...serverEnvironment, ...environment }, stdio: ["ignore", "pipe", "pipe"] },
  );
  child.once("exit", (code) => onEnd(`the VS Code server ended with ${code}`));
  await new Promise((ready) => {
    const listen = (bytes) => {
      log += bytes;
      if (log.includes("Extension host agent started")) ready();
      // VS Code would start a crashed extension host again, and the tests would never end.
      const crash = /Extension Host Process exited with code: \S+ signal: \S+/.exec(log);
      if (crash !== null) setTimeout(() => onEnd(crash[0]), 5000);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
  });
  return {
    port,
    uri: (file) => `vscode-remote://127.0.0.1:${port}${path.resolve(file)}`,
    log: () => log,
    stop: () => {
      child.removeAllListeners("exit");
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // gone already
      }
    },
  };
}

/** A browser that reaches nothing but this machine. */
export async function startBrowser() {
  return chromium.launch({
    executablePath: browserPath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
    ],
  });
}
