/** @file What a network itself gives for each place of a picture: its map, or of an embedding which places are alike. */

import { ComponentFinder } from "../../../../src/explain/components/components.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { componentColors } from "../../../../src/image/map/component-colors.js";
import { type FloatMap, floatMap } from "../../../../src/image/map/heatmap.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Box } from "../../../../src/image/picture/resize.js";
import { layerSize } from "../../../../src/model/layers/layer.js";
import { createMapReader, type MapReader, type MapScale, scaleOf } from "../../../../src/model/run/read-map.js";
import { floats, type Tensor } from "../../../../src/onnx/tensor.js";
import type { ExplainRequest } from "../../engine/api.js";
import { readAsked } from "./painting.js";

/** A network's own map with its scale. */
export interface OwnMap extends MapScale {
  readonly kind: "map";
  /** The output's name. */
  readonly output: string;
  readonly map: FloatMap;
  /** Of the whole picture; undefined where the network gives none. */
  readonly score: number | undefined;
}

/** Three principal components of a layer's places as colours. */
export interface OwnComponents {
  readonly kind: "components";
  readonly layer: string;
  /** As large as the layer's grid. */
  readonly colors: Picture;
  /** The share of what differs between places along each. */
  readonly shares: readonly number[];
}

/** What a network itself gives, and where it lies. */
export interface OwnView {
  readonly shown: OwnMap | OwnComponents;
  /** The part of the picture that the network saw, in its pixels. */
  readonly box: Box;
  readonly size: { readonly width: number; readonly height: number };
}

/** Reads what a network gives that gives a map, or is an embedding; nothing is opened before it is asked. */
export class OwnPlaces {
  readonly #model: LoadedModel;
  #reader: MapReader | undefined;
  #finder: ComponentFinder | undefined;

  constructor(model: LoadedModel) {
    this.#model = model;
  }

  async of(original: Picture, request: Pick<ExplainRequest, "strokes">): Promise<OwnView> {
    const isMap = this.#model.task.name === "map";
    const { image, placed } = await readAsked(this.#model, original, request);
    const shown = await (isMap ? this.#map(image.input) : this.#components(image.input));
    return { shown, box: placed.box, size: placed.size };
  }

  async #map(input: Tensor): Promise<OwnMap> {
    const { task, platform } = this.#model;
    this.#reader ??= createMapReader(this.#model, platform);
    const given = await this.#reader.read(input);
    return { kind: "map", output: task.name === "map" ? task.output : "", ...given, ...scaleOf(given.map) };
  }

  async #components(input: Tensor): Promise<OwnComponents> {
    const { runtime } = this.#model.platform;
    this.#finder ??= new ComponentFinder(this.#model, { runtime });
    const { layer, shares, ranges, of } = await this.#finder.find([input]);
    const values = await of(input);
    const [, , height = 1, width = 1] = values.dims;
    const area = width * height;
    const maps = ranges.map((_, c) => floatMap(width, height, floats(values).slice(c * area, (c + 1) * area)));
    return {
      kind: "components",
      layer: `${layer.name}, ${layerSize(layer)}`,
      colors: componentColors(maps, ranges),
      shares,
    };
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    await this.#finder?.close();
  }
}
