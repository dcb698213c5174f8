/** @file A world of two pixels: one is the object, one the cue, and a network reads either. */

import type { Cue } from "../../src/data/cues/cue.js";
import { random } from "../../src/foundation/random.js";
import type { ImageSet, Subject, TrainingRun } from "../../src/improve/subject.js";
import { openModel } from "../../src/model/open.js";
import { Builder } from "../../src/onnx/builder.js";
import type { Graph } from "../../src/onnx/graph.js";
import { float32, Tensor } from "../../src/onnx/tensor.js";
import { runtime } from "../support/runtime.js";

const side = 4;
const area = side * side;
/** Where the object and the cue lie. */
const places = { object: area - 1, cue: 0 };

/** Images whose object says the label, and whose cue does as often as `tied`. */
export function imagesOf(count: number, tied: number, name: string): ImageSet {
  const source = random(name);
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  const pixels = new Uint8Array(count * area);
  labels.forEach((label, i) => {
    const cue = source.uniform() < tied ? label : 1 - label;
    pixels[i * area + places.object] = 255 * label;
    pixels[i * area + places.cue] = 255 * cue;
  });
  return {
    count,
    type: "uint8",
    dims: [1, side, side],
    labels,
    names: labels.map((_, i) => `${name}-${i}`),
    read: async (indices) => {
      const rows = Array.from(indices, (i) => [...pixels.subarray(i * area, (i + 1) * area)]).flat();
      return new Tensor("uint8", [indices.length, 1, side, side], Uint8Array.from(rows));
    },
  };
}

/** A network that looks at one pixel alone. */
export function reading(what: keyof typeof places): Graph {
  const op = new Builder();
  const images = op.input("images", "float32", ["N", 1, side, side]);
  const rows = Array.from({ length: 2 * area }, (_, i) => {
    if (i % area !== places[what]) return 0;
    return i < area ? -4 : 4;
  });
  const weight = op.constant(float32([2, area], rows), "head.weight");
  const scores = op.Gemm(op.Flatten(images, { axis: 1 }), weight, op.constant(float32([2], [2, -2]), "head.bias"), {
    transB: 1,
  });
  op.output(op.Softmax(scores, { axis: 1 }), "probabilities");
  return op.graph;
}

/** The cue's place, and nothing else. */
export const cue: Cue = {
  kind: "region",
  mask: { width: side, height: side, places: Uint8Array.from({ length: area }, (_, i) => (i === places.cue ? 1 : 0)) },
};

/** Whether a run takes the tie between cue and label away. */
export function unties({ exchange = [], donors = "any" }: TrainingRun): boolean {
  return donors === "any" && exchange.some((each) => each.kind === "region" && each.mask.places[places.cue] === 1);
}

/** A model that reads the cue, and a trainer that gives the network which `learned` says. */
export async function subjectOf(learning: ImageSet, sealed: ImageSet, learned: (run: TrainingRun) => Graph) {
  const runs: TrainingRun[] = [];
  const subject: Subject = {
    name: "two pixels",
    model: await openModel(reading("cue"), runtime),
    classes: ["dark", "light"],
    learning,
    sealed,
    identity: { model: "0", data: "0" },
    input: async (pixels) =>
      float32(
        pixels.dims,
        Array.from(pixels.bytes, (value) => value / 255),
      ),
    trainer: {
      budget: "no epochs",
      guidesMaps: false,
      train: async (run) => {
        runs.push(run);
        return learned(run);
      },
    },
  };
  return { subject, runs };
}
