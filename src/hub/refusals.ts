/** @file What is wrong where the hub gives no model: a sentence each, with what to do. No token is in any of them. */

import { type ErrorCode, FoveaError } from "../foundation/error.js";
import { counted } from "../foundation/words.js";
import type { HubName } from "./name.js";

/** An answer in the place of a model, or none: nothing that another attempt would change at once. */
export class HubRefusal extends FoveaError {
  /** Whether it says nothing of the model, which may be had from the cache. */
  readonly isAway: boolean;

  constructor(code: ErrorCode, message: string, isAway = false) {
    super(code, message);
    this.name = "HubRefusal";
    this.isAway = isAway;
  }
}

/** Who asked. */
export interface Asked {
  readonly name: HubName;
  readonly endpoint: string;
  readonly hasToken: boolean;
  /** In a page, which has no token and no environment. Default false. */
  readonly inPage?: boolean;
}

/** How many files an error lists. */
const mostListed = 6;

/** The first files of a list, for a sentence. */
export function someOf(files: readonly string[]): string {
  if (files.length === 0) return "no files";
  const more = files.length - mostListed;
  return `${files.slice(0, mostListed).join(", ")}${more > 0 ? ` and ${counted(more, "other")}` : ""}`;
}

/** What the hub means by an answer that is no success. */
export function refusalOf({ status, headers }: Pick<Response, "status" | "headers">, asked: Asked): HubRefusal {
  const code = headers.get("x-error-code");
  const message = headers.get("x-error-message") ?? "";
  if (code === "GatedRepo") return gated(asked);
  if (code === "RevisionNotFound") return noRevision(asked.name);
  if (code === "EntryNotFound") return noEntry(asked);
  if (/invalid credentials|invalid token|expired/i.test(message)) return wrongToken(asked);
  if (code === "RepoNotFound" || [401, 403, 404].includes(status)) return noRepository(asked);
  if (status === 429) return away(asked, "a refusal of so many questions (429)");
  return away(asked, `HTTP status ${status}`);
}

/** What to do with a model that a page may not have. */
const elsewhere = "open it with fovea studio, which takes HF_TOKEN";

function gated({ name, endpoint, hasToken, inPage }: Asked): HubRefusal {
  const page = `${endpoint}/${name.repo}`;
  const advice = hasToken
    ? `ask for access at ${page} with the account of the token in HF_TOKEN`
    : `ask for access at ${page}, then ${inPage ? elsewhere : "set HF_TOKEN to a token of the same account"}`;
  return new HubRefusal("not-found", `${name.text}: expected a model that may be read, got a gated one: ${advice}`);
}

function wrongToken({ name, endpoint }: Asked): HubRefusal {
  const expected = `expected a token that ${endpoint} knows, got one that it refuses`;
  return new HubRefusal("not-found", `${name.text}: ${expected}: set HF_TOKEN to another one, or log in again`);
}

function noRepository({ name, endpoint, hasToken, inPage }: Asked): HubRefusal {
  const isPrivate = hasToken
    ? "a private one must be open to the account of the token in HF_TOKEN"
    : inPage
      ? `if it is private, ${elsewhere}`
      : "for a private one set HF_TOKEN";
  const advice = `look at its spelling; ${isPrivate}`;
  return new HubRefusal("not-found", `${name.text}: expected a repository of ${endpoint}, got none: ${advice}`);
}

function noRevision({ text, repo, revision }: HubName): HubRefusal {
  const expected = `expected a branch, a tag or a commit of ${repo}`;
  return new HubRefusal("not-found", `${text}: ${expected}, got ${JSON.stringify(revision)}, which it does not have`);
}

function noEntry({ name }: Asked): HubRefusal {
  return new HubRefusal("not-found", `${name.text}: expected a file of the repository, got none`);
}

/** The hub gives nothing to go by. @param got what came in its place */
export function away({ name, endpoint, inPage }: Asked, got: string): HubRefusal {
  const expected = `expected an answer from ${endpoint}, got ${got}`;
  const advice = `try again later${inPage ? "" : ", or set HF_ENDPOINT to a mirror"}`;
  return new HubRefusal("network", `${name.text}: ${expected}: ${advice}`, true);
}

/** @param held what the cache has of the model */
export function notCached({ text }: HubName, cache: string, held: readonly string[]): HubRefusal {
  const got = held.length === 0 ? "nothing of it" : `only ${someOf(held)}`;
  const expected = `HF_HUB_OFFLINE is set: expected the model in the cache ${cache}, got ${got}`;
  return new HubRefusal("not-found", `${text}: ${expected}: download it once without HF_HUB_OFFLINE`);
}
