/** @file Import lists, read from the text of source files. */

import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export interface Import {
  /** As it is written: a relative path, or a package with or without a path. */
  readonly from: string;
  /** `later` is an import that happens when it is reached, and a worker's file. */
  readonly kind: "value" | "type" | "later";
}

/** Import lists by path. */
export type ImportLists = ReadonlyMap<string, readonly Import[]>;

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A dynamic import whose name is computed: no list can say what it brings. */
export const unreadable = "?";

const statement = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+?\s*from\s*)?["']([^"'\n]+)["']/gm;
const call = /(typeof\s+)?\bimport\s*\(\s*(?:["'`]([^"'`$]+)["'`]\s*[,)])?/g;
const worker = /new URL\(\s*["'](\.[^"']+\.[jt]s)["'],\s*import\.meta\.url/g;

/** The text without comments that begin on a line of their own, as nearly all do; those behind code stay. */
export function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, "").replace(/^[ \t]*\/\/.*$/gm, "");
}

/** Everything that a file of TypeScript or Svelte imports or exports anew, in order of kind. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  return [
    ...Array.from(code.matchAll(statement), ([, type, from = ""]) => ({ from, kind: kindOf(type, "value") })),
    ...Array.from(code.matchAll(call), ([, type, from = unreadable]) => ({ from, kind: kindOf(type, "later") })),
    ...Array.from(code.matchAll(worker), ([, from = ""]) => ({ from, kind: "later" as const })),
  ];
}

function kindOf(type: string | undefined, otherwise: Import["kind"]): Import["kind"] {
  return type === undefined ? otherwise : "type";
}

/** The file that a relative import names: the sources are written as `.js`, and kept as `.ts` or `.svelte.ts`. */
export function resolveImport(importer: string, from: string, files: ImportLists): string | undefined {
  const path = posix.join(posix.dirname(importer), from);
  return [path, path.replace(/\.js$/, ".ts"), `${path}.ts`].find((each) => files.has(each));
}

/** The package that an import names; all of Node's modules are `node:*`. */
export function packageOf(from: string): string {
  if (from.startsWith("node:")) return "node:*";
  return from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Files of folders of the repository by path, in order. */
export function readFiles(folders: readonly string[], pattern = /\.(ts|svelte|css)$/): Map<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => posix.join(folder, file)),
  );
  const wanted = paths.filter((path) => pattern.test(path) && !path.includes("node_modules")).sort();
  return new Map(wanted.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}
