// A registry of npm for one package, on this machine only: serves the archives NAME=VERSION=FILE… of its arguments, prints its address.
// What is called "damaged" is announced with the checksum of another file.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const archives = process.argv.slice(2).map((word) => {
  const [state = "", version = "", file = ""] = word.split("=");
  const content = readFileSync(file);
  const announced = state === "damaged" ? Buffer.concat([content, Buffer.from("x")]) : content;
  return { version, content, integrity: `sha512-${createHash("sha512").update(announced).digest("base64")}` };
});
const server = createServer((request, response) => {
  const base = `http://${request.headers.host}`;
  const requested = archives.find(({ version }) => request.url === `/kubectl-dbops/-/kubectl-dbops-${version}.tgz`);
  if (requested !== undefined) response.end(requested.content);
  else if (request.url === "/kubectl-dbops")
    response.end(
      JSON.stringify({
        name: "kubectl-dbops",
        "dist-tags": { latest: archives.at(-1)?.version },
        versions: Object.fromEntries(
          archives.map(({ version, integrity }) => [
            version,
            {
              name: "kubectl-dbops",
              version,
              bin: { "kubectl-dbops": "dist/kubectl-dbops", "kubectl_complete-dbops": "dist/kubectl_complete-dbops" },
              dist: { integrity, tarball: `${base}/kubectl-dbops/-/kubectl-dbops-${version}.tgz` },
            },
          ]),
        ),
      }),
    );
  else response.writeHead(404).end("{}");
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
