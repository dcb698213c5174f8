/** @file Names of models on the Hugging Face hub: `hf:owner/name`, with a revision and a file where the usual ones are not meant. */

import { FoveaError } from "../foundation/error.js";

export interface HubName {
  /** As it was given. */
  readonly text: string;
  /** `owner/name`, or the name alone of the oldest repositories. */
  readonly repo: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** The path of a file in the repository. Default: the usual one. */
  readonly file?: string | undefined;
}

const prefix = /^hf:/i;
const usualRevision = "main";

/** Whether a model is named by its place on the hub. */
export function isHubName(text: string): boolean {
  return prefix.test(text);
}

/** @throws FoveaError `bad-input` for what is no such name */
export function readHubName(text: string): HubName {
  const [, repo = "", revision = usualRevision, file] = /^hf:([^@:]*)(?:@([^:]*))?(?::(.*))?$/is.exec(text) ?? [];
  const expected = "expected hf:owner/name, hf:owner/name@revision or hf:owner/name:path/model.onnx";
  if (!isRepo(repo)) throw new FoveaError("bad-input", `${text}: ${expected}, got ${described(repo, "no name")}`);
  for (const [part, what] of [
    [revision, "revision"],
    [file, "file"],
  ] as const) {
    if (part === undefined || staysInside(part)) continue;
    throw new FoveaError("bad-input", `${text}: ${expected}, got the ${what} ${described(part, "of no letters")}`);
  }
  return { text, repo, revision, file };
}

function described(part: string, otherwise: string): string {
  return part === "" ? otherwise : JSON.stringify(part.slice(0, 80));
}

/** By the rules of the hub's own clients. */
function isRepo(repo: string): boolean {
  return /^(\b[\w.-]+\b\/)?\b[\w.-]{1,96}\b$/.test(repo) && !/--|\.\.|\.git$/.test(repo);
}

/** Whether a text could be the name of a repository of somebody's, such as `owner/name`. */
export function isBareName(text: string): boolean {
  return text.includes("/") && isRepo(text) && !/\.\w{1,5}$/.test(text);
}

/** Whether a path of a repository, or a revision, stays below its folder on every system. */
export function staysInside(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no place in a path
  return !/[\\:\x00-\x1f\x7f]/.test(path) && path.split("/").every((part) => !["", ".", ".."].includes(part));
}

/** A name of the same repository and revision, with another file. */
export function withFile({ repo, revision }: HubName, file: string): string {
  return `hf:${repo}${revision === usualRevision ? "" : `@${revision}`}:${file}`;
}

/** The repository's own name, and that of a file where one was named: for the screen, and for names of files. */
export function shownName({ repo, file }: HubName): string {
  const last = (path: string) => path.split("/").at(-1) ?? path;
  return file === undefined ? last(repo) : `${last(repo)}-${last(file).replace(/\.onnx$/i, "")}`;
}
