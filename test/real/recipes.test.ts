/** @file Trained models of others without any flag: their true recipe is named as the surer one on ten photos. FOVEA_MODELS and FOVEA_DATA name the folders. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/explain/node.js";
import { decodeImage } from "../../src/image/node.js";
import { createPicture, type Picture } from "../../src/image/picture/picture.js";
import { presetOf } from "../../src/model/preprocessing/presets.js";
import { assumesRecipe, tryRecipes } from "../../src/model/preprocessing/trial.js";
import { preprocessingOf } from "../../src/model/preprocessing.js";
import { modelsFolder, photosFolder } from "../support/models/real-models.js";
import { runtime } from "../support/runtime.js";

const sheet = JSON.parse(readFileSync(new URL("./recipes.json", import.meta.url), "utf8")) as {
  readonly models: readonly { readonly file: string; readonly recipe: string; readonly photos: string }[];
  readonly faces: { readonly photo: string; readonly boxes: readonly (readonly [number, number, number, number])[] };
  readonly sketches: Readonly<Record<string, string>>;
};
const data = process.env.FOVEA_DATA ?? "";
const count = 10;

/** Ten files of a folder, from the first to the last. */
function someOf(folder: string): Promise<Picture[]> {
  const files = readdirSync(folder).sort();
  const chosen = Array.from({ length: count }, (_, i) => files[Math.floor((i * files.length) / count)] ?? "");
  return Promise.all(chosen.map((file) => decodeImage(join(folder, file))));
}

const photoSets: Readonly<Record<string, () => Promise<Picture[]>>> = {
  "imagenet-samples": () => someOf(join(data, "imagenet-samples", "images")),
  photos: () => someOf(photosFolder),
  // The CIFAR binary layout: a label, and three planes of 32 x 32.
  cifar10: async () => {
    const bytes = readFileSync(join(data, "cifar10", "test_batch_first1000.bin"));
    return Array.from({ length: count }, (_, n) => {
      const planes = bytes.subarray(n * 3073 + 1, (n + 1) * 3073);
      return createPicture(
        32,
        32,
        3,
        Uint8Array.from({ length: 3072 }, (_, i) => planes[(i % 3) * 1024 + Math.floor(i / 3)] as number),
      );
    });
  },
  faces: () =>
    Promise.all(
      sheet.faces.boxes.map(async ([left, top, right, bottom]) => {
        const cut = sharp(join(photosFolder, sheet.faces.photo)).extract({
          left,
          top,
          width: right - left,
          height: bottom - top,
        });
        return decodeImage(await cut.png().toBuffer());
      }),
    ),
  // Strokes as thick as those of the drawings that the network was trained on: 16 of 256.
  sketches: () =>
    Promise.all(
      Object.values(sheet.sketches).map(async (strokes) => {
        const pen = "fill='none' stroke='#000' stroke-width='17' stroke-linecap='round' stroke-linejoin='round'";
        const svg = `<svg xmlns='http://www.w3.org/2000/svg' width='280' height='280'><rect width='280' height='280' fill='#fff'/><g ${pen}>${strokes}</g></svg>`;
        return decodeImage(await sharp(Buffer.from(svg)).png().toBuffer());
      }),
    ),
};

const atHand = existsSync(join(modelsFolder, sheet.models[0]?.file ?? "")) && existsSync(photosFolder);

it.skipIf(atHand)("models and photos are at hand", ({ skip }) => skip("FOVEA_MODELS and FOVEA_DATA name no folders"));

describe.skipIf(!atHand)("the recipe of a trained model that nobody states", () => {
  it.each(sheet.models)("is $recipe for $file, or nothing is surer than that", async ({ file, recipe, photos }) => {
    const model = await loadModel(join(modelsFolder, file), { runtime });
    expect(assumesRecipe(model)).toBe(true);
    const pictures = (await photoSets[photos]?.()) ?? [];
    expect(pictures).toHaveLength(count);
    const assumed = presetOf(preprocessingOf(model).preprocessing)?.name;
    const trial = await tryRecipes(model, pictures, { runtime });
    expect(trial).toMatchObject({ photos: count, assumed, surer: recipe === assumed ? undefined : recipe });
    expect(trial.recipes[0]?.name).toBe(recipe);
  });
});
