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
  if (!answer.ok) throw new Error(`GitHub answers ${answer.status} to ${method}`);
  return answer.status === 204 ? undefined : answer.json();
}

async function existing() {
  for (let page = 1; ; page++) {
    const comments = await ask("GET", `${repository}/${DBOPS_PULL}/comments?per_page=100&page=${page}`);
    const own = comments.find(({ body }) => body?.startsWith(marker));
    if (own !== undefined || comments.length < 100) return own;
  }
}

try {
  const text = readFileSync(process.argv[2], "utf8");
  const own = await existing();
  if (text.trim() === "") {
    if (own !== undefined) await ask("DELETE", `${repository}/comments/${own.id}`);
  } else if (own === undefined) await ask("POST", `${repository}/${DBOPS_PULL}/comments`, text);
  else if (own.body.trim() !== text.trim()) await ask("PATCH", `${repository}/comments/${own.id}`, text);
} catch (error) {
  // The token of a pull request from a fork may only read; what was found is in the log and at the lines.
  const reason = error.cause?.code ?? error.message;
  console.log(
    `::warning title=dbops::the comment was not written (${reason}): it needs the permission pull-requests: write.`,
  );
}
