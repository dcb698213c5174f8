/** @file Fovea on the cases of the kit, by its public interface. */

import { occlusionWith } from "../../src/doors/explain.js";
import { createNodeRuntime, float32, type LoadedModel, loadModel } from "../../src/doors/node.js";
import { floats } from "../../src/onnx/tensor.js";
import { type Entry, inputOf, manifest, pathOf } from "../index.js";

type Options = Parameters<LoadedModel["explainer"]>[0];

const samples = { "integrated-gradients": 16, "smooth-grad": 4 } as const;

/** How Fovea is asked for the definitions of the kit, where its name is another or an option is needed. */
const asked: Readonly<Record<string, Options>> = {
  "eigen-cam": { method: "eigen-cam-uncentred" },
  "eigen-cam-centred": { method: "eigen-cam" },
  "integrated-gradients": { method: "integrated-gradients", samples: samples["integrated-gradients"] },
  "smooth-grad": { method: "smooth-grad", samples: samples["smooth-grad"] },
  occlusion: { method: occlusionWith({ window: 4, stride: 4 }) },
};

/** The same in words. */
export function askedOf(name: string): string {
  const { method = name, samples: count } = asked[name] ?? {};
  if (typeof method !== "string") return "occlusionWith({ window: 4, stride: 4 })";
  return count === undefined ? method : `${method}, samples: ${count}`;
}

const runtime = createNodeRuntime({ device: "cpu", threads: 1 });

/**
 * Values of methods by name, in the order of the kit's.
 * @param file `model.onnx`, or `model.keras` where the case has one; of that the input's channels come last
 */
export async function foveaValues(
  entry: Entry,
  methods: readonly string[] = entry.methods,
  file: "model.onnx" | "model.keras" = "model.onnx",
): Promise<Map<string, Float32Array>> {
  const isKeras = file === "model.keras";
  const model = await loadModel(pathOf(entry, file), { runtime });
  const { dims, data } = inputOf(entry);
  const input = isKeras ? channelsLast(data, dims) : float32(dims, [...data]);
  const layer = isKeras ? entry.keras?.layer : entry.onnx.layer;
  const values = new Map<string, Float32Array>();
  for (const name of methods) {
    const isLayer = !["pixels", "windows"].includes(manifest.methods[name]?.kind ?? "");
    const explainer = await model.explainer({
      ...(asked[name] ?? { method: name }),
      ...(isLayer ? { layer, ...gridOf(entry) } : {}),
      include: manifest.methods[name]?.kind === "pixels" ? ["attribution"] : [],
    });
    try {
      const { attribution, evidence } = await explainer.explain(input, { labels: classesOf(entry) });
      values.set(name, floats(attribution ?? evidence));
    } finally {
      await explainer.close();
    }
  }
  return values;
}

/** Of one score behind a sigmoid Fovea makes two classes, no and yes. */
function classesOf({ classes, end }: Entry): readonly number[] {
  return end === "sigmoid" ? classes.map(() => 1) : classes;
}

function gridOf({ grid }: Entry): Options {
  if (grid === null) return {};
  const [height, width, skipTokens] = grid;
  return { grid: { height, width }, skipTokens };
}

function channelsLast(data: Float64Array, [n = 1, c = 1, h = 1, w = 1]: readonly number[]) {
  const values = Array.from({ length: data.length }, (_, i) => {
    const [at, channel] = [Math.floor(i / c), i % c];
    const [image, place] = [Math.floor(at / (h * w)), at % (h * w)];
    return data[(image * c + channel) * h * w + place] ?? Number.NaN;
  });
  return float32([n, h, w, c], values);
}
