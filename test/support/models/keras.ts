/** @file Keras' reference cases, and how far our numbers are from Keras' for one of their files. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createExplainer } from "../../../src/explain/explainer.js";
import { graphAt } from "../../../src/formats/node.js";
import { chooseLayer } from "../../../src/model/layers/choose-layer.js";
import { openModel } from "../../../src/model/open.js";
import { prune } from "../../../src/onnx/prune.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { relativeDifference } from "../goldens/goldens.js";
import { layerGradients } from "../goldens/layer-gradients.js";
import { runtime } from "../runtime.js";

export const quantities = ["output", "scores", "activations", "gradient", "raw map"] as const;

export interface KerasCase {
  readonly name: string;
  readonly folder: string;
  /** Paths of the model's files within the folder. */
  readonly files: readonly string[];
  /** The layer that must be named where the model is refused. */
  readonly refused: string | undefined;
  readonly meta: {
    readonly target_path: readonly string[];
    readonly target_shape: readonly number[];
    readonly class_top: readonly number[];
    readonly class_other: readonly number[];
    readonly single_logit: boolean;
    /** Absent where Keras itself computes in half precision. */
    readonly float32_vs_float64?: Readonly<Record<string, number>>;
  };
}

const modelFiles = ["model.keras", "model.h5", "model_keras2.h5"];

/** The folder with the reference cases; undefined where there is none. */
export function kerasGoldens(): string | undefined {
  const { FOVEA_KERAS_GOLDENS: own, FOVEA_GOLDENS: other } = process.env;
  const root = own ?? (other && join(dirname(other), "goldens-keras"));
  return root && existsSync(root) ? root : undefined;
}

export function kerasCases(root: string): KerasCase[] {
  const names = readdirSync(root).filter((name) => existsSync(join(root, name, "meta.json")));
  return names.map((name) => {
    const folder = join(root, name);
    const meta = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8"));
    const tfjs = readdirSync(folder).filter((file) => file.startsWith("tfjs"));
    const files = [...modelFiles, ...tfjs.map((each) => `${each}/model.json`)];
    return {
      name,
      folder,
      files: files.filter((file) => existsSync(join(folder, file))),
      refused: meta.must_be_refused,
      meta,
    };
  });
}

/** An array of float16, float32 or float64 that NumPy saved, as float32. */
export function array(path: string): Tensor {
  const bytes = new Uint8Array(readFileSync(path));
  const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
  const header = new TextDecoder("latin1").decode(bytes.subarray(10, start));
  const dims = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "").split(",").filter((size) => size.trim());
  const type = /'descr': '([^']*)'/.exec(header)?.[1];
  const data = bytes.slice(start).buffer;
  if (type === "<f4") return float32(dims.map(Number), new Float32Array(data));
  if (type === "<f8") return float32(dims.map(Number), Float32Array.from(new Float64Array(data)));
  throw new Error(`${path}: ${header}`);
}

/** The largest difference of each quantity, relative to the largest magnitude in Keras' array. */
export async function kerasErrors(
  { folder, meta }: KerasCase,
  file: string,
): Promise<Readonly<Record<(typeof quantities)[number], number>>> {
  const quantized = file.includes("uint8");
  const golden = (name: string) => array(join(folder, `${name}.npy`));
  const graph = await graphAt(resolve(folder, file));
  if (graph === undefined) throw new Error(`${file}: not recognised`);
  const errors = { output: 0, scores: 0, activations: 0, gradient: 0, "raw map": 0 };
  const compare = (name: (typeof quantities)[number], actual: Tensor, expected: Tensor) => {
    const error = relativeDifference(actual, expected);
    if (!(error <= errors[name])) errors[name] = error;
  };
  const input = golden("input");
  const session = await runtime.open(graph, {});
  const outputs = await session.run({ [graph.inputs[0]?.name as string]: input });
  await session.close();
  const output = Object.values(outputs)[0] as Tensor;
  compare("output", output, golden(quantized ? "output_uint8" : "output"));
  if (quantized) return errors;
  const model = await openModel(graph, runtime);
  const layer = chooseLayer(model, meta.target_path.join("/"));
  const channelsLast = (tensor: Tensor) => (layer.layout === "nchw" ? lastAxis(tensor) : tensor);
  const explainer = await createExplainer(model, { runtime, layer: layer.name });
  try {
    for (const slot of ["top", "other"] as const) {
      const classes = meta[`class_${slot}`];
      const indices = meta.single_logit ? classes.map(() => 0) : classes;
      const signs = classes.map((index) => (meta.single_logit && index === 0 ? -1 : 1));
      const whole = prune(model.graph, [model.scores]);
      const { activation, gradient } = await layerGradients(whole, layer.name, input, indices);
      compare("activations", channelsLast(activation), golden("activations"));
      compare("gradient", signed(channelsLast(gradient), signs), golden(`grad_${slot}`));
      const explanation = await explainer.explain(input, { labels: classes });
      compare("scores", model.oneScore ? ofClassOne(explanation.scores) : explanation.scores, golden("scores"));
      const cam = golden(`cam_${slot}`);
      const evidence = explanation.evidence.reshape(cam.dims);
      compare(
        "raw map",
        float32(
          cam.dims,
          (evidence.data as Float32Array).map((each) => Math.max(0, each)),
        ),
        cam,
      );
    }
  } finally {
    await explainer.close();
  }
  return errors;
}

/** [N, C, H, W] as [N, H, W, C]. */
function lastAxis({ dims, data }: Tensor): Tensor {
  const [n = 0, c = 0, h = 0, w = 0] = dims;
  const moved = new Float32Array(data.length);
  for (let i = 0; i < moved.length; i++) {
    const [image, place, channel] = [Math.floor(i / (h * w * c)), Math.floor(i / c) % (h * w), i % c];
    moved[i] = data[(image * c + channel) * h * w + place] as number;
  }
  return float32([n, h, w, c], moved);
}

/** The second of two columns. */
function ofClassOne({ dims: [count = 0], data }: Tensor): Tensor {
  return float32(
    [count, 1],
    (data as Float32Array).filter((_, i) => i % 2 === 1),
  );
}

/** Each image's numbers times its sign. */
function signed({ dims, data }: Tensor, signs: readonly number[]): Tensor {
  const size = data.length / (dims[0] as number);
  return float32(
    dims,
    (data as Float32Array).map((each, i) => each * (signs[Math.floor(i / size)] as number)),
  );
}

/**
 * 1e-4 of the largest magnitude. More where Keras' own float32 is further than that from float64, and where Keras computes in half
 * precision, of which Fovea reads the weights and computes in float32.
 */
export function toleranceOf({ meta }: KerasCase): number {
  if (meta.float32_vs_float64 === undefined) return 3e-3;
  return Math.max(1e-4, 4 * Math.max(...Object.values(meta.float32_vs_float64)));
}
