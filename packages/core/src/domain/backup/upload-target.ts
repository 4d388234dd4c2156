import type { Command } from "../../embedded/command.ts";
import type { Container } from "../../kube/container.ts";
import { fileName } from "../../text/scan.ts";
import { expandedText } from "./dump-directory.ts";

/** Programs that copy one file to a store, the destination last. */
const copies =
  /^(?:aws (?:-\S+ (?:[^-\s]\S* )?)*s3 (?:cp|mv)|gsutil (?:-\S+ )*(?:cp|mv)|gcloud storage (?:cp|mv)|s3cmd (?:-\S+ )*put|mc (?:-\S+ )*(?:cp|mv|pipe)|rclone (?:-\S+ )*(?:copyto|moveto|rcat)|s5cmd (?:-\S+ )*(?:cp|mv|pipe))\b/;
/** Options that are followed by a value. */
const valued = /^--(?:endpoint-url|profile|region|storage-class|sse-kms-key-id|acl|expected-size|content-type|config)$/;

/**
 * The object or file that a command of a script writes to a store: with what the script and the container's variables say put in.
 * undefined: it uploads nothing, or more than one file.
 */
export function uploadTarget(command: Command, container: Container): string | undefined {
  const words = command.words.map(({ raw }) => withVariables(expandedText(raw, command), container));
  const program = fileName(words[0] ?? "");
  if (!copies.test([program, ...words.slice(1)].join(" "))) return undefined;
  if (words.some((word) => /^(?:-r|-R|--recursive)$/.test(word))) return undefined;
  const operands = words.slice(1).filter((word, index) => !word.startsWith("-") && !valued.test(words[index] ?? ""));
  const destination = operands.at(-1);
  const source = operands.at(-2);
  if (destination === undefined) return undefined;
  return destination.endsWith("/") && source !== undefined ? `${destination}${fileName(source)}` : destination;
}

/** `$DB` and `${DB}` replaced where the container's own variables say what they are. */
export function withVariables(text: string, container: Container): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
    return container.environment.get(braced ?? plain ?? "")?.value ?? whole;
  });
}
