/** @file The files that texts need around a model's address: its tokenizer, and the network of texts. */

import { FoveaError } from "../../foundation/error.js";
import type { Platform } from "../../model/platform.js";
import { tokenizerFile } from "../../model/texts/tokenizer.js";
import { textTowerNames } from "../../model/texts/tower-names.js";
import { readModel } from "../../onnx/read/read.js";
import { bytesOf, type ModelSource, nameOfFile } from "./model-source.js";
import { type FoundBeside, tokenizerAt, unlessMissing } from "./text-question.js";

/** @param url the model's address; undefined for a file */
export function textsAround(url: string | undefined, platform: Platform): FoundBeside {
  const nearby = (name: string) => url && new URL(name, new URL(url, globalThis.location?.href)).href;
  return {
    platform,
    async tokenizer() {
      const folder = url
        ?.replace(/[?#].*/, "")
        .split("/")
        .at(-2);
      const places = folder?.toLowerCase() === "onnx" ? ["", "../../"] : [""];
      for (const place of places) {
        const found = await unlessMissing(async () => {
          const at = nearby(`${place}${tokenizerFile}`);
          return at ? tokenizerAt(at, platform) : undefined;
        });
        if (found) return found;
      }
      throw new FoveaError("not-found", "texts: expected a tokenizer, its address or its JSON, got none");
    },
    async textModel() {
      const name =
        url
          ?.replace(/[?#].*/, "")
          .split("/")
          .at(-1) ?? "";
      const [other] = textTowerNames(name, []);
      return other === undefined ? undefined : nearby(other);
    },
    readGraph: async (source) => readModel(await fileOf(source, platform), placeOf(source)),
  };
}

async function fileOf(source: ModelSource, { readFile }: Platform): Promise<Uint8Array> {
  return typeof source === "string" || source instanceof URL ? readFile(String(source)) : bytesOf(source);
}

function placeOf(source: ModelSource): string {
  return typeof source === "string" || source instanceof URL ? String(source) : nameOfFile(source);
}
