/** The folder of a uri, without a trailing slash. */
export function folderOf(uri: string): string {
  const slash = uri.lastIndexOf("/");
  return slash < 0 ? "" : uri.slice(0, slash);
}

/** `base/../other` resolved; a trailing slash is dropped. */
export function joinPath(folder: string, relative: string): string {
  const parts = folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** A folder without the folders above it that hold another file too: short, and the same on every machine. */
export function apartFrom(folder: string, uri: string): string {
  const parts = folder.split("/");
  const others = uri.split("/");
  const shared = parts.findIndex((part, index) => part !== others[index]);
  return parts.slice(shared < 0 ? -1 : shared).join("/");
}
