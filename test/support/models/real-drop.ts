/** @file What the class score loses when single places of a layer are set to zero: the truth that maps are measured by. */

import { findCut } from "../../../src/model/layers/cut.js";
import type { Layer } from "../../../src/model/layers/layer.js";
import { gridOf } from "../../../src/model/layers/layout.js";
import type { Model } from "../../../src/model/model.js";
import { rowsOf } from "../../../src/model/run/batches.js";
import { prune } from "../../../src/onnx/prune.js";
import { float32, floats, Tensor } from "../../../src/onnx/tensor.js";
import type { Runtime, Session } from "../../../src/runtime/session.js";

/** Runs of the part behind a layer, with one place after the other set to zero. */
export interface RealDrops {
  /** y - y without the place, for each place of a class of one image, [height · width], row by row. */
  of(image: Tensor, classIndex: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** For a layer of planes [N, C, h, w] with known sizes. */
export async function realDrops(model: Model, layer: Layer, runtime: Runtime): Promise<RealDrops> {
  if (layer.layout !== "nchw") throw new Error(`layer ${layer.name}: expected planes`);
  const { channels, sizes } = gridOf(layer.layout, layer.dims);
  const [c, places] = [Number(channels), sizes.reduce<number>((product, size) => product * Number(size), 1)];
  const cut = findCut(model.graph, layer.name, [model.scores]);
  const front = await runtime.open(prune(model.graph, cut));
  const tail = await runtime.open(prune(model.graph, [model.scores], cut));
  const scoreOf = async (passed: Record<string, Tensor>, classIndex: number) => {
    const [scores = new Tensor("float32", [0], new Float32Array())] = Object.values(await tail.run(passed));
    const classes = scores.size / (scores.dims[0] ?? 1);
    return Array.from({ length: scores.dims[0] ?? 0 }, (_, i) => floats(scores)[i * classes + classIndex] as number);
  };
  return {
    async of(image, classIndex) {
      const passed = await front.run({ [model.input.name]: image });
      const [whole = Number.NaN] = await scoreOf(passed, classIndex);
      const activation = floats(passed[layer.name] as Tensor);
      const without = new Float32Array(places * activation.length);
      for (let place = 0; place < places; place++) {
        without.set(activation, place * activation.length);
        for (let k = 0; k < c; k++) without[place * activation.length + k * places + place] = 0;
      }
      const feeds = Object.fromEntries(Object.entries(passed).map(([name, value]) => [name, repeated(value, places)]));
      const dims = [places, ...(passed[layer.name] as Tensor).dims.slice(1)];
      const scores = await scoreOf({ ...feeds, [layer.name]: float32(dims, without) }, classIndex);
      return Float32Array.from(scores, (score) => whole - score);
    },
    close: async () => void (await Promise.all([front, tail].map((session: Session) => session.close()))),
  };
}

function repeated(value: Tensor, times: number): Tensor {
  const row = floats(rowsOf(value, 0, 1));
  const values = new Float32Array(times * row.length);
  for (let i = 0; i < times; i++) values.set(row, i * row.length);
  return float32([times, ...value.dims.slice(1)], values);
}
