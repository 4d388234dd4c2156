/** The sentences that the README begins with, without how to install. */
export function pitchOf(readme: string): string {
  const [, first = ""] = /^# dbops\n\n([\s\S]*?)\n\n/.exec(readme) ?? [];
  const sentences = first
    .replace(/\s+/g, " ")
    .replace(/[_*]/g, "")
    .split(/(?<=[.!?]) (?=[A-Z])/);
  const told = sentences.filter((sentence) => !sentence.endsWith(":"));
  if (told.length === 0) throw new Error("the README does not begin with what dbops is");
  return told.join(" ");
}
