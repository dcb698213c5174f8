/**
 * @file Embeddings of other people's networks beside PyTorch: components of their places, and maps of the cosine with another image.
 * `python test/reference/embeddings.py FOLDER`, then `npm run bench -- embeddings --folder FOLDER`. Ends with 1 where anything differs by
 * more than 1e-4: of the cosine, of the shares, and of the maps' and the components' peaks.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { principalComponents } from "../src/explain/components/components.js";
import { loadModel } from "../src/explain/node.js";
import { outputOf } from "../src/model/targets/output.js";
import { similarityTo } from "../src/model/targets/similarity.js";
import { float32, floats } from "../src/onnx/tensor.js";
import { createNodeRuntime } from "../src/runtime/node.js";

const { values: flags } = parseArgs({ options: { folder: { type: "string", default: "." } } });
const runtime = createNodeRuntime({ device: "cpu", threads: 1 });

interface Expected {
  readonly size: number;
  readonly components: readonly number[];
  readonly shares: readonly number[];
  readonly cosine: number;
  readonly "grad-cam": readonly number[];
  readonly "hires-cam": readonly number[];
}

/** The largest difference as a share of the expected peak. */
function difference(values: ArrayLike<number>, expected: readonly number[]): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  const peak = Math.max(...expected.map(Math.abs)) || 1;
  return Math.max(...expected.map((value, i) => Math.abs(value - (values[i] ?? Number.NaN)))) / peak;
}

async function compare(name: string): Promise<Record<string, number | string>> {
  const expected: Expected = JSON.parse(readFileSync(join(flags.folder, `${name}.json`), "utf8"));
  const bytes = readFileSync(join(flags.folder, `${name}.images.f32`));
  const both = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const { size } = expected;
  const one = (i: number) =>
    float32([1, 3, size, size], both.slice((i * both.length) / 2, ((i + 1) * both.length) / 2));
  const model = await loadModel(join(flags.folder, `${name}.onnx`), { runtime });
  const { task } = model;
  const output = task.name === "embedding" ? task.output : undefined;
  const components = await principalComponents(model, [one(0)], { runtime });
  const similar = await model.explaining(similarityTo(await outputOf(model, one(1), runtime, { output }), { output }));
  const maps: Record<string, number> = {};
  let [cosine, layer] = [Number.NaN, ""];
  for (const method of ["grad-cam", "hires-cam"] as const) {
    const explainer = await similar.explainer({ method });
    const { scores, maps: raw } = await explainer
      .explain(one(0))
      .then((all) => ({ scores: all.at(0).scores, maps: all.maps }));
    [cosine, layer] = [scores[0] ?? Number.NaN, explainer.layer.name];
    maps[method] = difference(floats(raw), expected[method]);
    await explainer.close();
  }
  const places = difference(floats(await components.of(one(0))), expected.components);
  await components.close();
  return {
    network: name,
    task: task.name,
    components: places,
    shares: Math.max(...expected.shares.map((share, k) => Math.abs(share - (components.shares[k] ?? Number.NaN)))),
    cosine: Math.abs(cosine - expected.cosine),
    ...maps,
    layer,
  };
}

const names = readdirSync(flags.folder).flatMap((file) =>
  file.endsWith(".onnx") ? [file.replace(/\.onnx$/, "")] : [],
);
const rows = [];
for (const name of names) rows.push(await compare(name));
console.table(rows);
const worst = rows.flatMap((row) => Object.values(row).filter((value) => typeof value === "number"));
if (rows.length === 0 || worst.some((value) => !(value <= 1e-4))) process.exitCode = 1;
