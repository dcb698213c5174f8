/** @file Comments on the pull request with the table, and on later runs changes that comment. */

import { readFileSync } from "node:fs";

const { NAME = "audit", TOKEN, SUMMARY, ARTIFACT, GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH } = process.env;
const marker = `<!-- fovea: ${NAME} -->`;
const { pull_request: request } = JSON.parse(readFileSync(GITHUB_EVENT_PATH, "utf8"));

async function ask(method, path, content) {
  const answer = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/issues/${path}`, {
    method,
    headers: {
      Accept: "application/vnd.github+json",
      Authorization: `Bearer ${TOKEN}`,
      "X-GitHub-Api-Version": "2022-11-28",
    },
    body: content && JSON.stringify(content),
  });
  if (answer.ok) return answer.json();
  throw Object.assign(new Error(`GitHub answered ${method} ${path} with ${answer.status}`), { status: answer.status });
}

/** The comment of an earlier run, on whichever page of all comments it is. */
async function ownComment(page = 1) {
  const comments = await ask("GET", `${request.number}/comments?per_page=100&page=${page}`);
  const own = comments.find(({ body }) => body?.startsWith(marker));
  return own || comments.length < 100 ? own : ownComment(page + 1);
}

async function comment() {
  const link = ARTIFACT ? `\n[The report](${ARTIFACT}) shows where the models look.\n` : "";
  const body = `${marker}\n${readFileSync(SUMMARY, "utf8")}${link}`;
  const own = await ownComment();
  if (own) await ask("PATCH", `comments/${own.id}`, { body });
  else await ask("POST", `${request.number}/comments`, { body });
}

if (!request) console.log("no pull request: the table is in the summary of the run");
else
  await comment().catch((error) => {
    // The token of a pull request from a fork may only read.
    if (error.status !== 403) throw error;
    console.log("::warning::the token may not write comments: the table is in the summary of the run");
  });
