// The site as a reader has it: built, served as plain files, in a real browser.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { allRules } from "@dbops/core";
import type { Browser, Page } from "playwright-core";
import { pagePath } from "../../packages/docs-site/src/pages.ts";
import { lintText } from "../../packages/docs-site/src/playground/lint-text.ts";
import { browserPath } from "../../packages/vscode-dbops/test/host/places.mjs";
import { startBrowser } from "../../packages/vscode-dbops/test/host/server.mjs";
import { folderWith, root, run, succeed } from "./support/folders.ts";
import { builtSite, siteBase } from "./support/site.ts";
import { serveFolder } from "./support/static-server.ts";

const example = (name: string): string => readFileSync(path.join(root, "examples", name), "utf8");

/** The file of the site that a page of the repository becomes. */
const htmlOf = (page: string): string => pagePath(page).replace(/\.md$/, ".html");

describe("the docs site", function () {
  this.timeout(300_000);
  let dist: string;
  // VitePress ends with an error where a link between pages leads nowhere.
  before(() => {
    dist = builtSite();
  });

  it("has a page for each rule, and each page of docs/ in its side bar", () => {
    const overview = readFileSync(path.join(dist, "overview.html"), "utf8");
    for (const { id } of allRules) assert.ok(existsSync(path.join(dist, htmlOf(`docs/rules/${id}.md`))), id);
    for (const folder of ["docs", "docs/guides"])
      for (const name of readdirSync(path.join(root, folder)).filter((each) => each.endsWith(".md")))
        assert.ok(overview.includes(`href="${siteBase}${htmlOf(`${folder}/${name}`)}"`), name);
  });

  it("leads from the pages of the repository to its own, at the path where it is served", () => {
    const html = readFileSync(path.join(dist, "rules/storage/data-on-hostpath.html"), "utf8");
    assert.ok(html.includes(`href="${siteBase}policy.html"`));
    const home = readFileSync(path.join(dist, "overview.html"), "utf8");
    assert.ok(home.includes(`href="${siteBase}rules/#storage"`));
    assert.doesNotMatch(home, /href="(?:\.\.?\/)*(?:examples|packages)\//, "what is no page is no link");
  });

  describe("in a browser", () => {
    let browser: Browser;
    let page: Page;
    let site: Awaited<ReturnType<typeof serveFolder>>;
    const asked: string[] = [];
    const faults: string[] = [];

    before(async function () {
      if (!existsSync(browserPath)) {
        const how = `${browserPath} is missing; packages/vscode-dbops/test/host/set-up-server.mjs installs it`;
        assert.notEqual(process.env.DBOPS_EDITOR_TESTS, "required", how);
        process.stdout.write(`\n  The docs site was not opened, the tests were SKIPPED: ${how}\n`);
        this.skip();
      }
      site = await serveFolder(dist, siteBase);
      browser = await startBrowser();
    });
    beforeEach(async () => {
      asked.length = 0;
      faults.length = 0;
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      page = await context.newPage();
      context.on("request", (request) => asked.push(request.url()));
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(message.text());
      });
    });
    afterEach(async () => {
      const outside = asked.filter((url) => !url.startsWith(site.url) && !/^(?:data|blob):/.test(url));
      await page.context().close();
      assert.deepEqual(outside, [], "nothing is asked of anyone else");
      assert.deepEqual(faults, []);
    });
    after(async () => {
      await browser?.close();
      site?.stop();
    });

    const open = (name: string): Promise<unknown> => page.goto(`${site.url}${name}`);

    it("says on its first screen what dbops is, and where to go", async () => {
      await open("");
      await page.getByText("dbops asks whether this probe kills this server while it recovers").waitFor();
      const picture = "document.querySelector('.VPHome img[alt^=kubectl]')";
      await until(() => page.evaluate<boolean>(`${picture}.naturalWidth > 0`), "the terminal is shown");
      for (const [name, target] of [
        ["Rules", "rules/"],
        ["Install", "install.html"],
        ["Try it in the browser", "playground.html"],
      ] as const) {
        await open("");
        await page.getByRole("main").or(page.locator(".VPHero")).getByRole("link", { name }).first().click();
        await page.waitForURL(`${site.url}${target}`);
      }
    });

    it("finds a word without a server", async () => {
      await open("install.html");
      await page.getByRole("button", { name: "Search" }).click();
      await page.locator("#localsearch-input").fill("pgbouncer");
      const found = page.locator("#localsearch-list a");
      await found.first().waitFor();
      assert.match((await found.allTextContents()).join("\n"), /pgbouncer/i);
    });

    it("leads from the index to a rule, by subject, severity and words", async () => {
      await open("rules/");
      const list = page.locator(".rule-index li");
      assert.ok((await list.count()) >= allRules.length);
      await page.getByLabel("Subject").selectOption("connections");
      await page.getByLabel("Severity").selectOption("error");
      const severities = await list.locator(".severity").allTextContents();
      assert.deepEqual([...new Set(severities)], ["error"]);
      await page.getByLabel("Words").fill("pooler accepts");
      await page.getByRole("link", { name: "pooler-exceeds-max-connections" }).last().click();
      await page.getByRole("heading", { level: 1, name: "pooler-exceeds-max-connections" }).waitFor();
      const siblings = page.locator(".VPSidebar").getByRole("link", { name: "pooler-refuses-clients" });
      assert.ok(await siblings.isVisible(), "its subject is in the side bar");
    });

    it("fits a phone", async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      const guides = readdirSync(path.join(root, "docs/guides")).map(
        (name) => `guides/${name.replace(".md", ".html")}`,
      );
      const rule = "rules/connections/pooler-exceeds-max-connections.html";
      for (const name of ["", "overview.html", "playground.html", "rules/", rule, ...guides]) {
        await open(name);
        const width = await page.evaluate<number>("document.documentElement.scrollWidth");
        assert.ok(width <= 390, `${name} is ${width} wide`);
      }
    });

    describe("the playground", () => {
      const findings = () => page.getByRole("region", { name: "Findings" });
      /** Waits until what is shown is about the text in the editor. */
      const linted = () => page.locator('.playground[data-current="true"]').waitFor();
      const write = async (text: string): Promise<void> => {
        await page.locator(".cm-content").fill(text);
        await linted();
      };

      it("lints what is pasted, and asks nothing of its server once it is there", async () => {
        await open("playground.html");
        await linted();
        await page.waitForLoadState("networkidle");
        asked.length = 0;
        await write(example("shop/postgres.yaml"));
        await findings().getByText("3 Pods of postgres:16 are 3 separate databases").waitFor();
        await findings().getByRole("button", { name: "22:13" }).click();
        assert.match((await page.locator(".cm-activeLine").textContent()) ?? "", /replicas: 3/);
        await write(example("good/cloudnative-pg/cluster.yaml"));
        await findings()
          .getByText(/^No problems in \d+ objects: 1 database/)
          .waitFor();
        await page.getByLabel("Example").selectOption("A nightly dump");
        await findings().getByRole("link", { name: "backup-pipe-hides-failure" }).waitFor();
        assert.deepEqual(asked, []);
        await findings().getByRole("link", { name: "backup-pipe-hides-failure" }).click();
        await page.getByRole("heading", { level: 1, name: "backup-pipe-hides-failure" }).waitFor();
      });

      it("applies a fix, which can be undone", async () => {
        await open("playground.html");
        await linted();
        await write(example("shop/postgres.yaml"));
        const fix = findings().getByRole("button", { name: "Add a startupProbe" });
        await findings().getByText("Restarts every instance of postgres").first().waitFor();
        await fix.click();
        await linted();
        assert.equal(await findings().getByText("liveness-probe-kills-recovery").count(), 0);
        await page.locator(".cm-content").press("Control+z");
        await findings().getByText("liveness-probe-kills-recovery").waitFor();
      });

      it("shows more with the preset all", async () => {
        await open("playground.html");
        await linted();
        const before = await findings().getByRole("listitem").count();
        await page.getByLabel("Preset").selectOption("all");
        await until(async () => (await findings().getByRole("listitem").count()) > before, "it shows more");
      });

      it("puts the text into a link that opens with the same text", async () => {
        const text = `# ${"Größe … ".repeat(300)}\n${example("shop/backup.yaml")}`;
        await open("playground.html");
        await linted();
        await write(text);
        await page.getByLabel("Preset").selectOption("all");
        await page.getByRole("button", { name: "Copy link" }).click();
        await page.waitForFunction("location.hash.includes('text=')");
        const link = page.url();
        assert.ok(link.length < text.length, "it is compressed");
        const other = await page.context().newPage();
        asked.length = 0;
        await other.goto(link);
        await other.locator('.playground[data-current="true"] .findings li').first().waitFor();
        await other.locator(".cm-content").press("Control+Home");
        assert.match((await other.locator(".cm-line").first().textContent()) ?? "", /^# Größe … Größe/);
        assert.equal(await other.getByLabel("Preset").inputValue(), "all");
        assert.ok(
          asked.every((url) => !url.includes("text=")),
          "the text is not sent",
        );
      });
    });
  });
});

/** Waits for what the page does on its own time. */
async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 200 && !(await isSo()); tries++) await new Promise((later) => setTimeout(later, 50));
  assert.ok(await isSo(), what);
}

describe("the playground's linter", function () {
  this.timeout(120_000);
  before(() => void succeed(process.execPath, ["tools/dbops.mjs", "version"]));

  const texts = ["shop/postgres.yaml", "shop/api.yaml", "shop/backup.yaml", "cloudnative-pg/cluster.yaml"];
  for (const name of texts)
    for (const preset of ["recommended", "all"] as const)
      it(`finds in ${name} what the command line finds, with preset ${preset}`, () => {
        const text = example(name);
        const { stdout } = run(
          path.join(root, "packages/kubectl-dbops/dist/kubectl-dbops"),
          ["lint", "-o", "json", "--preset", preset, "pasted.yaml"],
          { cwd: folderWith({ "pasted.yaml": text }) },
        );
        interface Reported {
          readonly rule: string;
          readonly severity: string;
          readonly message: string;
          readonly start: { readonly line: number; readonly column: number };
        }
        const { findings }: { readonly findings: readonly Reported[] } = JSON.parse(stdout);
        assert.ok(findings.length > 0);
        assert.deepEqual(
          lintText(text, preset, new Date().toISOString().slice(0, 10)).findings.map((finding) => [
            finding.ruleId,
            finding.severity,
            finding.message,
            finding.line,
            finding.column,
          ]),
          findings.map(({ rule, severity, message, start }) => [rule, severity, message, start.line, start.column]),
        );
      });
});
