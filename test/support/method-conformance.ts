/** @file How far every method is from pytorch-grad-cam's and Captum's numbers, and the table of it. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readNpy } from "../../src/data/index.js";
import { FoveaError } from "../../src/error.js";
import { type CamMethod, createExplainer, openModel, scoreCamWith } from "../../src/explain/index.js";
import { float32, floats, readModel, type Tensor, type Value } from "../../src/onnx/index.js";
import { nodeRuntime } from "../../src/runtime/node.js";
import { bar, type Comparison } from "./conformance.js";
import { relativeDifference } from "./goldens.js";

/** A method and the array that it is compared with. */
export interface MethodReference {
  readonly method: string | CamMethod;
  /** The name of its column. */
  readonly column: string;
  /** The file in the folder of the layer's class, or of the class alone where there is no layer. */
  readonly file: string;
  /** What is compared. Default the evidence. */
  readonly what?: "evidence" | "attribution";
  readonly samples?: number;
  /** Compare with the sign that suits each image, where the definition leaves it open. */
  readonly anySign?: boolean;
  /** Why it is not expected to agree, for a comparison that only tells how large a known difference is. */
  readonly deviates?: string;
}

export const methodReferences: readonly MethodReference[] = [
  { method: "grad-cam", column: "grad-cam", file: "gradcam.prerelu.npy" },
  { method: "xgrad-cam", column: "xgrad-cam", file: "xgradcam.prerelu.npy" },
  { method: "hires-cam", column: "hires-cam", file: "hirescam.prerelu.npy" },
  { method: "grad-cam-elementwise", column: "grad-cam-elementwise", file: "gradcam_elementwise.prerelu.npy" },
  { method: "layer-cam", column: "layer-cam", file: "layercam.prerelu.npy" },
  { method: "eigen-cam", column: "eigen-cam", file: "eigencam.prerelu.npy", anySign: true },
  { method: "eigen-grad-cam", column: "eigen-grad-cam", file: "eigengradcam.prerelu.npy", anySign: true },
  { method: "grad-cam++", column: "grad-cam++", file: "gradcampp.prerelu.npy", deviates: "1e-6 in the denominator" },
  { method: "ablation-cam", column: "ablation-cam", file: "ablationcam_paper.prerelu.npy" },
  { method: scoreCamWith({ alignCorners: true }), column: "score-cam, corners aligned", file: "scorecam.prerelu.npy" },
  {
    method: "score-cam",
    column: "score-cam",
    file: "scorecam.prerelu.npy",
    deviates: "corners aligned when upsampling",
  },
  { method: "gradient", column: "gradient", file: "saliency.npy", what: "attribution" },
  { method: "guided-backprop", column: "guided-backprop", file: "guided_all.npy", what: "attribution" },
  {
    method: "integrated-gradients",
    column: "integrated-gradients",
    file: "ig16_gausslegendre.npy",
    what: "attribution",
    samples: 16,
  },
];

/** The worst relative difference of each reference over classes and images; undefined where there is no array. */
export async function methodErrors(
  { golden, file, layer }: Comparison,
  references: readonly MethodReference[] = methodReferences,
): Promise<(number | undefined)[]> {
  const model = await openModel(readModel(readFileSync(join(golden.folder, file))), nodeRuntime);
  const errors: (number | undefined)[] = [];
  for (const { method, file: array, what = "evidence", anySign = false, samples } of references) {
    const atLayer = what === "evidence";
    const paths = golden.classes.map((_, slot) =>
      join(golden.folder, ...(atLayer ? [layer.name] : []), `c${slot}`, array),
    );
    const explainer =
      paths.every(existsSync) &&
      (await createExplainer(model, {
        runtime: nodeRuntime,
        layer: atLayer ? (layer.values[file] as Value) : "auto",
        method,
        include: ["attribution"],
        samples,
      }).catch(onlyRefused));
    if (!explainer) {
      errors.push(undefined);
      continue;
    }
    try {
      let worst = 0;
      for (const [slot, labels] of golden.classes.entries()) {
        const found = (await explainer.explain(golden.input, { labels }))[what] as Tensor;
        const expected = readNpy(readFileSync(paths[slot] as string), array);
        const error = relativeDifference(anySign ? signedAs(found, expected) : found, expected);
        if (!(error <= worst)) worst = error;
      }
      errors.push(worst);
    } finally {
      await explainer.close();
    }
  }
  return errors;
}

/** A model that a method is not for is not compared. */
function onlyRefused(error: unknown): undefined {
  if (!(error instanceof FoveaError)) throw error;
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

export { bar };
