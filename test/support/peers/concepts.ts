/** @file How far concepts are from those of other people's code, on the arrays of `test/fixtures/concepts`. */

import { readFileSync } from "node:fs";
import { ChangedLayer } from "../../../src/explain/concepts/changed-layer.js";
import { findConcepts } from "../../../src/explain/concepts/concepts.js";
import { Factoriser } from "../../../src/explain/concepts/nmf.js";
import { sobolDesign, totalIndices } from "../../../src/explain/concepts/sobol.js";
import { at } from "../../../src/foundation/present.js";
import { chooseLayer } from "../../../src/model/layers/choose-layer.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { rowsOf } from "../../../src/model/run/batches.js";
import { Sessions } from "../../../src/model/run/sessions.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { randomTensor } from "../models/random-tensor.js";
import { runtime } from "../runtime.js";
import { difference } from "./difference.js";

export interface Stored {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

interface Goldens {
  readonly nmf: {
    readonly columns: Stored;
    readonly start: Stored;
    readonly after: Readonly<Record<string, { amounts: Stored; directions: Stored; error: number }>>;
  };
  readonly dff: { readonly planes: Stored; readonly maps: Stored; readonly error: number };
  readonly sobol: Readonly<Record<"amounts" | "directions" | "importances" | "conv" | "bias" | "linear", Stored>>;
}

const textAt = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

export function conceptGolden<Name extends keyof Goldens>(name: Name): Goldens[Name] {
  return JSON.parse(textAt(`fixtures/concepts/${name}.json`));
}

export const stored = ({ dims, values }: Stored) => float32(dims, values);

/** One comparison with others. */
export interface ConceptReference {
  readonly what: string;
  readonly code: string;
  /** The largest permitted difference. */
  readonly bar: number;
  readonly note: string;
  readonly worst: () => Promise<number>;
}

export const conceptReferences: readonly ConceptReference[] = [
  {
    what: "factorisation",
    code: "scikit-learn",
    bar: 1e-4,
    note: "amounts and directions after 1, 5 and 40 sweeps of coordinate descent, from the same start",
    worst: factorsApart,
  },
  {
    what: "heat maps of concepts",
    code: "pytorch-grad-cam",
    bar: 5e-3,
    note: "its deep feature factorisation; each searches from starts of its own, so what is told is 1 less the smallest cosine of two maps",
    worst: async () => 1 - Math.min(...(await mapsApart()).cosines),
  },
  {
    what: "what concepts leave over",
    code: "pytorch-grad-cam",
    bar: 1e-3,
    note: "of the same planes, the share of the activations' length",
    worst: async () => {
      const { error } = await mapsApart();
      return Math.abs(error - conceptGolden("dff").error);
    },
  },
  {
    what: "importance of concepts",
    code: "the code of CRAFT's authors",
    bar: 1e-4,
    note: "total Sobol indices of three concepts for two classes",
    worst: importancesApart,
  },
  {
    what: "total Sobol indices",
    code: "by hand",
    bar: 5e-3,
    note: "of the Ishigami function, whose indices have a closed form; 4,096 points",
    worst: ishigamiApart,
  },
];

async function factorsApart(): Promise<number> {
  const { columns, start, after } = conceptGolden("nmf");
  const [count = 0] = start.dims;
  const [, places = 0] = columns.dims;
  const factoriser = new Factoriser(count, { runtime });
  const amounts = float32([count, places], new Float32Array(count * places).fill(1));
  const apart: number[] = [];
  for (const [sweeps, expected] of Object.entries(after)) {
    const found = await factoriser.sweep(stored(columns), { directions: stored(start), amounts }, Number(sweeps));
    apart.push(apartOf(found.amounts, expected.amounts), apartOf(found.directions, expected.directions));
  }
  await factoriser.close();
  return Math.max(...apart);
}

function apartOf(ours: Tensor, theirs: Stored): number {
  return difference(floats(ours), Float32Array.from(theirs.values));
}

/** Of each concept the cosine of its map with the one that is most like it, and that one's number. */
export async function mapsApart() {
  const { planes, maps } = conceptGolden("dff");
  const [conv, bias, linear] = [[2, 10, 3, 3], [2], [2, 2]].map((dims) => randomTensor(dims, "any"));
  if (!(conv && bias && linear)) throw new Error("three tensors");
  const model = await behindLayer({ dims: planes.dims, conv, bias, linear });
  const concepts = await findConcepts(model, [stored(planes)], { runtime, count: 3, layer: "layer" });
  const own = floats(await concepts.of(stored(planes)));
  const [, , height = 1, width = 1] = planes.dims;
  const flat = (values: ArrayLike<number>, k: number) =>
    Array.from(values).filter((_, i) => Math.floor(i / (height * width)) % 3 === k);
  const best = [0, 1, 2].map((k) => {
    const all = [0, 1, 2].map((j) => cosine(flat(own, k), flat(maps.values, j)));
    const highest = Math.max(...all);
    return { cosine: highest, nearest: all.indexOf(highest) };
  });
  const { error, all } = concepts;
  await concepts.close();
  return { cosines: best.map((each) => each.cosine), nearest: best.map(({ nearest }) => nearest), error, all };
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * at(y, i), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** What stands behind the layer. */
interface Behind {
  readonly dims: readonly number[];
  readonly conv: Tensor;
  readonly bias: Tensor;
  readonly linear: Tensor;
}

/** A network whose layer is its input, where that is not negative: behind it a convolution, a rectifier, the mean and a linear layer. */
function behindLayer({ dims, conv, bias, linear }: Behind): Promise<Model> {
  const op = new Builder();
  const layer = op.named("layer", op.Relu(op.input("x", "float32", ["N", ...dims.slice(1)])));
  const hidden = op.Relu(op.Conv(layer, op.constant(conv), op.constant(bias), { pads: [1, 1, 1, 1] }));
  const means = op.ReduceMean(hidden, op.ints([2, 3]), { keepdims: 0 });
  op.output(op.Gemm(means, op.constant(linear), { transB: 1 }), "scores");
  return openModel(writeModel(op.graph), runtime, "network");
}

async function importancesApart(): Promise<number> {
  const { amounts, directions, importances, conv, bias, linear } = conceptGolden("sobol");
  const [images = 0, count = 0, height = 0, width = 0] = amounts.dims;
  const dims = [1, at(directions.dims, 1), height, width];
  const model = await behindLayer({ dims, conv: stored(conv), bias: stored(bias), linear: stored(linear) });
  const sessions = new Sessions(runtime);
  const changed = new ChangedLayer(model, chooseLayer(model, "layer"), sessions);
  const design = sobolDesign(count, 32);
  const sums = [0, 1].map(() => new Array<number>(count).fill(0));
  for (let i = 0; i < images; i++) {
    const its = rowsOf(stored(amounts), i, 1).reshape([count, height * width]);
    const image = { image: randomTensor(dims, "seen by nobody"), amounts: its, directions: stored(directions) };
    const rows = await changed.scores("rebuilt", await changed.start(image), design.masks);
    for (const [c, sum] of sums.entries()) {
      const scores = rows.map((row) => at(row, c));
      totalIndices(scores, 32).forEach((index, k) => {
        sum[k] = at(sum, k) + index / images;
      });
    }
  }
  await sessions.close();
  return apartOf(float32([2, count], sums.flat()), importances);
}

/** f = sin a + 7 sin² b + 0.1 c⁴ sin a over -π to π has total indices 0.5576, 0.4424 and 0.2437 (Ishigami and Homma 1990). */
async function ishigamiApart(): Promise<number> {
  const points = 4096;
  const { masks } = sobolDesign(3, points);
  const scores = Array.from({ length: points * 4 }, (_, i) => {
    const [a = 0, b = 0, c = 0] = Array.from(floats(masks).subarray(3 * i, 3 * i + 3), (x) => Math.PI * (2 * x - 1));
    return Math.sin(a) + 7 * Math.sin(b) ** 2 + 0.1 * c ** 4 * Math.sin(a);
  });
  const expected = [0.5576, 0.4424, 0.2437];
  return Math.max(...totalIndices(scores, points).map((index, k) => Math.abs(index - at(expected, k))));
}

/** The part of `docs/conformance.md` about concepts. @param worst of each of `conceptReferences` */
export function conceptsSection(worst: readonly number[]): string {
  const lines = conceptReferences.map(({ what, code, bar, note }, i) => {
    const apart = at(worst, i);
    return `| ${what} | ${code} | ${apart.toExponential(1)} | ${bar.toExponential(0)} | ${note} |`;
  });
  const script = textAt("reference/concepts.py");
  const commits = [...script.matchAll(/"([\w-]+)\+([\w-]+)": "([0-9a-f]{7})/g)].map(
    ([, owner, name, commit]) => `${owner}/${name} (${commit})`,
  );
  const versions = [...script.matchAll(/\b(torch|numpy|scipy|scikit-learn)==([\d.]+)/g)].map(
    ([, name, version]) => `${name} ${version}`,
  );
  return `
## Concepts

What \`fovea concepts\` computes, against other people's code: small arrays (\`test/fixtures/concepts\`), written by \`test/reference/concepts.py\` with ${commits.join(", ")}; ${versions.join(", ")}. Differences are relative to the largest magnitude of each array, where the remark says nothing else. The test suite asserts these rows.

| what | compared with | largest difference | bar | |
|---|---|--:|--:|---|
${lines.join("\n")}
`;
}
