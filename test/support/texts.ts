/** @file A network of images and texts beside what PyTorch computed of it (`test/reference/image_text.py`). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "../../src/explain/node.js";
import { at } from "../../src/foundation/present.js";
import type { TextScore } from "../../src/model/texts/text-options.js";
import { openTokenizer } from "../../src/model/texts/tokenizer.js";
import { float32, floats } from "../../src/onnx/tensor.js";
import type { Runtime } from "../../src/runtime/session.js";

type Maps = Readonly<Record<string, readonly number[]>>;

interface Expected {
  readonly image: readonly number[];
  readonly texts: readonly string[];
  /** The module that the maps are of. */
  readonly layer: string;
  /** The score of several texts. */
  readonly score: TextScore;
  readonly cosines: readonly number[];
  readonly probabilities: readonly number[];
  /** By score and method, of the first text. */
  readonly maps: Readonly<Record<string, Maps>>;
}

/** What was compared, and the largest differences. */
export interface ComparedTexts {
  readonly layer: string;
  /** Cosines and probabilities. */
  readonly scores: number;
  /** By score and method: of maps divided by their peaks. */
  readonly maps: Readonly<Record<string, number>>;
}

const largest = (values: Iterable<number>) => Math.max(0, ...Array.from(values, Math.abs));

/** The largest difference of evidence, each divided by its largest magnitude; infinite for another number of places. */
export function peakDifference(values: ArrayLike<number>, expected: readonly number[]): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  const [peak, own] = [largest(expected), largest(Array.from(values))];
  return largest(expected.map((value, i) => value / peak - at(values, i) / own));
}

/** The names in which the value of a module begins: of dots, an exporter makes slashes between modules. */
export function isOfModule(value: string, module: string): boolean {
  const plain = (name: string) => name.replaceAll(/[^a-zA-Z0-9]/g, "");
  return plain(value).includes(plain(module));
}

/** Compares scores, and the maps at the layer that is chosen automatically. */
export async function compareTexts(folder: string, name: string, runtime: Runtime): Promise<ComparedTexts> {
  const expected: Expected = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  const bytes = new Uint8Array(readFileSync(join(folder, `${name}.f32`)));
  const image = float32(expected.image, new Float32Array(bytes.buffer));
  const differences: number[] = [];
  const maps: Record<string, number> = {};
  let layer = "";
  for (const score of ["cosine", expected.score] as const) {
    const { texts } = expected;
    const model = await loadModel(join(folder, `${name}.onnx`), { runtime, texts: { texts, score } });
    for (const [method, map] of Object.entries(expected.maps[score] ?? {})) {
      const explainer = await model.explainer({ method });
      const explanation = await explainer.explain(image, { classes: [at(texts, 0)] });
      await explainer.close();
      const one = explanation.at(0);
      const told = score === "cosine" ? [one.scores, expected.cosines] : [one.probabilities, expected.probabilities];
      const [found = [], wanted = []] = told.map((values) => Array.from(values));
      differences.push(...wanted.map((value, i) => value - at(found, i)));
      maps[`${score} ${method}`] = peakDifference(floats(explanation.evidence), map);
      layer = explainer.layer.name;
      if (!isOfModule(layer, expected.layer)) throw new Error(`explained ${layer}, expected ${expected.layer}`);
    }
  }
  return { layer, scores: largest(differences), maps };
}

/** Numbers of texts, cut to a length. */
interface ExpectedTokens {
  readonly length: number;
  readonly ids: readonly (readonly number[])[];
}

/** The texts of which a folder's tokenizer does not give its makers' numbers. */
export async function otherTokens(
  folder: string,
  texts: readonly string[],
  { length, ids }: ExpectedTokens,
): Promise<string[]> {
  const read = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));
  const files = { tokenizer: read("tokenizer.json"), config: read("tokenizer_config.json"), where: folder };
  const tokenizer = await openTokenizer(files);
  return texts.filter((text, i) => tokenizer.encode(text, length).join() !== ids[i]?.join());
}
