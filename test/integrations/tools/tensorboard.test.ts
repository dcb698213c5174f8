/** @file What examples/tensorboard logs, by PyTorch's writer and by tensorboardX, as TensorBoard's own reader finds it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { decodeImage } from "../../../src/image/node.js";
import { missing, named, root, runFovea, runPython } from "../python.js";
import { drawPhotos, writeSubject } from "../subject.js";

const folder = mkdtempSync(join(tmpdir(), "fovea-tensorboard-"));
const script = join(root, "examples/tensorboard/log_maps.py");
const reader = join(root, "test/integrations/tools/read_events.py");

interface Events {
  readonly images: Record<string, { step: number; width: number; height: number; pixels: number[] }[]>;
  readonly scalars: Record<string, [step: number, value: number][]>;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Logs two steps with a script, and compares what is read with what the command answers. */
async function logAndRead(script: string, run: string): Promise<void> {
  const model = writeSubject(folder);
  const photos = await drawPhotos(folder, 2);
  for (const step of ["1", "2"]) await runPython(script, [run, step, model, ...photos], folder);
  const events: Events = JSON.parse(await runPython(reader, [run], folder));
  const answer = JSON.parse(
    await runFovea(["explain", model, ...photos, "--json", "--overlay", "--out", "maps"], folder),
  );
  expect(answer.results).toHaveLength(2);
  for (const { input, written, classes } of answer.results) {
    const overlay = await decodeImage(new Uint8Array(readFileSync(join(folder, written))));
    const logged = events.images[`map/${input}`] ?? [];
    expect(logged.map(({ step }) => step)).toEqual([1, 2]);
    for (const { width, height, pixels } of logged) {
      expect([width, height]).toEqual([overlay.width, overlay.height]);
      expect(Buffer.from(pixels).equals(Buffer.from(overlay.pixels))).toBe(true);
    }
    const values = events.scalars[`probability/${input}`] ?? [];
    expect(values.map(([step]) => step)).toEqual([1, 2]);
    for (const [, value] of values) expect(value).toBeCloseTo(classes[0].probability, 6);
  }
}

const noTorch = missing("torch", "tensorboard", "PIL");
it.skipIf(noTorch)(named("by PyTorch: each picture and probability is read back as it was drawn", noTorch), () =>
  logAndRead(script, "by-torch"),
);

const noX = missing("tensorboardX", "tensorboard", "PIL");
it.skipIf(noX)(named("by tensorboardX, with the import that the example names", noX), async () => {
  const [, line = "", , instead = ""] =
    /^(from torch\S* import \w+)( *# without PyTorch: )(.*)$/m.exec(readFileSync(script, "utf8")) ?? [];
  expect(instead).toBe("from tensorboardX import SummaryWriter");
  const other = join(folder, "log_maps.py");
  writeFileSync(other, readFileSync(script, "utf8").replace(line, `${instead} `));
  await logAndRead(other, "by-x");
});
