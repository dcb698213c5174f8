/** @file How far three families of methods agree about the picture that is looked at. */

import { type Families, openFamilies } from "../../../../src/evaluate/agreement/compare-families.js";
import { inferencesToCompare, isCheapToCompare } from "../../../../src/evaluate/agreement/cost.js";
import {
  numbersInWords,
  shownInWords,
  verdictInWords,
  verdictOnShown,
} from "../../../../src/evaluate/agreement/families-in-words.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { methodNamed } from "../../../../src/explain/methods/index.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { classMinus } from "../../../../src/model/targets/class-minus.js";
import { measuresNumbers } from "../../../../src/model/targets/output-numbers.js";
import type { ExplainRequest } from "../../engine/api.js";
import type { FamiliesRequest, FamiliesView } from "./families-api.js";
import { readAsked } from "./painting.js";

type Asked = Pick<ExplainRequest, "method" | "layer" | "minus" | "against" | "strokes">;

/** The families of one model; those of the last request stay open, because a stroke asks again and again. */
export class ComparedFamilies {
  readonly #model: LoadedModel;
  #key: string | undefined;
  #families: Promise<Families> | undefined;

  constructor(model: LoadedModel) {
    this.#model = model;
  }

  async compare(
    picture: Picture,
    request: Asked,
    { target, evidence, isAsked }: FamiliesRequest,
    signal: AbortSignal,
  ): Promise<FamiliesView> {
    const { image } = await readAsked(this.#model, picture, request);
    const inferences = inferencesToCompare(this.#model, image.input, 1);
    const isLittle = !measuresNumbers(this.#model) && isCheapToCompare(this.#model, image.input, 1);
    if (!isAsked && !isLittle) return { inferences };
    signal.throwIfAborted();
    const families = await this.#open(request);
    const shown = { method: methodNamed(request.method), evidence: () => evidence };
    const [[compared] = []] = await families.compare(image.input, [[target]], { shown, signal });
    if (compared === undefined) return { inferences };
    const { verdict, maps, silent, pairs } = compared;
    return {
      inferences,
      answer: {
        ...{
          verdict,
          onShown: verdictOnShown(compared),
          says: verdictInWords(compared),
          numbers: pairs.length > 0 ? numbersInWords(pairs) : undefined,
        },
        ...{ shown: shownInWords(compared), maps, silent, box: image.box },
      },
    };
  }

  #open({ layer, minus, against }: Asked): Promise<Families> {
    const key = JSON.stringify([layer, minus, against]);
    if (this.#families && this.#key === key) return this.#families;
    const before = this.#families;
    this.#key = key;
    this.#families = (async () => {
      await closed(before);
      const model = minus === undefined ? this.#model : await this.#model.explaining(classMinus(minus));
      return openFamilies(model, { layer, against });
    })();
    return this.#families;
  }

  async close(): Promise<void> {
    await closed(this.#families);
    this.#families = undefined;
  }
}

async function closed(families: Promise<Families> | undefined): Promise<void> {
  await (await families?.catch(() => undefined))?.close();
}
