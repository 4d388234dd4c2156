// What nothing uses: files, exports, packages. `--production` looks again without the tests, for what only they keep alive.
import type { KnipConfig } from "knip";

const withoutTests = process.argv.includes("--production");

export default {
  mocha: false,
  exclude: ["binaries"],
  ignoreExportsUsedInFile: withoutTests,
  // Found by their paths: three programs, a schema, a grammar.
  ignoreDependencies: ["@biomejs/biome", "c8", "@microsoft/jest-sarif", "squawk-cli", "tree-sitter-powershell"],
  ignoreIssues: { "tools/release/executables.ts": withoutTests ? ["exports"] : [] },
  workspaces: {
    ".": { entry: ["ci/*.mjs!"] },
    "packages/core": {
      entry: ["test/**/*.test.ts", "test/support/count-work.ts"],
      project: ["src/**/*.ts!", "test/**/*.ts"],
    },
    "packages/session": { entry: ["test/**/*.test.ts"], project: ["src/**/*.ts!", "test/**/*.ts"] },
    "packages/language-server": { entry: ["test/**/*.test.ts"], project: ["src/**/*.ts!", "test/**/*.ts"] },
    "packages/kubectl-dbops": {
      entry: ["src/main.ts!", "src/completion/main.ts!", "launch*.cjs!", "test/**/*.test.ts"],
      project: ["*.{mjs,cjs}", "src/**/*.ts!", "test/**/*.{ts,mjs,cjs}"],
      ignoreUnresolved: ["./complete.cjs"], // built
    },
    "packages/vscode-dbops": {
      entry: [
        "src/{extension,web}.ts!",
        "test/**/*.test.ts",
        "test/e2e/{run,suites,*.e2e}.ts",
        "test/{host,ui}/*.{mjs,cjs}",
        "test/web/{run,web.e2e}.ts",
        "test/web/*.mjs",
      ],
      project: ["*.mjs", "src/**/*.ts!", "test/**/*.{ts,mjs,cjs}"],
    },
    // Markdown imports the components, and VitePress runs what loads their data.
    "packages/docs-site": {
      entry: [".vitepress/{config,theme/index}.ts", "src/**/*.{vue,data.ts}", "src/playground/worker.ts"],
      project: ["*.ts", "src/**/*.{ts,vue}", ".vitepress/**/*.ts"],
    },
    tools: {
      entry: [
        "*.{ts,mjs}!",
        "bench/*.cjs!",
        "bench/{editing,session}.ts!",
        "fuzz/worker.ts!",
        "kubernetes/start.mjs!",
        "test/**/*.test.ts",
        "test/support/{github-comments,registry}.mjs",
      ],
      project: ["**/*.{ts,mjs,cjs}!", "!test/**!"],
    },
  },
} satisfies KnipConfig;
