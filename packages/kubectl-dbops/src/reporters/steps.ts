import type { Finding } from "@dbops/core";
import { wrap } from "../wrap.ts";

/** The procedure of a finding in `width` columns: a command that might not fit has a line of its own, whatever its length, to be copied. */
export function stepLines({ fixes }: Finding, width: number): readonly string[] {
  const procedure = fixes.find(({ safety }) => safety === "procedure");
  if (procedure === undefined) return [];
  const { title, consequence = "", steps = "" } = procedure;
  return [
    ...wrap(`${title.replace(/^Show how/, "How")}. ${consequence}`.trim(), width),
    ...steps.split("\n").flatMap((step) => {
      const [number = "", ...rest] = step.split(" ");
      const indent = " ".repeat(number.length + 1);
      const lines = rest
        .join(" ")
        .split(/`(kubectl [^`]{40,})`/)
        .flatMap((text, index) => {
          const isCommand = index % 2 === 1;
          if (isCommand) return [`  ${text}`];
          // What only joined the command to its sentence.
          const words = text.replace(/^[.,)]+/, "").trim();
          return words === "" ? [] : wrap(words, width - indent.length);
        });
      return lines.map((line, index) => `${index === 0 ? `${number} ` : indent}${line}`);
    }),
  ];
}
