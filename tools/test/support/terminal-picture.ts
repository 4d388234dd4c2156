/** A command as a terminal shows it: its output may hold ANSI colors. */
export interface Scene {
  readonly command: string;
  readonly output: string;
}

interface Run {
  readonly text: string;
  readonly style: string;
}

const width = 100;
const character = 8.4;
const lineHeight = 19;
const secondsOfScene = 7;
const styles: Readonly<Record<string, string>> = {
  "1": "b",
  "2": "d",
  "31": "r",
  "32": "g",
  "33": "y",
  "34": "u",
  "35": "m",
  "36": "c",
};

/**
 * An SVG that shows the scenes one after the other, without a script: what a page on GitHub may show. Where motion is not wanted it
 * stays at the first one. Lines longer than 100 columns are wrapped as a terminal does.
 */
export function terminalPicture(title: string, scenes: readonly Scene[]): string {
  const screens = scenes.map(({ command, output }) => linesOf(`\u001b[1m$ ${command}\u001b[0m\n${output.trimEnd()}`));
  const height = Math.max(...screens.map((screen) => screen.length)) * lineHeight + 64;
  const total = scenes.length * secondsOfScene;
  const share = 100 / scenes.length;
  const groups = screens.map(
    (screen, index) =>
      `<g class="s" style="animation-delay:${index * secondsOfScene - (index === 0 ? 0 : total)}s">\n${screen.map(textOf).join("\n")}\n</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width * character + 40}" height="${height}" viewBox="0 0 ${width * character + 40} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d6dde6; white-space: pre; }
.b { font-weight: 700; fill: #ffffff; } .d { fill: #8b98a7; } .r { fill: #ff7b72; } .g { fill: #56d364; } .y { fill: #e3b341; }
.u { fill: #79c0ff; } .m { fill: #d2a8ff; } .c { fill: #76e3ea; }
.s { visibility: hidden; animation: show ${total}s step-end infinite; }
.s:first-of-type { visibility: visible; }
@keyframes show { 0% { visibility: visible; } ${Number(share.toFixed(2))}% { visibility: hidden; } 100% { visibility: hidden; } }
@media (prefers-reduced-motion: reduce) { .s { animation: none; } }
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
${groups.join("\n")}
</svg>
`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** One line; each run has its own place, so that no font can move a column. */
function textOf(runs: readonly Run[], line: number): string {
  let column = 0;
  const spans = runs.map(({ text, style }) => {
    const x = Number((20 + column * character).toFixed(1));
    column += text.length;
    const length = Number((text.length * character).toFixed(1));
    const styled = style === "" ? "" : ` class="${style}"`;
    return text.trim() === "" ? "" : `<tspan x="${x}" textLength="${length}"${styled}>${escaped(text)}</tspan>`;
  });
  return `<text y="${56 + line * lineHeight}" xml:space="preserve">${spans.join("")}</text>`;
}

function linesOf(output: string): readonly (readonly Run[])[] {
  let style = "";
  return output.split("\n").flatMap((line) => {
    const rows: Run[][] = [[]];
    let column = 0;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI's escape
    for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI's escape
      const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
      if (codes !== undefined) {
        style = codes
          .split(";")
          .flatMap((code) => styles[code] ?? [])
          .join(" ");
        continue;
      }
      for (let rest = part; rest !== ""; ) {
        if (column === width) {
          rows.push([]);
          column = 0;
        }
        const text = rest.slice(0, width - column);
        rows.at(-1)?.push({ text, style });
        column += text.length;
        rest = rest.slice(text.length);
      }
    }
    return rows;
  });
}
