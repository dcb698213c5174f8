/** @file The hostile cases by name: seed, family and number give the same files on every machine. */

import { random } from "../../../src/foundation/random.js";
import { arrays, datasets } from "./families/arrays.js";
import { kerasH5, kerasZip, otherModels, tfjs } from "./families/keras.js";
import { onnxBytes, onnxContrib, onnxControl, onnxExternal, onnxFields, onnxStructure } from "./families/onnx.js";
import { checkpoints, impossibleOptions } from "./families/others.js";
import { photos } from "./families/photos.js";
import { drawings, pictures } from "./families/pictures.js";
import { labels, modelSettings } from "./families/texts.js";
import type { CaseContent, Family, HostileCase } from "./hostile-case.js";

export const families: readonly Family[] = [
  ...[onnxBytes, onnxFields, onnxStructure, onnxControl, onnxContrib, onnxExternal],
  ...[kerasZip, kerasH5, tfjs, otherModels],
  ...[pictures, drawings, arrays, datasets, labels, modelSettings, photos, checkpoints, impossibleOptions],
];

/** The family of a case's name. */
export const familyOf = (name: string): string => name.split("/")[1] ?? "";

/**
 * The names of cases, so that any first part of them holds families by their weights.
 * @param count how many there are of all families together; at least one of each
 */
export function caseNames(count: number, seed: string, chosen: readonly Family[] = families): string[] {
  const total = chosen.reduce((sum, { weight }) => sum + weight, 0);
  const placed = chosen.flatMap(({ name, weight }) => {
    const own = Math.max(1, Math.round((count * weight) / total));
    return Array.from({ length: own }, (_, i) => ({ name: `${seed}/${name}/${i}`, place: (i + 0.5) / own }));
  });
  return placed.sort((a, b) => a.place - b.place).map(({ name }) => name);
}

/** Makes cases of their names. What a family needs is loaded with its first case. */
export class CaseMaker {
  readonly #makers = new Map<string, ReturnType<Family["prepare"]>>();

  async make(name: string): Promise<HostileCase> {
    const family = families.find((each) => each.name === familyOf(name));
    if (family === undefined) {
      throw new Error(
        `${name}: expected SEED/FAMILY/NUMBER, a family of ${families.map((each) => each.name).join(", ")}`,
      );
    }
    const maker = this.#makers.get(family.name) ?? family.prepare();
    this.#makers.set(family.name, maker);
    const content: CaseContent = await (await maker)(random(name));
    return { name, ...content };
  }
}
