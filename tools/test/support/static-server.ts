import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** Serves the files of a folder on the loopback, under a path that ends in a slash, and no other. */
export async function serveFolder(folder: string, base: string): Promise<{ readonly url: string; stop(): void }> {
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const name = decodeURIComponent(pathname.slice(base.length)).replace(/(^|\/)$/, "$1index.html");
    const file = path.join(folder, name);
    const isThere = pathname.startsWith(base) && file.startsWith(folder + path.sep) && existsSync(file);
    response.writeHead(isThere ? 200 : 404, {
      "content-type": types[path.extname(file)] ?? "application/octet-stream",
    });
    if (isThere) createReadStream(file).pipe(response);
    else response.end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}${base}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
