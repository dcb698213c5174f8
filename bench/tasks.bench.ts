/**
 * @file Boxes, segments and their maps of other people's exports beside those of their own tools in PyTorch.
 * `python test/reference/task_exports.py FOLDER` or `python test/reference/yolo_exports.py FOLDER REPOSITORIES`, then
 * `npm run bench -- tasks --folder FOLDER`. Ends with 1 where anything differs by more than 1e-3 of the image's side (boxes), 1e-4 of the
 * peak (maps), or 1e-3 (shares), or where there are other boxes.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readNpy } from "../src/data/npy.js";
import { createBoxExplainer } from "../src/explain/boxes/box-explainer.js";
import type { LoadedModel } from "../src/explain/loaded-model.js";
import { loadModel } from "../src/explain/node.js";
import { predictedRegions } from "../src/model/targets/predicted-regions.js";
import type { DetectedBox } from "../src/model/tasks/detection/detect.js";
import { floats, type Tensor } from "../src/onnx/tensor.js";
import { createNodeRuntime } from "../src/runtime/node.js";

const { values: flags } = parseArgs({
  options: { folder: { type: "string", default: "." }, only: { type: "string" } },
});
const runtime = createNodeRuntime({ device: "cpu", threads: 1 });

interface ExpectedBox {
  readonly box: readonly number[];
  readonly score: number;
  readonly class: number;
  /** Default: not known. */
  readonly row?: number;
  readonly map?: readonly number[];
  /** The value that the map is of. Default: `features`. */
  readonly layer?: string;
}

interface Expected {
  readonly task: string;
  readonly boxes?: readonly ExpectedBox[];
  /** How many boxes there are, where `boxes` are all. Default: not known. */
  readonly count?: number;
  readonly shares?: readonly number[];
  readonly class?: number;
  readonly map?: readonly number[];
}

/** What was compared, and the largest differences. */
interface Compared {
  readonly found: string;
  readonly outputs: number;
  readonly map: number;
}

const largest = (values: Iterable<number>) => Math.max(0, ...Array.from(values, Math.abs));

/** The largest difference as a share of the expected peak. */
function mapDifference(values: ArrayLike<number>, expected: readonly number[]): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  return largest(expected.map((value, i) => value - (values[i] ?? Number.NaN))) / (largest(expected) || 1);
}

async function compareBoxes(
  model: LoadedModel,
  image: Tensor,
  { boxes: expected = [], count }: Expected,
): Promise<Compared> {
  const automatic = createBoxExplainer(model);
  const found = await automatic.detect(image, { confidence: 0.3 });
  const [, , height = 1, width = 1] = image.dims;
  const apart = expected.map(({ box, class: classIndex, score, row }, i) => {
    const isOwn = (each: DetectedBox) => each.classIndex === classIndex && Math.abs(each.score - score) < 1e-3;
    const own = found.filter((each) => isOwn(each) && (row === undefined || each.row === row));
    const distances = own.map(({ left, top, right, bottom }) =>
      largest([left, top, right, bottom].map((side, k) => (side - (box[k] ?? 0)) / Math.max(height, width))),
    );
    return {
      distance: Math.min(Number.POSITIVE_INFINITY, ...distances),
      own: own[distances.indexOf(Math.min(...distances))],
      i,
    };
  });
  const maps: number[] = [];
  for (const { own, i } of apart) {
    const { map, layer = "features" } = expected[i] ?? {};
    if (own === undefined || map === undefined) continue;
    const explainer = createBoxExplainer(model, { layer });
    const [each] = await explainer.explain(image, [own]);
    await explainer.close();
    maps.push(mapDifference(each?.map.values ?? [], map));
  }
  const [first] = found.length > 0 ? await automatic.explain(image, found.slice(0, 1)) : [];
  await automatic.close();
  const layers = first?.layers.map(({ name }) => name).join(" + ") ?? "";
  return {
    found: `${automatic.task.layout.title}; ${found.length} boxes; ${maps.length} maps; ${layers}`,
    outputs:
      found.length === (count ?? found.length)
        ? largest(apart.map(({ distance }) => distance))
        : Number.POSITIVE_INFINITY,
    map: largest(maps),
  };
}

async function compareSegments(model: LoadedModel, image: Tensor, expected: Expected): Promise<Compared> {
  const regions = await model.explaining(predictedRegions());
  const explainer = await regions.explainer({ method: "hires-cam", layer: "features" });
  const explanation = await explainer.explain(image, { classes: [expected.class ?? 0] });
  await explainer.close();
  const automatic = await regions.explainer();
  await automatic.explain(image);
  await automatic.close();
  const shares = floats(explanation.probabilities);
  return {
    found: `${expected.shares?.length} classes; ${automatic.layer.name}`,
    outputs: largest((expected.shares ?? []).map((share, i) => share - (shares[i] ?? Number.NaN))),
    map: mapDifference(explanation.at(0).map().values, expected.map ?? []),
  };
}

const names = readdirSync(flags.folder)
  .flatMap((file) => (file.endsWith(".onnx") ? [file.replace(".onnx", "")] : []))
  .filter((name) => flags.only === undefined || flags.only.split(",").includes(name))
  .filter((name) => existsSync(join(flags.folder, `${name}.json`)));
let wrong = 0;
console.log(`| file | task | outputs differ by | map differs by | found |\n|${" --- |".repeat(5)}`);
for (const name of names) {
  const path = (ending: string) => join(flags.folder, `${name}.${ending}`);
  const expected: Expected = JSON.parse(readFileSync(path("json"), "utf8"));
  try {
    const model = await loadModel(path("onnx"), { runtime });
    const image = readNpy(readFileSync(path("npy")), name);
    if (model.task.name !== expected.task) throw new Error(`recognised as ${model.task.name}`);
    const compared = await (expected.boxes
      ? compareBoxes(model, image, expected)
      : compareSegments(model, image, expected));
    const { outputs, map, found } = compared;
    if (!(outputs < 1e-3 && map < 1e-4)) wrong++;
    console.log(`| ${name} | ${model.task.name} | ${outputs.toExponential(1)} | ${map.toExponential(1)} | ${found} |`);
  } catch (error) {
    wrong++;
    console.log(
      `| ${name} | ${expected.task} |  |  | ${error instanceof Error ? error.message.slice(0, 400) : error} |`,
    );
  }
}
console.log(`${names.length - wrong} of ${names.length} agree`);
process.exitCode = wrong > 0 ? 1 : 0;
