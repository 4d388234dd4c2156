import { own } from "../text/own.ts";
import type { Word } from "./command.ts";

/** Programs that run another: their options that take a value, and how many words stand before the program. */
const wrappers: Readonly<Record<string, { readonly valued: RegExp; readonly words: number }>> = {
  exec: { valued: /^-a$/, words: 0 },
  tini: { valued: /^-[pe]$/, words: 0 },
  "dumb-init": { valued: /^(-r|--rewrite)$/, words: 0 },
  nohup: { valued: /^$/, words: 0 },
  nice: { valued: /^(-n|--adjustment)$/, words: 0 },
  ionice: { valued: /^-[cnt]$/, words: 0 },
  timeout: { valued: /^(-[ks]|--kill-after|--signal)$/, words: 1 },
  gosu: { valued: /^$/, words: 1 },
  "su-exec": { valued: /^$/, words: 1 },
  sudo: { valued: /^-[ugCDhpRTU]$/, words: 0 },
  env: { valued: /^-[uC]$/, words: 0 },
  xargs: {
    valued: /^(?:-[adEILnPs]|--(?:arg-file|delimiter|max-args|max-procs|max-lines|max-chars|process-slot-var))$/,
    words: 0,
  },
};

/** `exec`, `tini --`, `timeout -k 5 30`, `nice -n 10`, `gosu postgres`, `env A=b`: the program behind them. */
export function skipWrappers<T extends Pick<Word, "text">>(words: readonly T[]): readonly T[] {
  let index = 0;
  for (;;) {
    const program = (words[index]?.text ?? "").replace(/^.*\//, "");
    const wrapper = own(wrappers, program);
    if (wrapper === undefined) return index === 0 ? words : words.slice(index);
    index++;
    while (/^-/.test(words[index]?.text ?? "")) index += wrapper.valued.test(words[index]?.text ?? "") ? 2 : 1;
    index += wrapper.words;
    if (program === "env" || program === "sudo") while (/^[A-Za-z_]\w*=/.test(words[index]?.text ?? "")) index++;
  }
}
