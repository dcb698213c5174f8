/** @file What a network knows about each place of a picture, as its three strongest principal components. */

import { badInput, checkOptions } from "../../foundation/check.js";
import { unknownName } from "../../foundation/error.js";
import type { Items } from "../../foundation/map-ahead.js";
import { lastPlaces, placesOf } from "../../model/layers/auto/last-places.js";
import { chooseLayer, layerNamed } from "../../model/layers/choose-layer.js";
import type { ChosenLayer } from "../../model/layers/layer.js";
import type { GridOptions } from "../../model/layers/layout.js";
import type { Model } from "../../model/model.js";
import { filledUp, rowsOf } from "../../model/run/batches.js";
import { checkImages } from "../../model/run/classifier.js";
import { Sessions } from "../../model/run/sessions.js";
import { tensorNamed } from "../../model/run/tensors.js";
import { tellsPlaces } from "../../model/tasks/found-task.js";
import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph } from "../../onnx/graph.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { componentCount, directionsGraph } from "./directions.js";
import { columnsOf, type PlacesGraph, placesGraph } from "./place-columns.js";

/** How components are found. */
export interface ComponentsOptions extends GridOptions {
  readonly runtime: Runtime;
  /** A layer's name or a unique part of it. Default `auto`: the last layer with places, whether the scores read it or not. */
  readonly layer?: string | undefined;
  /** Stops before the next image. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
}

/** The three directions in which the places of some images differ most. */
export interface Components {
  readonly layer: ChosenLayer;
  /** How many images they were found in. */
  readonly images: number;
  /** The share of those images' variance along each, the largest first; together at most 1. */
  readonly shares: readonly number[];
  /** The least and the largest value of each in those images. */
  readonly ranges: readonly (readonly [least: number, most: number])[];
  /**
   * The components of images.
   * @param images the model's input, float32 [N, C, H, W]
   * @returns float32 [N, 3, h, w]: how far each place lies along each direction, from the mean of all places
   * @throws FoveaError `shape-mismatch`, `bad-input` for NaN or infinite input, `closed`
   */
  of(images: Tensor): Promise<Tensor>;
  close(): Promise<void>;
}

/** Images beyond these are not read for the directions: the smaller Gram matrix of their places would take minutes. */
const mostNumbers = 2 ** 26;
const mostSide = 1024;

/**
 * Principal components of the activations of all places of some images (Pearson 1901; for backbones as in Oquab et al., "DINOv2",
 * 2023, figure 1): each place's channels, less their mean over all places, projected on the directions of the largest variance. As
 * three colours they show which places the network takes for the same. The sign of a direction, which the decomposition leaves
 * open, makes its largest number positive.
 *
 * @param images the model's input, float32 [N, C, H, W] each; read until 2²⁶ numbers or, of layers with many channels,
 *   a thousand places are there
 * @throws FoveaError `unknown-name` for a layer that there is not, `bad-graph` for a network without places, `bad-input` for no image
 */
export async function principalComponents(
  model: Model,
  images: Items<Tensor>,
  options: ComponentsOptions,
): Promise<Components> {
  checkOptions("principalComponents", options);
  const finder = new ComponentFinder(model, options);
  try {
    return { ...(await finder.find(images, options)), close: () => finder.close() };
  } catch (error) {
    await finder.close();
    throw error;
  }
}

/** Finds components of one set of images after the other, with the same sessions. */
export class ComponentFinder {
  readonly #model: Model;
  readonly #layer: ChosenLayer;
  readonly #sessions: Sessions;
  readonly #places: PlacesGraph;
  readonly #project = projectionGraph();
  readonly #directions = { wide: directionsGraph(true), tall: directionsGraph(false) };

  /** @throws FoveaError as `principalComponents` does */
  constructor(model: Model, options: ComponentsOptions) {
    this.#model = model;
    this.#layer = layerFor(model, options);
    this.#places = placesGraph(model, this.#layer);
    this.#sessions = new Sessions(options.runtime);
  }

  async find(
    images: Items<Tensor>,
    { signal }: Pick<ComponentsOptions, "signal"> = {},
  ): Promise<Omit<Components, "close">> {
    const parts: Tensor[] = [];
    for await (const batch of images) {
      signal?.throwIfAborted();
      if (isEnough(parts)) break;
      parts.push(await this.#planesOf(batch));
    }
    const columns = columnsOf(parts, "principal components");
    const found = await this.#directionsOf(columns.reshape([1, ...columns.dims]));
    const project = async (planes: Tensor) => {
      const { mean, directions } = found;
      return tensorNamed(await this.#sessions.run(this.#project, { planes, mean, directions }), "components");
    };
    return {
      layer: this.#layer,
      images: parts.reduce((sum, { dims: [count = 0] }) => sum + count, 0),
      shares: found.shares,
      ranges: await rangesIn(parts, project),
      of: async (batch) => project(await this.#planesOf(batch)),
    };
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  async #planesOf(batch: Tensor): Promise<Tensor> {
    checkImages(this.#model, batch);
    const { graph, planes } = this.#places;
    const results = await this.#sessions.run(graph, { [this.#model.input.name]: filledUp(this.#model, batch) });
    return rowsOf(tensorNamed(results, planes), 0, batch.dims[0] ?? 0);
  }

  async #directionsOf(rows: Tensor): Promise<Directions> {
    const [, channels = 0, places = 0] = rows.dims;
    const graph = channels < places ? this.#directions.wide : this.#directions.tall;
    const results = await this.#sessions.run(graph, { rows });
    return {
      mean: tensorNamed(results, "mean"),
      directions: withSigns(tensorNamed(results, "directions")),
      shares: Array.from(floats(tensorNamed(results, "shares"))),
    };
  }
}

function layerFor(model: Model, { layer: choice = "auto", ...grid }: ComponentsOptions): ChosenLayer {
  if (typeof choice !== "string") throw badInput("layer", "a name, or auto", choice);
  // Where the answers have places themselves, the last values are these.
  if (choice === "auto") return tellsPlaces(model.task) ? chooseLayer(model, "auto", grid) : lastPlaces(model, grid);
  const all = placesOf(model, grid);
  const layer = layerNamed(all, choice);
  if (layer) return layer;
  const names = all.map(({ name }) => name);
  throw unknownName("layer", choice, names);
}

function isEnough(parts: readonly Tensor[]): boolean {
  const [first] = parts;
  if (first === undefined) return false;
  const channels = first.dims[1] ?? 0;
  const numbers = parts.reduce((sum, { size }) => sum + size, 0);
  const [next, places] = [numbers + first.size, (numbers + first.size) / Math.max(1, channels)];
  return next > mostNumbers || Math.min(places, channels) > mostSide;
}

interface Directions {
  /** float32 [1, C, 1] */
  readonly mean: Tensor;
  /** float32 [1, 3, C] */
  readonly directions: Tensor;
  readonly shares: readonly number[];
}

/** Each direction with its largest number positive. */
function withSigns(directions: Tensor): Tensor {
  const values = floats(directions);
  const length = directions.dims[2] ?? 1;
  const signs = Array.from({ length: componentCount }, (_, k) => {
    const row = values.subarray(k * length, (k + 1) * length);
    return row.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0) < 0 ? -1 : 1;
  });
  return float32(
    directions.dims,
    values.map((value, i) => value * (signs[Math.floor(i / length)] ?? 1)),
  );
}

/** From `planes` [N, C, H, W], `mean` and `directions` to `components` [N, 3, H, W]. */
function projectionGraph(): Graph {
  const op = new Builder(emptyGraph("project"));
  const planes = op.input("planes", "float32", ["N", "C", "H", "W"]);
  const mean = op.input("mean", "float32", [1, "C", 1]);
  const directions = op.input("directions", "float32", [1, componentCount, "C"]);
  const along = op.MatMul(directions, op.Sub(op.Reshape(planes, op.ints([0, 0, -1])), mean));
  const shape = op.Concat(op.ints([0, componentCount]), op.Shape(planes, { start: 2 }), { axis: 0 });
  op.output(op.Reshape(along, shape), "components");
  return op.graph;
}

async function rangesIn(parts: readonly Tensor[], project: (planes: Tensor) => Promise<Tensor>) {
  const least = new Array<number>(componentCount).fill(Number.POSITIVE_INFINITY);
  const most = new Array<number>(componentCount).fill(Number.NEGATIVE_INFINITY);
  for (const part of parts) {
    const components = await project(part);
    const [, , height = 1, width = 1] = components.dims;
    floats(components).forEach((value, i) => {
      const k = Math.floor(i / (height * width)) % componentCount;
      least[k] = Math.min(least[k] ?? value, value);
      most[k] = Math.max(most[k] ?? value, value);
    });
  }
  return least.map((value, k) => [value, most[k] ?? value] as const);
}
