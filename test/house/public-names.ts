/** @file The public names of each entry, with what their docstrings say: read from `src/doors` and the files that define them. */

import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "./imports.js";

/** A name that an entry exports. */
export interface PublicName {
  readonly name: string;
  readonly kind: "function" | "constant" | "class" | "type";
  /** The first sentence of its docstring; empty where it has none. */
  readonly says: string;
  /** The file that defines it. */
  readonly file: string;
}

/** What an entry leads to: a file, or one for each kind of place. */
export type Target = string | Readonly<Record<string, string>>;

export interface Manifest {
  readonly exports: Readonly<Record<string, Target>>;
}

/** The files of an entry of package.json: one, or one for pages and one for Node. */
export function entryFiles(target: Target): string[] {
  return (typeof target === "string" ? [target] : Object.values(target)).map((file) => file.replace(/^\.\//, ""));
}

/** The source of a built file. */
export function sourceOf(built: string): string {
  return built.replace(/^dist\//, "src/").replace(/\.js$/, ".ts");
}

const reexport = /^export (type )?\{([^}]*)\} from "([^"]+)";/gm;

/** The names that a file of `src/doors` exports, in alphabetical order. */
export function publicNames(door: string): PublicName[] {
  const text = readFileSync(join(root, door), "utf8");
  const names = Array.from(text.matchAll(reexport), ([, , list = "", from = ""]) => {
    const file = posix.join(posix.dirname(door), from).replace(/\.js$/, ".ts");
    const items = list.split(",").map((item) => item.trim().replace(/^type /, ""));
    return items.filter((name) => name !== "").map((name) => definition(name, file));
  });
  return names.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

function definition(name: string, file: string): PublicName {
  const text = readFileSync(join(root, file), "utf8");
  const pattern = new RegExp(
    `(?:/\\*\\*((?:(?!\\*/)[^])*)\\*/\\n)?export (?:async )?(function\\*?|const|class|interface|type) ${name}\\b`,
    "g",
  );
  const found = [...text.matchAll(pattern)];
  // An interface may add to a class of its name.
  const [, comment = ""] = found.find(([, said]) => said) ?? [];
  const keyword = found.at(-1)?.[2];
  if (keyword === undefined) throw new Error(`expected ${name} in ${file}`);
  return { name, kind: kindOf(keyword), says: firstSentence(comment), file };
}

function kindOf(keyword: string): PublicName["kind"] {
  if (keyword.startsWith("function")) return "function";
  if (keyword === "const") return "constant";
  return keyword === "class" ? "class" : "type";
}

/** The first sentence of a docstring, up to a tag or a list. */
export function firstSentence(comment: string): string {
  const [text = ""] = comment
    .replace(/^\s*\* ?/gm, "")
    .trim()
    .split(/\n(?=@|\n|- )|^@/);
  const line = text.replace(/\s+/g, " ").trim();
  const sentence = /^.*?(?<!\be\.g|\bi\.e|\bet al)\.(?=\s[A-Z`]|$)/.exec(line)?.[0] ?? line;
  return sentence.replace(/:$/, ".");
}

/** What a file of `src/doors` says of itself, without the entry's name. */
export function aboutEntry(door: string): string {
  const [, said = ""] = /@file Entry [^:]*: (.*?) \*\//.exec(readFileSync(join(root, door), "utf8")) ?? [];
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
}

interface Section {
  readonly entry: string;
  readonly door: string;
  /** The page's counterpart. */
  readonly web?: { readonly entry: string; readonly door: string } | undefined;
}

/** The API reference: every public name, by entry. */
export function apiReference(exports: Manifest["exports"]): string {
  const doors = Object.entries(exports).flatMap(([path, target]) => {
    const file = entryFiles(target).at(-1) ?? "";
    return file.endsWith(".js") ? [{ entry: posix.join("fovea", path), door: sourceOf(file) }] : [];
  });
  const sections = doors
    .filter(({ entry }) => !entry.endsWith("/web"))
    .map((door): Section => ({ ...door, web: doors.find(({ entry }) => entry === `${door.entry}/web`) }));
  return sections.map(sectionText).join("\n\n");
}

function sectionText({ entry, door, web }: Section): string {
  const onNode = publicNames(door);
  const inPage = web ? publicNames(web.door) : onNode;
  const has = (names: readonly PublicName[], { name }: PublicName) => names.some((other) => other.name === name);
  const onlyInPage = inPage.filter((name) => !has(onNode, name));
  const all = [...onNode, ...onlyInPage].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = all.map((name) => {
    const where = !has(inPage, name) ? " (Node)" : !has(onNode, name) ? " (page)" : "";
    const call = name.kind === "function" ? "()" : "";
    return `| \`${name.name}${call}\` | ${name.kind}${where} | ${name.says.replaceAll("|", "\\|")} |`;
  });
  const title = web ? `### \`${entry}\` and \`${web.entry}\`` : `### \`${entry}\``;
  return [title, "", aboutEntry(door), "", "| name | | |", "|---|---|---|", ...rows].join("\n");
}
