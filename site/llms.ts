/** @file The pages as texts for language models: a list of them (llmstxt.org), and all of them in one file. */

import { placePages } from "./pages.js";

export interface TextPage {
  /** Below `docs`, without its ending. */
  readonly path: string;
  /** Markdown, as it lies in `docs`. */
  readonly text: string;
}

const summary =
  "Fovea shows where a vision model looks: Grad-CAM and many other methods for any ONNX, Keras or TensorFlow.js network. It is a command line, a library for Node and the browser, a page (the studio), an element for web pages, an HTTP server and a server of the Model Context Protocol. It also measures, audits and improves models. Nothing is uploaded.";

/** Words of names alone, which the reference of names repeats. */
const isListed = ({ path }: TextPage) => !path.startsWith("api/");

/** The pages in the order of the site, in its groups. @param base of addresses, with a slash at the end */
export function llmsList(pages: readonly TextPage[], base: string): string {
  const texts = new Map(pages.filter(isListed).map(({ path, text }) => [path, text]));
  const line = (path: string, title: string) => {
    const about = firstSentence(texts.get(path) ?? "");
    return `- [${title}](${base}${path}.md)${about ? `: ${about}` : ""}`;
  };
  const sections = placePages([...texts.keys()]).map(({ title, pages }) => {
    const lines = pages.flatMap(({ path, title, below }) => [
      line(path, title),
      ...below.map((each) => line(each, titleOf(texts.get(each) ?? "", each))),
    ]);
    return `## ${title}\n\n${lines.join("\n")}\n`;
  });
  return `# Fovea\n\n> ${summary}\n\nAll pages in one file: ${base}llms-full.txt\n\n${sections.join("\n")}`;
}

/** All pages, one after the other, in the same order. */
export function llmsFull(pages: readonly TextPage[]): string {
  const texts = new Map(pages.filter(isListed).map(({ path, text }) => [path, text]));
  const order = placePages([...texts.keys()]).flatMap(({ pages }) =>
    pages.flatMap(({ path, below }) => [path, ...below]),
  );
  return [`# Fovea\n\n> ${summary}\n`, ...order.map((path) => `${plainText(texts.get(path) ?? "")}\n`)].join(
    "\n---\n\n",
  );
}

/** Without what only the site's builder reads. */
function plainText(text: string): string {
  return text
    .replace(/^---\n[\s\S]*?\n---\n/, "")
    .replaceAll(/<!--[\s\S]*?-->\n?/g, "")
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>\n?/g, "")
    .trim();
}

const titleOf = (text: string, path: string) => /^# (.*)$/m.exec(text)?.[1] ?? path;

/** The first sentence of prose under the title. */
function firstSentence(text: string): string {
  const blocks = plainText(text)
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .split(/\n{2,}/);
  const prose = blocks.find((block) => /^[\p{L}`[*_]/u.test(block.trim())) ?? "";
  const words = prose
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("\n", " ")
    .trim();
  return /^.*?[.?:](?=\s|$)/.exec(words)?.[0].replace(/:$/, ".") ?? words;
}
