// The comments of one pull request as GitHub's API has them, on loopback: node github-comments.mjs prints its address. With `closed` it
// lets nobody write, as for the token of a fork; with `pasted` somebody else's comment begins as ours do.
import { createServer } from "node:http";

const isClosed = process.argv[2] === "closed";
const foreign = 1;
const comments = [
  { id: foreign, body: process.argv[2] === "pasted" ? "<!-- dbops diff -->\nIt said this." : "Looks good to me." },
];
let next = 2;
const answer = (response, status, value) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(value === undefined ? "" : JSON.stringify(value));
};

const server = createServer(async (request, response) => {
  let text = "";
  for await (const part of request) text += part;
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (request.method === "GET") {
    const page = Number(searchParams.get("page") ?? 1);
    return answer(response, 200, comments.slice((page - 1) * 100, page * 100));
  }
  if (isClosed) return answer(response, 403, { message: "Resource not accessible by integration" });
  if (request.method === "POST") {
    const comment = { id: next++, ...JSON.parse(text) };
    comments.push(comment);
    return answer(response, 201, comment);
  }
  const id = Number(pathname.slice(pathname.lastIndexOf("/") + 1));
  if (id === foreign) return answer(response, 403, { message: "Resource not accessible by integration" });
  const at = comments.findIndex((each) => each.id === id);
  if (at < 0) return answer(response, 404, {});
  if (request.method === "DELETE") {
    comments.splice(at, 1);
    return answer(response, 204);
  }
  comments[at] = { id, ...JSON.parse(text) };
  return answer(response, 200, comments[at]);
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
