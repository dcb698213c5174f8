/** @file The glossary: its words, read off docs/glossary.md, and links to them where a page uses one for the first time. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { slugOf } from "./slug.js";

type StateCore = Parameters<Parameters<MarkdownRenderer["core"]["ruler"]["push"]>[1]>[0];
type Token = StateCore["tokens"][number];

export interface Term {
  readonly name: string;
  readonly anchor: string;
  /** The spellings that mean it. */
  readonly words: readonly string[];
  /** Its first paragraph. */
  readonly meaning: string;
}

const entry = /^### (.+)\n(?:<!-- (also|words): (.+) -->\n)?\n(.+)$/gm;

/**
 * The terms of the page: a heading of the third level, a paragraph, and between them other spellings in a comment. `also` adds to the
 * heading; `words` stands in its place, where the heading alone would be found in other senses.
 */
export function glossaryTerms(page: string): Term[] {
  return Array.from(page.matchAll(entry), ([, name = "", kind, list, meaning = ""]) => {
    const others = list?.split(", ") ?? [];
    return { name, anchor: slugOf(name), words: kind === "words" ? others : [name, ...others], meaning };
  });
}

export interface Found {
  readonly start: number;
  readonly end: number;
  readonly term: Term;
}

/** Finds words of the glossary in texts: the longest that fits, whole words alone. Abbreviations keep their capitals. */
export function termFinder(terms: readonly Term[]): (text: string) => Found[] {
  const byWord = new Map(terms.flatMap((term) => term.words.map((word) => [keyOf(word), term] as const)));
  const longestFirst = terms.flatMap(({ words }) => words).sort((a, b) => b.length - a.length);
  const alternatives = longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\w/.-])(?:${alternatives.join("|")})(?![\\w/]|-\\w|\\.\\w)`, "gi");
  return (text) =>
    Array.from(text.matchAll(pattern)).flatMap(({ index, 0: word }) => {
      const term = byWord.get(keyOf(word));
      return term ? [{ start: index, end: index + word.length, term }] : [];
    });
}

const isAbbreviation = (word: string) => /[A-Z].*[A-Z]/.test(word);
const keyOf = (word: string) => (isAbbreviation(word) ? word : word.toLowerCase());

/** Of markdown-it: links each term of the glossary where a page first uses it in its text. */
export function glossaryPlugin(md: MarkdownRenderer, { docs }: { readonly docs: string }): void {
  const terms = glossaryTerms(readFileSync(join(docs, "glossary.md"), "utf8"));
  const find = termFinder(terms);
  md.core.ruler.push("glossary", (state) => {
    const path: string = state.env.relativePath ?? "";
    if (path === "glossary.md" || path.startsWith("api/") || state.env.frontmatter?.layout === "home") return;
    const seen = new Set<Term>();
    const linked = (text: string) => partsOf(text, find, seen).flatMap((part) => tokensOf(part, state, path));
    state.tokens.forEach((block, i) => {
      if (block.type !== "inline" || state.tokens[i - 1]?.type === "heading_open") return;
      let depth = 0;
      block.children = (block.children ?? []).flatMap((token) => {
        depth += token.type === "link_open" ? 1 : token.type === "link_close" ? -1 : 0;
        const own = /glossary\.md#(.+)$/.exec(token.attrGet("href") ?? "")?.[1];
        for (const term of terms) if (term.anchor === own) seen.add(term);
        return token.type === "text" && depth === 0 ? linked(token.content) : [token];
      });
    });
  });
}

interface Part {
  readonly text: string;
  readonly term?: Term;
}

/** Text divided at the terms that were not seen before; from then on they are. */
function partsOf(text: string, find: (text: string) => Found[], seen: Set<Term>): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const { start, end, term } of find(text)) {
    if (seen.has(term)) continue;
    seen.add(term);
    parts.push({ text: text.slice(from, start) }, { text: text.slice(start, end), term });
    from = end;
  }
  return [...parts, { text: text.slice(from) }].filter((part) => part.text !== "");
}

function tokensOf({ text, term }: Part, { Token }: StateCore, page: string): Token[] {
  const word = new Token("text", "", 0);
  word.content = text;
  if (!term) return [word];
  const open = new Token("link_open", "a", 1);
  const up = "../".repeat(page.split("/").length - 1) || "./";
  open.attrs = [
    ["href", `${up}glossary.md#${term.anchor}`],
    ["class", "term"],
    ["title", plainText(term.meaning)],
  ];
  return [open, word, new Token("link_close", "a", -1)];
}

const plainText = (markdown: string) => markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
