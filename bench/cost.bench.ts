/**
 * @file What explanations cost on networks with the shapes of well-known ones, and gradients at their input, as ratios to plain
 * inference: `npm run bench -- cost [NAME ...]`. With `$FOVEA_MODELS` also GoogLeNet.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differentiate } from "../src/autodiff/differentiate.js";
import { runtime } from "../src/cli/platform.js";
import { loadModel } from "../src/explain/node.js";
import { measureCost } from "../src/explain/prove/cost.js";
import { noiseImages } from "../src/explain/prove/noise.js";
import { type PairedTiming, paired } from "../src/foundation/timing.js";
import type { Model } from "../src/model/model.js";
import { Builder } from "../src/onnx/builder.js";
import { copyGraph, type Value } from "../src/onnx/graph.js";
import { prune } from "../src/onnx/prune.js";
import { float32 } from "../src/onnx/tensor.js";
import { writeModel } from "../src/onnx/write.js";
import { shapes } from "./networks.js";

interface Job {
  /** Highest ratios that are good enough. */
  readonly bars: { readonly one?: number; readonly eight?: number; readonly input?: number };
  readonly path?: string;
}

const zoo = process.env.FOVEA_MODELS;
const jobs: Readonly<Record<string, Job>> = {
  resnet50: { bars: { one: 1.08, eight: 1.08 } },
  "mobilenet-v2": { bars: { one: 1.08, eight: 1.08, input: 4.2 } },
  vgg16: { bars: { one: 1.2, eight: 1.1 } },
  resnet18: { bars: { input: 3.2 } },
  ...(zoo
    ? { googlenet: { bars: { one: 1.08, eight: 1.08 }, path: join(zoo, "bvlc_googlenet/bvlc_googlenet.onnx") } }
    : {}),
};

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "fovea-cost-"));
console.log("network       job                  batch  inference ms  explained ms  ratio (quartiles)      at most");
try {
  for (const [name, { bars, path = built(name) }] of Object.entries(jobs)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const model = await loadModel(path, { runtime });
    for (const [batch, bar] of [
      [1, bars.one],
      [8, bars.eight],
    ] as const) {
      if (bar === undefined) continue;
      line(name, "last feature map", batch, await measureCost(model, { runtime, source: path, batch }), bar);
    }
    if (bars.input) line(name, "gradient at input", 1, await inputGradient(model, path), bars.input);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Writes a network to a file, as users have theirs. */
function built(name: string): string {
  const path = join(folder, `${name}.onnx`);
  if (wanted.length === 0 || wanted.includes(name))
    writeFileSync(path, writeModel(shapes[name as keyof typeof shapes]()));
  return path;
}

/** The gradient of class 0's score with respect to every pixel. */
async function inputGradient(model: Model, path: string): Promise<PairedTiming> {
  const images = noiseImages(model, { seed: 1, batch: 1 });
  const op = new Builder(copyGraph(model.graph));
  const seed = op.constant(
    float32(
      [1, 1000],
      Float32Array.from({ length: 1000 }, (_, i) => (i === 0 ? 1 : 0)),
    ),
  );
  const { graph, gradients } = differentiate(op.graph, { of: model.scores, wrt: [model.input.name], seed });
  const plain = await runtime.open(path);
  const whole = await runtime.open(prune(graph, [model.scores, gradients.get(model.input.name) as Value]));
  const feeds = { [model.input.name]: images };
  const timing = await paired(
    () => plain.run(feeds),
    () => whole.run(feeds),
  );
  await plain.close();
  await whole.close();
  return timing;
}

function line(network: string, job: string, batch: number, timing: PairedTiming, bar: number): void {
  const { first, second, ratio, low, high } = timing;
  const ratios = `${ratio.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
  const columns = [network.padEnd(13), job.padEnd(20), String(batch).padStart(5), first.toFixed(2).padStart(13)];
  console.log([...columns, second.toFixed(2).padStart(13), ` ${ratios.padEnd(22)}`, bar.toFixed(2)].join(" "));
}
