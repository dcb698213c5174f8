/** @file The small maps beside the layers: Grad-CAM at every milestone, opened when first asked for. */

import { createLayerMaps, type LayerMaps } from "../../../../src/explain/layer-maps.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { gradCam } from "../../../../src/explain/methods/grad-cam.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Layer } from "../../../../src/model/layers/layer.js";
import { milestones } from "../../../../src/model/layers/milestones.js";
import type { LayerMapView } from "../../engine/api.js";

export class LayerEvidence {
  readonly #model: LoadedModel;
  readonly #layers: readonly Layer[];
  #maps: LayerMaps | undefined;

  constructor(model: LoadedModel) {
    this.#model = model;
    this.#layers = milestones(model);
  }

  /** @throws FoveaError where the network has no gradient */
  async maps(picture: Picture, target: number): Promise<LayerMapView[]> {
    this.#maps ??= createLayerMaps(this.#model, {
      runtime: this.#model.platform.runtime,
      layers: this.#layers,
      method: gradCam,
    });
    const { input } = await this.#model.readImage(picture);
    const maps = await this.#maps.maps(input, target);
    return maps.map((evidence, i) => ({ layer: this.#layers[i]?.name ?? "", evidence }));
  }

  async close(): Promise<void> {
    await this.#maps?.close();
  }
}
