/** @file Makes whole numbers of texts, as the tokenizer of a network's makers does. */

import { type Json, parseObject } from "../../formats/json.js";
import { isObject } from "../../foundation/check.js";
import { FoveaError, messageOf } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import type { Graph } from "../../onnx/graph.js";

/** A tokenizer's two files, read as JSON. */
export interface TokenizerFiles {
  /** tokenizer.json */
  readonly tokenizer: Json;
  /** tokenizer_config.json. Default: nothing is said there. */
  readonly config?: Json | undefined;
  /** How errors name the first. */
  readonly where: string;
}

/** The names of the files. */
export const tokenizerFile = "tokenizer.json";
export const tokenizerConfigFile = "tokenizer_config.json";

/** The key of a model's metadata under which a small tokenizer.json lies. */
export const tokenizerKey = "fovea.tokenizer";

/** The tokenizer that a model carries in its metadata; undefined for none. @throws FoveaError `bad-file` */
export function ownTokenizer({ metadata }: Pick<Graph, "metadata">): TokenizerFiles | undefined {
  const text = metadata.get(tokenizerKey);
  const where = `metadata ${tokenizerKey}`;
  return text === undefined ? undefined : { tokenizer: parseObject(text, where), where };
}

/** Turns texts into numbers. */
export interface TextTokenizer {
  /** The most numbers that a text may have; undefined where the files do not say. */
  readonly longest: number | undefined;
  /** The number that fills up short texts. */
  readonly padding: number;
  /**
   * The numbers of a text with those that begin and end it. A text that is too long is cut before its end's.
   * @throws FoveaError `bad-input` for a word that a vocabulary of words has not
   */
  encode(text: string, longest?: number): readonly number[];
}

/** @throws FoveaError `bad-file` for files that describe no tokenizer */
export async function openTokenizer({ tokenizer: given, config = {}, where }: TokenizerFiles): Promise<TextTokenizer> {
  const { Tokenizer } = await import("@huggingface/tokenizers");
  const { model, isOfWords } = modelOf(given);
  const tokenizer = {
    added_tokens: [],
    decoder: null,
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    ...given,
  };
  const idsOf = (text: string, special: boolean): readonly (number | undefined)[] =>
    made.encode(text, { add_special_tokens: special }).ids;
  const made = await refusing(where, () => new Tokenizer({ ...tokenizer, model }, config));
  const unknown = typeof model.unk_token === "string" ? made.token_to_id(model.unk_token) : undefined;
  const isUnknown = (id: number | undefined) => id === undefined || id === unknown;
  return {
    longest: longestOf(given, config),
    padding: paddingOf(given, config, (token) => made.token_to_id(token)),
    encode(text, longest = Number.POSITIVE_INFINITY) {
      const [plain, whole] = [idsOf(text, false), idsOf(text, true)];
      if (plain.some((id) => id === undefined) || (isOfWords && plain.some(isUnknown))) {
        const word = text.split(/\s+/).find((each) => idsOf(each, false).some(isUnknown)) ?? text;
        throw unknownWord(word, [...made.get_vocab(false).keys()]);
      }
      const known = (ids: readonly (number | undefined)[]) => ids.flatMap((id) => (id === undefined ? [] : [id]));
      return cut(known(whole), known(plain), longest);
    },
  };
}

async function refusing<Result>(where: string, make: () => Result): Promise<Result> {
  try {
    return make();
  } catch (cause) {
    throw new FoveaError("bad-file", `${where}: expected a tokenizer: ${messageOf(cause)}`, { cause });
  }
}

/** Longer than any word, so that words of any length are looked up. */
const anyLength = 1e9;

/**
 * The tokenizer's model, with whether its vocabulary is of whole words. One of whole words alone (WordLevel) is one of pieces of
 * words that has no piece for the inside of any.
 */
function modelOf({ model }: Json): { readonly model: Json; readonly isOfWords: boolean } {
  const given = isObject(model) ? model : {};
  if (given.type !== "WordLevel") return { model: given, isOfWords: false };
  const pieces = { type: "WordPiece", continuing_subword_prefix: "\u0000", max_input_chars_per_word: anyLength };
  return { model: { ...given, ...pieces }, isOfWords: true };
}

/** How many words of a vocabulary a message lists. */
const mostListed = 40;

function unknownWord(word: string, vocabulary: readonly string[]): FoveaError {
  const words = vocabulary.filter((each) => typeof each === "string" && !/^[[<].*[\]>]$/.test(each));
  const known =
    words.length > mostListed ? `the ${count(words.length)} of its vocabulary` : words.toSorted().join(", ");
  return new FoveaError("bad-input", `text: expected words that the model knows (${known}), got "${word}"`);
}

/** Whole numbers without a beginning or end in the middle: those between `whole`'s own are cut. */
function cut(whole: readonly number[], plain: readonly number[], longest: number): readonly number[] {
  if (whole.length <= longest) return whole;
  const around = whole.length - plain.length;
  const starts = Array.from({ length: around + 1 }, (_, i) => i);
  const before = starts.find((start) => plain.every((id, i) => whole[start + i] === id)) ?? 0;
  const kept = Math.max(0, longest - around);
  return [...whole.slice(0, before), ...plain.slice(0, kept), ...whole.slice(before + plain.length)].slice(0, longest);
}

/** Files without a limit write 1e30 there. */
const noLimit = 1e6;

function longestOf({ truncation }: Json, { model_max_length: said }: Json): number | undefined {
  const candidates = [said, isObject(truncation) ? truncation.max_length : undefined];
  return candidates.find((each): each is number => typeof each === "number" && each > 0 && each < noLimit);
}

function paddingOf({ padding }: Json, { pad_token: token }: Json, idOf: (token: string) => number | undefined): number {
  const text = isObject(token) ? token.content : token;
  const id = typeof text === "string" ? idOf(text) : undefined;
  const said = isObject(padding) ? padding.pad_id : undefined;
  return id ?? (typeof said === "number" ? said : 0);
}
