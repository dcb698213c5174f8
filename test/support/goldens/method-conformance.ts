/** @file How far every method is from pytorch-grad-cam's and Captum's numbers, and the table of it. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readNpy } from "../../../src/data/npy.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { CamMethod, GradientMethod } from "../../../src/explain/method.js";
import { methodNamed } from "../../../src/explain/methods/index.js";
import { FoveaError } from "../../../src/foundation/error.js";
import { openModel } from "../../../src/model/open.js";
import type { Value } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, floats, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../runtime.js";
import { bar, type Comparison } from "./conformance.js";

/** A method and the array that it is compared with. */
export interface MethodReference {
  readonly method: string | CamMethod;
  /** The file in the folder of the layer's class, or of the class alone where there is no layer. */
  readonly file: string;
  /** What is compared. Default the evidence at the layer; an attribution is that of the image. */
  readonly what?: "evidence" | "attribution";
  readonly samples?: number;
  /** Compare with the sign that suits each image, where the definition leaves it open. */
  readonly anySign?: boolean;
  /** The largest permitted difference. Default 1e-4. */
  readonly bar?: number;
  /** The same for the median of all elements. Default none. */
  readonly medianBar?: number;
  /** Whose code it is. Default pytorch-grad-cam's. */
  readonly code?: string;
  /** It is not the method as it stands that is compared, but a form of this method that differs as the note says. */
  readonly formOf?: string;
  /** What the reader of the table should know. */
  readonly note?: string;
}

/** Grad-CAM++ as pytorch-grad-cam has it, with 1e-6 in the denominator. */
const plusPlusOfLibrary: GradientMethod = {
  ...(methodNamed("grad-cam++") as GradientMethod),
  name: "grad-cam++ with 1e-6",
  build(op, { activation, gradient }) {
    const sum = (planes: Value) => op.ReduceSum(planes, op.ints([2, 3]), { keepdims: 1 });
    const square = op.Mul(gradient, gradient);
    const cube = op.Mul(sum(activation), op.Mul(square, gradient));
    const denominator = op.Add(op.Add(op.Mul(op.scalar(2), square), cube), op.scalar(1e-6));
    const weights = sum(op.Mul(op.Div(square, denominator), op.Relu(gradient)));
    return { evidence: op.ReduceSum(op.Mul(weights, activation), op.ints([1]), { keepdims: 1 }) };
  },
};

export const methodReferences: readonly MethodReference[] = [
  { method: "grad-cam", file: "gradcam.prerelu.npy" },
  {
    method: "grad-cam++",
    file: "gradcampp.prerelu.npy",
    bar: Number.POSITIVE_INFINITY,
    note: "deviates: the library adds 1e-6 to the denominator, the paper and we nothing",
  },
  {
    method: plusPlusOfLibrary,
    file: "gradcampp.prerelu.npy",
    formOf: "grad-cam++",
    note: "our nodes with the library's 1e-6",
  },
  {
    method: "xgrad-cam",
    file: "xgradcam.prerelu.npy",
    bar: 2e-4,
    note: "above 1e-4 only where a channel's activations nearly cancel: their sum, rounding and all, is divided by",
  },
  { method: "hires-cam", file: "hirescam.prerelu.npy" },
  { method: "grad-cam-elementwise", file: "gradcam_elementwise.prerelu.npy" },
  { method: "layer-cam", file: "layercam.prerelu.npy" },
  { method: "eigen-cam", file: "eigencam.prerelu.npy", anySign: true, note: "up to the sign" },
  { method: "eigen-grad-cam", file: "eigengradcam.prerelu.npy", anySign: true, note: "up to the sign" },
  { method: "ablation-cam", file: "ablationcam_paper.prerelu.npy", note: "channels set to zero, as in the paper" },
  {
    method: "score-cam",
    file: "scorecam.prerelu.npy",
    bar: Number.POSITIVE_INFINITY,
    note: "deviates: the library aligns corners when it upsamples, we half-pixel centres, as everywhere",
  },
  {
    method: "score-cam-aligned",
    file: "scorecam.prerelu.npy",
    formOf: "score-cam",
    note: "ours with the library's upsampling",
  },
  {
    method: "gradient",
    file: "saliency.npy",
    what: "attribution",
    code: "PyTorch",
    bar: 1e-2,
    medianBar: 1e-6,
    note: "above 1e-4 only where a ReLU is on its knife edge",
  },
  {
    method: "guided-backprop",
    file: "guided_all.npy",
    what: "attribution",
    code: "PyTorch",
    note: "every rectifier guided; pytorch-grad-cam itself guides only nn.ReLU modules",
  },
  {
    method: "integrated-gradients",
    file: "ig16_gausslegendre.npy",
    what: "attribution",
    code: "Captum",
    samples: 16,
    bar: 1e-2,
    medianBar: 1e-6,
    note: "Captum, 16 steps; above 1e-4 where a ReLU is on its knife edge at one of the steps",
  },
];

export interface MethodErrors {
  /** The largest difference over classes and images, relative to each array's maximum. */
  readonly worst: number;
  /** The same of the median of the elements' differences. */
  readonly median: number;
}

/** Of each reference; undefined where there is no array, or the method is not for the model. */
export async function methodErrors(
  { golden, file, layer }: Comparison,
  references: readonly MethodReference[] = methodReferences,
): Promise<(MethodErrors | undefined)[]> {
  const model = await openModel(readModel(readFileSync(join(golden.folder, file))), runtime);
  const errors: (MethodErrors | undefined)[] = [];
  for (const { method, file: array, what = "evidence", anySign = false, samples } of references) {
    const folder = join(golden.folder, what === "evidence" ? layer.name : "");
    const paths = golden.classes.map((_, slot) => join(folder, `c${slot}`, array));
    const explainer =
      paths.every(existsSync) &&
      (await createExplainer(model, {
        runtime,
        layer: what === "evidence" ? (layer.values[file] as Value) : "auto",
        method,
        samples,
        include: ["attribution"],
      }).catch(onlyRefused));
    if (!explainer) {
      errors.push(undefined);
      continue;
    }
    try {
      const found: MethodErrors[] = [];
      for (const [slot, labels] of golden.classes.entries()) {
        const ours = (await explainer.explain(golden.input, { labels }))[what] as Tensor;
        const theirs = readNpy(readFileSync(paths[slot] as string), array);
        found.push(differences(anySign ? signedAs(ours, theirs) : ours, theirs));
      }
      const most = (of: keyof MethodErrors) => Math.max(...found.map((each) => each[of]));
      errors.push({ worst: most("worst"), median: most("median") });
    } finally {
      await explainer.close();
    }
  }
  return errors;
}

/** Whether a comparison is as near as it should be. */
export function isNear({ worst, median }: MethodErrors, reference: MethodReference): boolean {
  return worst <= (reference.bar ?? bar) && median <= (reference.medianBar ?? Number.POSITIVE_INFINITY);
}

/** A model that a method is not for is not compared. */
function onlyRefused(error: unknown): undefined {
  if (!(error instanceof FoveaError)) throw error;
}

function differences(actual: Tensor, expected: Tensor): MethodErrors {
  const [a, b] = [floats(actual), floats(expected)];
  if (a.length !== b.length) return { worst: Number.NaN, median: Number.NaN };
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const sorted = a.map((value, i) => Math.abs(value - (b[i] as number)) / largest).sort();
  return { worst: sorted.at(-1) ?? 0, median: sorted[sorted.length >> 1] ?? 0 };
}

/** Each image's map with the sign of the expected one. */
function signedAs(maps: Tensor, expected: Tensor): Tensor {
  const [ours, theirs] = [floats(maps), floats(expected)];
  const size = ours.length / (maps.dims[0] as number);
  const signs = Array.from({ length: ours.length / size }, (_, i) => {
    let sum = 0;
    for (let at = i * size; at < (i + 1) * size; at++) sum += (ours[at] as number) * (theirs[at] as number);
    return Math.sign(sum);
  });
  return float32(
    maps.dims,
    ours.map((value, at) => (signs[Math.floor(at / size)] as number) * value),
  );
}

/** The part of `docs/conformance.md` about methods. @param results of each comparison the errors of each reference */
export function methodsSection(results: readonly (readonly (MethodErrors | undefined)[])[]): string {
  const lines = methodReferences.map((reference, i) => {
    const errors = results.flatMap((row) => row[i] ?? []);
    const shown = (of: keyof MethodErrors) => Math.max(...errors.map((each) => each[of])).toExponential(1);
    const near = errors.filter(({ worst }) => worst <= bar).length;
    const failed = errors.some((error) => !isNear(error, reference)) ? " **fails**" : "";
    const name = typeof reference.method === "string" ? reference.method : reference.method.name;
    const cells = [name, errors.length, near, `${shown("worst")}${failed}`, shown("median"), reference.note ?? ""];
    return `| ${cells.join(" | ")} |`;
  });
  return `
## Methods

Each method against pytorch-grad-cam's raw maps (before the ReLU, at the layer), the attributions to pixels against PyTorch's gradients and Captum, for the cases, exporters, layers, classes and images above that have them. Differences are relative to the largest magnitude of each array; the median is that of the elements' differences, the worst of all arrays. Methods follow their papers: where the library deviates from it, the table says so and how far.

| method | cases | within 1e-4 | worst | worst median | |
|---|--:|--:|--:|--:|---|
${lines.join("\n")}
`;
}
