import { passwordOptionsOf } from "../facts/password-options.ts";
import { isSecretName } from "../facts/secret-names.ts";

/** Where a password begins among the words of a command; it goes on to the end of its word. */
export interface PasswordWord {
  readonly index: number;
  readonly start: number;
}

/**
 * The passwords of a command by program and option. Words are decoded or as written, quotes included; `program`: what runs where the
 * words are its arguments only. A program among the words (`timeout 5 redis-cli …`) counts from where it stands.
 */
export function passwordWords(words: readonly string[], program?: string): readonly PasswordWord[] {
  const found: PasswordWord[] = [];
  let known = program === undefined ? undefined : passwordOptionsOf(program);
  // A program named later does not take the password of one before it: `mysqldump -u r pg_dump -pPASSWORD`.
  const attached = new Set(known?.attached);
  const whole = (index: number): void => {
    const word = words[index];
    if (word !== undefined && word !== "" && !bare(word).startsWith("-")) found.push({ index, start: 0 });
  };
  for (let index = 0; index < words.length; index++) {
    const written = words[index] ?? "";
    const word = bare(written);
    const shift = written.length - word.length;
    if (!word.startsWith("-")) {
      if (known?.keywords?.includes(word.toLowerCase()) === true) {
        whole(++index);
        // `AUTH user password`
        if (word.toLowerCase() === "auth") whole(++index);
      } else {
        known = passwordOptionsOf(withoutQuote(word)) ?? known;
        const distance = known?.positional?.find(([last]) => endsWith(words, index, last))?.[1];
        if (distance !== undefined) whole(index + distance);
        for (const option of known?.attached ?? []) attached.add(option);
      }
      continue;
    }
    const equals = word.indexOf("=");
    const name = withoutQuote(equals < 0 ? word : word.slice(0, equals));
    if (known?.userinfo !== undefined) {
      const option = known.userinfo.find((each) => name === each || (!each.startsWith("--") && word.startsWith(each)));
      if (option !== undefined) {
        const isNext = word.length === option.length;
        const target = isNext ? ++index : index;
        const colon = (words[target] ?? "").indexOf(known.userinfoMark ?? ":", isNext ? 0 : option.length);
        if (colon >= 0) found.push({ index: target, start: colon + 1 });
        continue;
      }
    }
    if (isSecretOption(name)) {
      if (equals >= 0) {
        if (withoutQuote(word).length > equals + 1) found.push({ index, start: shift + equals + 1 });
      } else if (known?.asks !== true) whole(++index);
    } else if (known?.separate?.includes(name) === true && equals < 0) whole(++index);
    else {
      const option = attachedOption(attached, word);
      if (option !== undefined) found.push({ index, start: shift + option.length });
    }
  }
  return found;
}

/** Whether these words are the ones that end at `index`. */
function endsWith(words: readonly string[], index: number, last: readonly string[]): boolean {
  return last.every((word, at) => withoutQuote(bare(words[index - last.length + 1 + at] ?? "")) === word);
}

function attachedOption(options: ReadonlySet<string>, word: string): string | undefined {
  if (word.startsWith("--") || isWordOption(word)) return undefined;
  return [...options].find((option) => word.startsWith(option) && word.length > option.length);
}

/** `-port`, `-password`: options of programs that write long names with one dash. */
function isWordOption(word: string): boolean {
  return /^-(port|password|protocol|parallel|proxy)\b/.test(word);
}

/** `--password`, `--repo1-cipher-pass`, `-password`; not `--no-password`, and not `-pPASSWORD`, which is a password itself. */
function isSecretOption(option: string): boolean {
  if (!option.startsWith("--")) return /^-(password|passwd|passphrase|pass|token)$/i.test(option);
  const name = option.slice(2);
  if (!/^[\w.-]+$/.test(name) || /^(no|skip|ask|prompt|without|empty)-/.test(name)) return false;
  return isSecretName(name.replaceAll("-", "_"));
}

/** Without a quote at its beginning. */
function bare(word: string): string {
  return /^["']/.test(word) ? word.slice(1) : word;
}

function withoutQuote(word: string): string {
  return /["']$/.test(word) ? word.slice(0, -1) : word;
}
