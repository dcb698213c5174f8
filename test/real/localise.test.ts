/** @file Real networks on photos of kangaroos with boxes: Grad-CAM finds them better than baselines. FOVEA_DATA and FOVEA_MODELS name the folders. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Localisation, localise, summariseLocalisation } from "../../src/evaluate/studies/localisation.js";
import { mapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { explainStream } from "../../src/explain/stream.js";
import { type Box, placeMap } from "../../src/image/picture/resize.js";
import { imageNetModels, modelsFolder } from "../support/models/real-models.js";
import { runtime } from "../support/runtime.js";

const photos = join(process.env.FOVEA_DATA ?? "", "raccoon-kangaroo");
const hasPhotos = existsSync(photos);

it.skipIf(hasPhotos)("photos are at hand", ({ skip }) => skip("FOVEA_DATA names no folder with raccoon-kangaroo/"));

interface Kangaroo {
  readonly file: string;
  readonly boxes: readonly Box[];
}

/** Every third photo of kangaroos, without the one that is truncated. */
function kangaroos(): Kangaroo[] {
  const listed = JSON.parse(readFileSync(join(photos, "boxes.json"), "utf8")) as {
    readonly file: string;
    readonly label: string;
    readonly boxes: readonly (readonly [number, number, number, number])[];
  }[];
  return listed
    .filter(({ file, label }) => label === "kangaroo" && !file.endsWith("00090.jpg"))
    .filter((_, i) => i % 3 === 0)
    .map(({ file, boxes }) => ({
      file: join(photos, file),
      boxes: boxes.map(([x, y, right, bottom]) => ({ x, y, width: right - x, height: bottom - y })),
    }));
}

/** Wallaby, the nearest that ImageNet has, in each model's own order. */
const wallaby: Readonly<Record<string, number>> = { "tiny-darknet": 215 };

describe.skipIf(!hasPhotos)("Grad-CAM on photos with boxes", () => {
  for (const { name, file, labels, preprocessing } of imageNetModels) {
    it.skipIf(!existsSync(join(modelsFolder, file)))(`${name} is above the centre and above chance`, async () => {
      const given = labels ? { labels: join(modelsFolder, labels) } : {};
      const model = await loadModel(join(modelsFolder, file), { runtime, ...given, preprocessing });
      const explainer = await model.explainer();
      const all: Localisation[] = [];
      const classes = [wallaby[name] ?? 104];
      expect(model.card.classes?.[classes[0] as number]).toContain("wallaby");
      const read = ({ file }: Kangaroo) => model.readImage(file);
      for await (const { source, image, explanation } of explainStream(explainer, kangaroos(), read, { classes })) {
        if (!image) continue;
        const { width, height } = image.picture;
        const map = placeMap(mapOf(explanation, 0), image.box, width, height);
        all.push(localise(map, source.boxes, { seen: image.box }));
        // By looking at every pixel: those whose middle lies in a box. Edges of boxes make the difference.
        let [inside, total, hottest, hit] = [0, 0, 0, false];
        for (const [i, value] of map.values.entries()) {
          const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
          const isIn = source.boxes.some((b) => x > b.x && x < b.x + b.width && y > b.y && y < b.y + b.height);
          if (value > hottest) [hottest, hit] = [value, isIn];
          total += value;
          if (isIn) inside += value;
        }
        expect(all.at(-1)?.energy.map).toBeCloseTo(inside / total, 2);
        if (hit) expect(all.at(-1)?.pointing.map).toBeGreaterThan(0);
      }
      await explainer.close();
      const { photos, blank, pointing, energy } = summariseLocalisation(all);
      expect([photos, blank]).toEqual([42, 0]);
      for (const { map, centre, above } of [pointing, energy]) {
        expect(map.value).toBeGreaterThan(centre.value);
        expect(above.centre.low).toBeGreaterThan(0);
        expect(above.random.low).toBeGreaterThan(0.1);
      }
    });
  }
});
