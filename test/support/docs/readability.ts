/** @file How easily a page reads: words in a sentence, and words in a paragraph, without code, tables and headings. */

/** What is measured of a page. */
export interface Readability {
  /** Words in a sentence, on average. */
  readonly wordsInSentence: number;
  /** Paragraphs (items of lists too) that have more words than `limit`, by their beginnings. */
  readonly longParagraphs: readonly string[];
}

/** Paragraphs and items of lists, one text each. */
export function paragraphsOf(page: string): string[] {
  return page
    .replace(/^---\n[\s\S]*?\n---\n/, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/^( *)(```|~~~)[\s\S]*?^\1\2$/gm, "\n")
    .replace(/^( {4}|\t).*$/gm, "")
    .replace(/^(\||#|:::|<).*$/gm, "\n")
    .replace(/^( *)([-*]|\d+\.) /gm, "\n$1")
    .split(/\n\s*\n/)
    .map((paragraph) => plain(paragraph))
    .filter((paragraph) => /\p{L}/u.test(paragraph));
}

/** Words alone: of a link its text, of code one word. */
function plain(text: string): string {
  return text
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/`[^`]*`/g, "code")
    .replace(/[*_]{1,2}(\S[^*_]*)[*_]{1,2}/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
}

const wordsIn = (text: string) => text.split(" ").filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** @param limit words that a paragraph may have */
export function readabilityOf(page: string, limit = 90): Readability {
  const paragraphs = paragraphsOf(page);
  const sentences = paragraphs.flatMap((paragraph) => paragraph.split(/(?<=[.:?!][)"”]?) (?=[\p{Lu}\p{N}("“])/u));
  const words = sentences.map(wordsIn).filter((count) => count > 0);
  return {
    wordsInSentence: words.reduce((sum, count) => sum + count, 0) / Math.max(1, words.length),
    longParagraphs: paragraphs.filter((paragraph) => wordsIn(paragraph) > limit).map((text) => text.slice(0, 60)),
  };
}
