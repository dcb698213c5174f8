/** @file The small maps beside the layers: the chosen method's at every milestone where one run gives them all, else Grad-CAM's. */

import { createLayerMaps, type LayerMaps } from "../../../../src/explain/layer-maps.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import type { GraphMethod } from "../../../../src/explain/method.js";
import { gradCam } from "../../../../src/explain/methods/grad-cam.js";
import { methodNamed } from "../../../../src/explain/methods/index.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Layer } from "../../../../src/model/layers/layer.js";
import { milestones } from "../../../../src/model/layers/milestones.js";
import type { LayerMapsView } from "../../engine/api.js";

export class LayerEvidence {
  readonly #model: LoadedModel;
  readonly #layers: readonly Layer[];
  /** Of the method that was asked for last; Grad-CAM where it cannot. */
  #open: { readonly asked: string; readonly method: GraphMethod; readonly maps: LayerMaps } | undefined;

  constructor(model: LoadedModel) {
    this.#model = model;
    this.#layers = milestones(model);
  }

  /** @throws FoveaError where the network has no gradient */
  async maps(picture: Picture, target: number, asked: string): Promise<LayerMapsView> {
    const { method, maps } = await this.#of(asked);
    const { input } = await this.#model.readImage(picture);
    const evidence = await maps.maps(input, target);
    return {
      method: method.title,
      maps: evidence.map((evidence, i) => ({ layer: this.#layers[i]?.name ?? "", evidence })),
    };
  }

  async #of(asked: string) {
    if (this.#open?.asked === asked) return this.#open;
    await this.close();
    this.#open = { asked, ...this.#create(methodNamed(asked)) };
    return this.#open;
  }

  #create(method: ReturnType<typeof methodNamed>): { readonly method: GraphMethod; readonly maps: LayerMaps } {
    const { runtime } = this.#model.platform;
    const create = (method: GraphMethod) => ({
      method,
      maps: createLayerMaps(this.#model, { runtime, layers: this.#layers, method }),
    });
    if (!("build" in method) || method.at === "image") return create(gradCam);
    try {
      return create(method);
    } catch {
      // One that works at some layers only, such as CAM at the last.
      return create(gradCam);
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.maps.close();
  }
}
