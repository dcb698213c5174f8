/** @file What is asked of a network that compares images with texts: the texts, and which score of them is explained. */

import { badInput, checkOptions } from "../../foundation/check.js";
import { FoveaError, itemNamed, shortened } from "../../foundation/error.js";
import type { Graph } from "../../onnx/graph.js";
import type { TokenizerFiles } from "./tokenizer.js";

/** What the score of a text is: the cosine of image and text, or what makes probabilities of the texts as the network's makers do. */
export const textScores = ["cosine", "softmax", "sigmoid"] as const;
export type TextScore = (typeof textScores)[number];

/** Texts that an image is compared with; they become the names of the classes. */
export interface TextOptions {
  readonly texts: readonly string[];
  /** What each text is put into, in the place of `{}`, e.g. `This is a photo of {}`. Default `{}`: texts stay as they are. */
  readonly template?: string | undefined;
  /**
   * `cosine` is absolute: how similar image and text are. `softmax` is how likely a text is among all of them, so that the map shows
   * what tells it from the others. `sigmoid` is each text's own probability, as SigLIP was trained. Default: `cosine` for a single
   * text, else as the network was trained.
   */
  readonly score?: TextScore | undefined;
  /** Leave a network that compares no texts, or has no tokenizer, as it is, in the place of an error. Default false. */
  readonly optional?: boolean | undefined;
}

/** Texts with what makes numbers of them. */
export interface TextQuestion extends TextOptions {
  /** Finds the tokenizer. @param own that of the model's metadata @throws FoveaError `not-found` */
  readonly tokenizer: (own: TokenizerFiles | undefined) => Promise<TokenizerFiles>;
  /** The network of texts beside a network of images alone; undefined where there is none. Default: none. */
  readonly textTower?: (() => Promise<Graph | undefined>) | undefined;
}

/** A text with what it is put into. */
export interface Prompt {
  /** The name of the class. */
  readonly name: string;
  readonly prompt: string;
}

const hole = "{}";

/** More texts than anybody compares at once. */
const mostTexts = 10_000;

/** The texts as the network reads them. @throws FoveaError `bad-input` for what are no texts, and for one that is there twice */
export function promptsOf(options: TextOptions): readonly Prompt[] {
  checkOptions("texts", options);
  const { texts, template = hole } = options;
  if (!Array.isArray(texts)) throw badInput("texts", "an array of texts", texts);
  if (typeof template !== "string" || !template.includes(hole))
    throw badInput("template", `a text with ${hole}, such as "This is a photo of ${hole}"`, template);
  if (texts.length === 0 || texts.length > mostTexts)
    throw new FoveaError("bad-input", `texts: expected 1 to ${mostTexts} of them, got ${texts.length}`);
  const names = new Set<string>();
  for (const text of texts) {
    const name = typeof text === "string" ? text.trim() : "";
    if (name === "") throw badInput("text", 'some words, such as "a dog"', text);
    if (names.has(name))
      throw new FoveaError("bad-input", `texts: expected different ones, got ${shortened(name)} twice`);
    names.add(name);
  }
  return [...names].map((name) => ({ name, prompt: template.replaceAll(hole, () => name) }));
}

/** @throws FoveaError `unknown-name` for a score that there is not, `bad-input` for one that needs more texts */
export function scoreOf({ score, texts }: TextOptions, usual: TextScore): TextScore {
  const chosen = score ?? (texts.length === 1 ? "cosine" : usual);
  itemNamed(
    "score of texts",
    chosen,
    textScores.map((name) => ({ name })),
  );
  if (chosen !== "softmax" || texts.length > 1) return chosen;
  const got = `got ${shortened(texts[0])} alone, whose share is always 1`;
  throw new FoveaError("bad-input", `score softmax: expected two texts or more, ${got}`);
}
