/** @file The texts that a model is opened with, and what came along to read them. */

import type { LoadTextOptions } from "../../../src/explain/loading/model-source.js";
import { refuseSize } from "../../../src/files/input/input-kinds.js";
import { parseObject } from "../../../src/formats/json.js";
import { textsKey } from "../../../src/model/texts/text-scores.js";
import { tokenizerConfigFile, tokenizerFile } from "../../../src/model/texts/tokenizer.js";
import { textModelFile, textTowerNames } from "../../../src/model/texts/tower-names.js";
import type { Graph } from "../../../src/onnx/graph.js";

/** What a network that compares pictures with texts is asked where nobody says anything. */
const usualTexts = ["a photo of a dog", "a photo of a cat"];

/** Of a network of another kind nothing is asked. @param name of the model's file @param others the files that came with it */
export function askedTexts(
  texts: readonly string[] | undefined,
  name: string,
  others: ReadonlyMap<string, Uint8Array>,
): LoadTextOptions {
  const read = (file: string) => {
    const bytes = others.get(file);
    if (bytes) refuseSize(bytes.length, "tokenizer", file);
    return bytes && parseObject(new TextDecoder().decode(bytes), file);
  };
  const [tokenizer, config] = [read(tokenizerFile), read(tokenizerConfigFile)];
  const other = [...textTowerNames(name, [...others.keys()]), textModelFile].find((each) => others.has(each));
  return {
    texts: texts?.length ? texts : usualTexts,
    optional: true,
    textModel: others.get(other ?? ""),
    ...(tokenizer ? { tokenizer: { tokenizer, config } } : {}),
  };
}

/** Whether a file says how texts are read. */
export function isOfTokenizer(name: string): boolean {
  return name === tokenizerFile || name === tokenizerConfigFile;
}

/** The texts that a network compares pictures with; undefined for one of another kind. */
export function textsOf({ metadata }: Graph): readonly string[] | undefined {
  const found: unknown = JSON.parse(metadata.get(textsKey) ?? "null");
  return Array.isArray(found) ? found.map(String) : undefined;
}
