// Loaded before a measured program: writes its peak memory in KiB to the file that the environment names.
process.on("exit", () => {
  require("node:fs").writeFileSync(process.env.BENCH_PEAK_FILE, String(process.resourceUsage().maxRSS));
});
