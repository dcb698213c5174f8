/** @file How readable prose is: the one place that says what a paragraph, a sentence and a word are. */

import { plain, withoutCode } from "./pages.js";

export interface Readability {
  readonly paragraphs: readonly string[];
  readonly sentences: number;
  readonly words: number;
  /** Words of a sentence, on average. */
  readonly mean: number;
  readonly longest: { readonly words: number; readonly text: string };
}

export const limits = { wordsOfSentence: 20, wordsOfParagraph: 90 } as const;

/**
 * A paragraph is what stands between empty lines, and each item of a list is one. Code, tables, headings, pictures, comments and
 * components are none.
 */
export function paragraphsOf(text: string): string[] {
  const paragraphs: string[] = [];
  let open = false;
  for (const line of withoutCode(text).split("\n")) {
    const isItem = /^\s*([-*+]|\d+\.)\s/.test(line);
    const isProse = line.trim() !== "" && !/^(#|\s*\||\s*<|\s*!\[|\s*:::|\s*---$|\[\^)/.test(line);
    const isCode = !open && /^ {4,}\S/.test(line) && !isItem;
    if (!isProse || isCode) open = false;
    else if (open && !isItem) paragraphs.push(`${paragraphs.pop()} ${line.trim()}`);
    else {
      paragraphs.push(line.replace(/^\s*([-*+]|\d+\.|>)\s+/, "").trim());
      open = true;
    }
  }
  return paragraphs.map((paragraph) => plain(asOneWord(paragraph)));
}

/** A piece of code in a sentence counts as one word, however many it has. */
const asOneWord = (text: string) => text.replace(/`[^`]*`/g, (code) => code.replaceAll(/[\s.?!]+/g, "_"));

/** A sentence ends with a full stop, a question mark or a colon before a list; abbreviations and numbers end none. */
export function sentencesOf(paragraph: string): string[] {
  return paragraph
    .replace(/\b(e\.g|i\.e|et al|vs|cf|eq|fig|no)\./gi, "$1")
    .split(/(?<=[.?!][)"'”’*]*)\s+(?=[^a-z])/)
    .filter((sentence) => wordsOf(sentence) > 0);
}

export const wordsOf = (text: string) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

export function readabilityOf(text: string): Readability {
  const paragraphs = paragraphsOf(text);
  const sentences = paragraphs.flatMap(sentencesOf).length;
  const words = paragraphs.reduce((sum, paragraph) => sum + wordsOf(paragraph), 0);
  const longest = paragraphs
    .map((paragraph) => ({ words: wordsOf(paragraph), text: paragraph }))
    .reduce((a, b) => (b.words > a.words ? b : a), { words: 0, text: "" });
  return { paragraphs, sentences, words, mean: sentences === 0 ? 0 : words / sentences, longest };
}
