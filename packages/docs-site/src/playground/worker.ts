// The linter beside the page: typing does not wait for it.
import type { PresetName } from "@dbops/core";
import { lintText } from "./lint-text.ts";

export interface Question {
  readonly text: string;
  readonly preset: PresetName;
}

addEventListener("message", ({ data }: MessageEvent<Question>) => {
  postMessage(lintText(data.text, data.preset, new Date().toISOString().slice(0, 10)));
});
