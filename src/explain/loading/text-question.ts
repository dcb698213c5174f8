/** @file The texts of `loadModel` with what makes numbers of them, from wherever it lies. */

import { parseObject } from "../../formats/json.js";
import { badInput, isObject } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import type { Platform } from "../../model/platform.js";
import type { TextQuestion } from "../../model/texts/text-options.js";
import type { TokenizerFiles } from "../../model/texts/tokenizer.js";
import type { Graph } from "../../onnx/graph.js";
import type { LoadTextOptions, ModelSource } from "./model-source.js";

/** What is found where the options name no file. */
export interface FoundBeside {
  readonly platform: Platform;
  /** @param textModel the network of texts that is given @throws FoveaError `not-found` */
  readonly tokenizer: (textModel: ModelSource | undefined) => Promise<TokenizerFiles>;
  /** The source of the network of texts; undefined for none. */
  readonly textModel: () => Promise<ModelSource | undefined>;
  readonly readGraph: (source: ModelSource) => Promise<Graph>;
}

/** @throws FoveaError `bad-input` for what are no texts */
export function textQuestion(
  texts: readonly string[] | LoadTextOptions | undefined,
  beside: FoundBeside,
): TextQuestion | undefined {
  if (texts === undefined) return undefined;
  const { tokenizer, textModel, ...options } = asOptions(texts);
  return {
    ...options,
    tokenizer: async (own) =>
      tokenizer === undefined ? (own ?? beside.tokenizer(textModel)) : givenTokenizer(tokenizer, beside.platform),
    async textTower() {
      const source = textModel ?? (await beside.textModel());
      return source === undefined ? undefined : beside.readGraph(source);
    },
  };
}

function asOptions(texts: readonly string[] | LoadTextOptions): LoadTextOptions {
  if (isList(texts)) return { texts };
  if (isObject(texts)) return texts;
  throw badInput("texts", "an array of texts, or options with one", texts);
}

function isList(texts: readonly string[] | LoadTextOptions): texts is readonly string[] {
  return Array.isArray(texts);
}

async function givenTokenizer(
  given: string | Omit<TokenizerFiles, "where">,
  platform: Platform,
): Promise<TokenizerFiles> {
  if (typeof given !== "string") return { ...given, where: "tokenizer" };
  return tokenizerAt(given, platform);
}

/** A tokenizer.json with the tokenizer_config.json beside it, if there is one. @throws FoveaError `not-found`, `network`, `bad-file` */
export async function tokenizerAt(path: string, { readFile }: Pick<Platform, "readFile">): Promise<TokenizerFiles> {
  const read = async (file: string) => parseObject(new TextDecoder().decode(await readFile(file)), file);
  const tokenizer = await read(path);
  const config = path.replace(/tokenizer\.json(?=$|[?#])/, "tokenizer_config.json");
  return { tokenizer, where: path, ...(config === path ? {} : { config: await unlessMissing(() => read(config)) }) };
}

/** Undefined for a file that is not there. */
export async function unlessMissing<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FoveaError && error.code === "not-found") return undefined;
    throw error;
  }
}
