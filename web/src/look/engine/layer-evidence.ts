/** @file The small maps beside the layers: Grad-CAM at every milestone, opened when first asked for. */

import { createLayerMaps, type LayerMaps } from "../../../../src/explain/layer-maps.js";
import { gradCam } from "../../../../src/explain/methods/grad-cam.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Layer } from "../../../../src/model/layers/layer.js";
import { milestones } from "../../../../src/model/layers/milestones.js";
import type { Model } from "../../../../src/model/model.js";
import { prepareInput } from "../../../../src/model/run/read-image.js";
import type { Runtime } from "../../../../src/runtime/session.js";
import type { LayerMapView } from "../../engine/api.js";

export class LayerEvidence {
  readonly #model: Model;
  readonly #runtime: Runtime;
  readonly #layers: readonly Layer[];
  #maps: LayerMaps | undefined;

  constructor(model: Model, runtime: Runtime) {
    this.#model = model;
    this.#runtime = runtime;
    this.#layers = milestones(model);
  }

  /** @throws FoveaError where the network has no gradient */
  async maps(picture: Picture, target: number): Promise<LayerMapView[]> {
    this.#maps ??= createLayerMaps(this.#model, {
      runtime: this.#runtime,
      layers: this.#layers,
      method: gradCam,
    });
    const { input } = await prepareInput(this.#model, picture, this.#runtime);
    const maps = await this.#maps.maps(input, target);
    return maps.map((evidence, i) => ({ layer: this.#layers[i]?.name ?? "", evidence }));
  }

  async close(): Promise<void> {
    await this.#maps?.close();
  }
}
