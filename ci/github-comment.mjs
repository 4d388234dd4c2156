// Keeps one comment of a pull request up to date: node github-comment.mjs FILE posts the file's text, changes the comment that is
// there, or deletes it where the file is empty. https://docs.github.com/rest/issues/comments
import { readFileSync } from "node:fs";

/** The first line of every comment of `kubectl dbops diff -o markdown`. */
const marker = "<!-- dbops diff -->";

const { GITHUB_API_URL = "https://api.github.com", GITHUB_REPOSITORY, DBOPS_PULL, DBOPS_TOKEN } = process.env;
const repository = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/issues`;

async function ask(method, url, body) {
  const answer = await fetch(url, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      "user-agent": "dbops",
      ...(DBOPS_TOKEN ? { authorization: `Bearer ${DBOPS_TOKEN}` } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify({ body }) }),
  });
  if (!answer.ok)
    throw Object.assign(new Error(`GitHub answers ${answer.status} to ${method}`), { status: answer.status });
  return answer.status === 204 ? undefined : answer.json();
}

/** Comments that begin as ours do. Anybody may have pasted one, and GitHub lets a token change its own only. */
async function marked() {
  const found = [];
  for (let page = 1; ; page++) {
    const comments = await ask("GET", `${repository}/${DBOPS_PULL}/comments?per_page=100&page=${page}`);
    found.push(...comments.filter(({ body }) => body?.startsWith(marker)));
    if (comments.length < 100) return found;
  }
}

/** Whether one of the comments is ours and now is as it has to be. */
async function change(comments, text) {
  for (const { id, body } of comments)
    try {
      if (text.trim() === "") await ask("DELETE", `${repository}/comments/${id}`);
      else if (body.trim() !== text.trim()) await ask("PATCH", `${repository}/comments/${id}`, text);
      return true;
    } catch (error) {
      if (error.status !== 403) throw error;
    }
  return false;
}

try {
  const text = readFileSync(process.argv[2], "utf8");
  const isChanged = await change(await marked(), text);
  if (!isChanged && text.trim() !== "") await ask("POST", `${repository}/${DBOPS_PULL}/comments`, text);
} catch (error) {
  // The token of a pull request from a fork may only read; what was found is in the log and at the lines.
  const reason = error.cause?.code ?? error.message;
  const remedy = error.status === 403 ? ": it needs the permission pull-requests: write" : "";
  console.log(`::warning title=dbops::the comment was not written (${reason})${remedy}.`);
}
