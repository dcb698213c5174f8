/** @file Pages are easy to read: short sentences, short paragraphs. */

import { describe, expect, it } from "vitest";
import { generatedPages } from "../../site/pages.js";
import { documents } from "../support/docs/pages.js";
import { limits, paragraphsOf, readabilityOf, sentencesOf } from "../support/docs/prose.js";

const generated = generatedPages.map((path) => `docs/${path}.md`);
const written = [...documents].filter(([page]) => !generated.includes(page));

describe("every page", () => {
  it.each(written)("%s has short sentences and paragraphs", (_, text) => {
    const { mean, longest } = readabilityOf(text);
    expect(mean).toBeLessThanOrEqual(limits.wordsOfSentence);
    expect(longest.words, longest.text).toBeLessThanOrEqual(limits.wordsOfParagraph);
  });
});

describe("the measure", () => {
  it("leaves out code, tables, headings and comments", () => {
    const text =
      "---\ntitle: A\n---\n# Head\n\nOne two\nthree.\n\n| a | b |\n|---|---|\n\n```sh\nno no\n```\n<!-- no -->\n- item one\n- item two\n  goes on\n";
    expect(paragraphsOf(text)).toEqual(["One two three.", "item one", "item two goes on"]);
  });

  it("knows where sentences end", () => {
    expect(sentencesOf("It is 1.5 times as fast, e.g. on Node. Is it? `Yes` it is.")).toHaveLength(3);
    expect(readabilityOf("Run `fovea explain a. b. c` now. [Two words](x.md) here.")).toMatchObject({
      sentences: 2,
      words: 6,
    });
  });

  it("finds long sentences and paragraphs", () => {
    const long = `${"word ".repeat(limits.wordsOfParagraph + 1)}.`;
    expect(readabilityOf(long).mean).toBeGreaterThan(limits.wordsOfSentence);
    expect(readabilityOf(`Short one.\n\n${long}`).longest.words).toBe(limits.wordsOfParagraph + 1);
  });
});
