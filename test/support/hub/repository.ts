/** @file A repository of the stand-in for the hub: its commits, and what the hub says of their files. */

import { createHash } from "node:crypto";

export type Files = Readonly<Record<string, Uint8Array | string>>;

/** A file as the hub keeps it. */
export interface KeptFile {
  readonly path: string;
  readonly bytes: Buffer;
  /** Git's name: of a large file that of its pointer. */
  readonly oid: string;
  /** SHA-256 of a large file. */
  readonly lfs: string | undefined;
}

export interface Repository {
  /** By branch, tag or commit. */
  readonly revisions: Map<string, { readonly commit: string; readonly files: readonly KeptFile[] }>;
  /** Who may read it: everybody, who has asked, or who has the token. */
  readonly access: "public" | "gated" | "private";
}

/** Kept aside with Git LFS, as the hub's usual `.gitattributes` says. */
const large = /\.(onnx|onnx_data(_\d+)?|keras|h5|bin|safetensors|data)$/;

const sum = (kind: string, ...parts: readonly (Uint8Array | string)[]) => {
  const hash = createHash(kind);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

const gitName = (bytes: Uint8Array) => sum("sha1", `blob ${bytes.length}\0`, bytes);

function kept(path: string, content: Uint8Array | string): KeptFile {
  const bytes = Buffer.from(content);
  if (!large.test(path)) return { path, bytes, oid: gitName(bytes), lfs: undefined };
  const lfs = sum("sha256", bytes);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${lfs}\nsize ${bytes.length}\n`;
  return { path, bytes, oid: gitName(Buffer.from(pointer)), lfs };
}

/** A commit of these files; its name hangs on them. */
export function commitOf(files: Files) {
  const all = Object.entries(files).map(([path, content]) => kept(path, content));
  return { commit: sum("sha1", ...all.flatMap(({ path, oid }) => [path, oid])), files: all };
}

export function repository(files: Files, access: Repository["access"] = "public"): Repository {
  const first = commitOf(files);
  return {
    access,
    revisions: new Map([
      ["main", first],
      [first.commit, first],
    ]),
  };
}

/** Adds a commit to a repository under a branch's or a tag's name. @returns the commit */
export function push({ revisions }: Repository, revision: string, files: Files): string {
  const next = commitOf(files);
  revisions.set(revision, next).set(next.commit, next);
  return next.commit;
}
