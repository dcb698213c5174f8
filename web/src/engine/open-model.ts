/** @file The open model with all that answers questions about it. */

import type { LoadedModel } from "../../../src/explain/loaded-model.js";
import type { Classifier } from "../../../src/model/run/classifier.js";
import { targetOfTask } from "../../../src/model/targets/of-task.js";
import type { BoxExplainers } from "../see/engine/boxes.js";
import { Explainers } from "../see/engine/explaining.js";
import type { ComparedFamilies } from "../see/engine/families.js";
import { LayerEvidence } from "../see/engine/layer-evidence.js";
import type { OwnPlaces } from "../see/engine/own-places.js";
import { Segments } from "../see/engine/segments.js";
import type { ModelFiles, ModelView } from "./api.js";
import { describeModel, type OpenedFiles, openFiles } from "./models.js";
import type { StudioPlatform } from "./platforms.js";

export interface OpenModel {
  readonly view: ModelView;
  readonly model: LoadedModel;
  readonly source: OpenedFiles["source"];
  readonly explainers: Explainers;
  readonly layers: LayerEvidence;
  /** Of a detector. */
  readonly boxes: BoxExplainers | undefined;
  readonly segments: Segments;
  /** Opened when it is first asked for. */
  readonly families: () => Promise<ComparedFamilies>;
  /** Of a network that gives a map, or of an embedding. */
  readonly own: OwnPlaces | undefined;
  readonly classifier: Classifier;
  /** Probabilities of all classes, of the pictures that were classified. */
  readonly answers: Map<number, Float32Array>;
  close(): Promise<void>;
}

/** @param id of this opening @throws FoveaError for files that are no model, or one that cannot be explained */
export async function openParts(input: ModelFiles, platform: StudioPlatform, id: number): Promise<OpenModel> {
  const { model: opened, bytes, source, texts } = await openFiles(input, platform);
  const target = targetOfTask(opened);
  const model = target ? await opened.explaining(target) : opened;
  const name = input.files[0]?.name ?? "model";
  const isDetector = model.task.name === "detection";
  const givesPlaces = ["map", "embedding"].includes(model.task.name);
  const own = givesPlaces ? new (await import("../see/engine/own-places.js")).OwnPlaces(model) : undefined;
  const closed = {
    explainers: new Explainers(model),
    layers: new LayerEvidence(model),
    segments: new Segments(model),
    classifier: model.classifier(),
  };
  let families: Promise<ComparedFamilies> | undefined;
  const openFamilies = async () => new (await import("../see/engine/families.js")).ComparedFamilies(model);
  return {
    view: describeModel(model, { id, name, bytes, texts, provider: platform.runtime.provider }),
    model,
    source,
    boxes: isDetector ? new (await import("../see/engine/boxes.js")).BoxExplainers(model) : undefined,
    own,
    // What could not be fetched is fetched again when it is asked for again.
    families: () =>
      (families ??= openFamilies().catch((error: unknown) => {
        families = undefined;
        throw error;
      })),
    answers: new Map(),
    ...closed,
    close: async () => {
      for (const part of Object.values(closed)) await part.close();
      await own?.close();
      await (await families?.catch(() => undefined))?.close();
    },
  };
}
