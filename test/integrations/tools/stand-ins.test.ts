/**
 * @file The examples for MLflow and FiftyOne, which are not installed here: small modules take the calls that they make, with the parameters of
 * the documentation. So the examples run, and what they hand over is compared; that the libraries take it is not proved.
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readNpy } from "../../../src/data/npy.js";
import { decodeImage } from "../../../src/image/node.js";
import { missing, named, root, runFovea, runPython } from "../python.js";
import { drawPhotos, writeSubject } from "../subject.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-stand-ins-"));
const standIns = { PYTHONPATH: join(root, "test/integrations/tools/stand_ins") };
const lacks = missing("numpy", "PIL");
const picture = (file: string) => decodeImage(new Uint8Array(readFileSync(join(folder, file))));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(lacks)(named("MLflow is handed each picture, and each probability, with its step", lacks), async () => {
  const model = writeSubject(folder);
  const photos = await drawPhotos(folder, 2);
  await runPython(join(root, "examples/mlflow/log_maps.py"), ["3", model, ...photos], folder, standIns);
  const { params, metrics, images } = JSON.parse(readFileSync(join(folder, "logged.json"), "utf8"));
  expect(params).toEqual({ model });
  const answer = await runFovea(["explain", model, ...photos, "--json", "--overlay", "--out", "maps"], folder);
  for (const [i, { written, classes }] of JSON.parse(answer).results.entries()) {
    expect(metrics[`probability/digit-${i}`]).toEqual([[3, expect.closeTo(classes[0].probability, 6)]]);
    const [[step, file]] = images[`map/digit-${i}`];
    expect(step).toBe(3);
    expect((await picture(file)).pixels).toEqual((await picture(written)).pixels);
  }
});

it.skipIf(lacks)(
  named("FiftyOne is handed each map over the whole photo, and the predicted class", lacks),
  async () => {
    const model = writeSubject(folder);
    mkdirSync(join(folder, "dataset"));
    const photos = await drawPhotos(join(folder, "dataset"), 2);
    await runPython(join(root, "examples/fiftyone/add_maps.py"), ["dataset", model], folder, standIns);
    const options = ["--heatmap", "--colormap", "grey", "--json", "--out", "grey"];
    const answer = JSON.parse(await runFovea(["explain", model, ...photos, ...options], folder));
    expect(answer.results).toHaveLength(2);
    for (const { input, written, classes, box } of answer.results) {
      const told = JSON.parse(readFileSync(`${input}.sample.json`, "utf8"));
      const [{ label, probability, peak }] = classes;
      expect(told).toEqual({ label, confidence: probability, range: [0, peak] });
      const { dims, data } = readNpy(new Uint8Array(readFileSync(`${input}.sample.npy`)), input);
      const grey = await picture(written);
      expect(dims).toEqual([grey.height, grey.width]);
      // A pixel at the border of the box may be cut otherwise; inside, both are the map, resized bilinearly.
      for (let y = Math.ceil(box.y) + 1; y < box.y + box.height - 1; y++)
        for (let x = Math.ceil(box.x) + 1; x < box.x + box.width - 1; x++) {
          const place = y * grey.width + x;
          expect(Math.abs((255 * Number(data[place])) / peak - (grey.pixels[place * grey.channels] ?? 0))).toBeLessThan(
            9,
          );
        }
      expect(Number(data[0])).toBe(0);
    }
  },
);
