/** @file What a layer holds of crops of images, each seen alone at the network's full size. */

import { appendResized } from "../../image/input/resample.js";
import { checkPictures } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import type { Sessions } from "../../model/run/sessions.js";
import { tensorNamed } from "../../model/run/tensors.js";
import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph } from "../../onnx/graph.js";
import { int64, type Tensor } from "../../onnx/tensor.js";

/** The side of a crop, as a share of the image's shorter side. */
const cropShare = 1 / 3;
/** From one crop to the next, as a share of its side: they overlap by a fifth, as in CRAFT's code. */
const strideShare = 0.8;

interface CropReaderOptions {
  readonly sessions: Sessions;
  /** The layer's planes of images. */
  readonly planesOf: (images: Tensor) => Promise<Tensor>;
}

/** Reads crops of batches of images. */
export class CropReader {
  readonly #sessions: Sessions;
  readonly #planesOf: (images: Tensor) => Promise<Tensor>;
  readonly #isLast: boolean;
  readonly #crop: Graph;
  readonly #pool = poolGraph();

  /** @throws FoveaError `bad-graph` for a network whose input is no picture */
  constructor(model: Model, { sessions, planesOf }: CropReaderOptions) {
    this.#sessions = sessions;
    this.#planesOf = planesOf;
    this.#isLast = checkPictures(model).layout === "nhwc";
    this.#crop = cropGraph(this.#isLast);
  }

  /** The mean over places of what the layer holds above 0, for each crop. @returns [N, C, 1, 1] of each place of a crop */
  async of(images: Tensor): Promise<Tensor[]> {
    const [, a = 1, b = 1, c = 1] = images.dims;
    const [height, width] = this.#isLast ? [a, b] : [b, c];
    const side = Math.max(1, Math.round(cropShare * Math.min(height, width)));
    const read: Tensor[] = [];
    for (const top of corners(height, side))
      for (const left of corners(width, side)) {
        const feeds = {
          images,
          from: int64([top, left]),
          to: int64([top + side, left + side]),
          size: int64([height, width]),
        };
        const crops = tensorNamed(await this.#sessions.run(this.#crop, feeds), "crops");
        const pooled = await this.#sessions.run(this.#pool, { planes: await this.#planesOf(crops) });
        read.push(tensorNamed(pooled, "means"));
      }
    return read;
  }
}

/** The first pixels of crops along an axis; what is left over at its end is in none. */
function corners(length: number, side: number): number[] {
  const stride = Math.max(1, Math.floor(strideShare * side));
  return Array.from({ length: Math.floor((length - side) / stride) + 1 }, (_, i) => i * stride);
}

/** From `images`, the corners `from` and `to`, and `size`, all as [rows, columns], to `crops` of that size, bilinear with half-pixel centres. */
function cropGraph(isLast: boolean): Graph {
  const op = new Builder(emptyGraph("crop"));
  const images = op.input("images", "float32", ["", "", "", ""]);
  const [from, to, size] = ["from", "to", "size"].map((name) => op.input(name, "int64", [2]));
  const planes = isLast ? op.Transpose(images, { perm: [0, 3, 1, 2] }) : images;
  const crops = appendResized(op, op.Slice(planes, from, to, op.ints([2, 3])), size ?? "", { mode: "linear" });
  op.output(isLast ? op.Transpose(crops, { perm: [0, 2, 3, 1] }) : crops, "crops");
  return op.graph;
}

/** From `planes` [N, C, h, w] to the `means` [N, C, 1, 1] of what is above 0. */
function poolGraph(): Graph {
  const op = new Builder(emptyGraph("pool"));
  const planes = op.input("planes", "float32", ["", "", "", ""]);
  op.output(op.ReduceMean(op.Relu(planes), op.ints([2, 3])), "means");
  return op.graph;
}
