/** @file The class that a segmenter predicts at a place of a picture. */

import { regionsGraph, regionsOutput } from "../../../../src/evaluate/segmentation/regions-graph.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { FoveaError } from "../../../../src/foundation/error.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Box } from "../../../../src/image/picture/resize.js";
import { tensorNamed } from "../../../../src/model/run/tensors.js";
import { numbers, type Tensor } from "../../../../src/onnx/tensor.js";
import type { Session } from "../../../../src/runtime/session.js";

interface Regions {
  readonly of: Picture;
  /** The part of the picture that the network sees. */
  readonly box: Box;
  readonly classes: Tensor;
}

export class Segments {
  readonly #model: LoadedModel;
  #session: Promise<Session> | undefined;
  /** Of the picture that was asked about last. */
  #regions: Regions | undefined;

  constructor(model: LoadedModel) {
    this.#model = model;
  }

  /**
   * @param place in the picture's pixels
   * @returns the index of the class; undefined outside of what the network sees
   * @throws FoveaError `bad-input` for a model that is no segmenter
   */
  async at(picture: Picture, place: { readonly x: number; readonly y: number }): Promise<number | undefined> {
    if (this.#regions?.of !== picture) this.#regions = await this.#find(picture);
    const { box, classes } = this.#regions;
    const [height, width] = classes.dims.slice(-2) as [number, number];
    const column = Math.floor(((place.x - box.x) / box.width) * width);
    const row = Math.floor(((place.y - box.y) / box.height) * height);
    if (column < 0 || row < 0 || column >= width || row >= height) return undefined;
    return numbers(classes)[row * width + column];
  }

  async #find(picture: Picture): Promise<Regions> {
    const { task, platform, input } = this.#model;
    if (task.name !== "segmentation") throw new FoveaError("bad-input", "segments: expected a segmenter");
    this.#session ??= platform.runtime.open(regionsGraph(this.#model, task));
    const image = await this.#model.readImage(picture);
    const results = await (await this.#session).run({ [input.name]: image.input });
    return { of: picture, box: image.box, classes: tensorNamed(results, regionsOutput) };
  }

  async close(): Promise<void> {
    await (await this.#session?.catch(() => undefined))?.close();
  }
}
