/** Documents one after the other, from the beginning again when they end, until `size` characters are reached. */
export function joinedTo(documents: readonly string[], size: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; length < size && documents.length > 0; index++) {
    const document = documents[index % documents.length] ?? "";
    const part = `${document}${document.endsWith("\n") ? "" : "\n"}---\n`;
    parts.push(part);
    length += part.length;
  }
  return parts.join("");
}

/** One ConfigMap of about `size` characters. */
export function largeDocument(size: number): string {
  const line = "    pg_restore: creating TABLE public.orders\n";
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: restore-log\ndata:\n  log: |\n${line.repeat(Math.ceil(size / line.length))}`;
}
