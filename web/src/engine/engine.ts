/** @file What the worker does for the page: one runtime, one model, its pictures, and everything that is computed from them. */

import type { Model } from "fovea/explain";
import { FoveaError, type WebProvider, type WebRuntime } from "fovea/web";
import type {
  ExplainRequest,
  ExplanationView,
  LayerMapView,
  LayerView,
  ModelFiles,
  ModelView,
  OpenedPicture,
  PictureSource,
  PictureView,
  Progress,
  RuntimeView,
  StartOptions,
} from "./api.js";
import { Explainers, explainPicture } from "./explaining.js";
import { Latest } from "./latest.js";
import { LayerEvidence } from "./layer-evidence.js";
import { fetchWithProgress } from "./loading.js";
import { allLayers, describeModel, openFiles } from "./models.js";
import { Pictures } from "./pictures.js";
import { hasGraphicsCard, loadRuntime } from "./runtimes.js";

type OnProgress = (progress: Progress) => void;

/** A model that is open, and what was made for it. */
export interface OpenModel {
  readonly view: ModelView;
  readonly model: Model;
  readonly explainers: Explainers;
  readonly layers: LayerEvidence;
}

/** Bytes of a model from which on a graphics card is worth its start; small ones are faster on the processor. */
const worthTheCard = 4e6;

export class Engine {
  readonly #pictures = new Pictures();
  readonly #explaining = new Latest();
  readonly #layering = new Latest();
  readonly #runtimes = new Map<WebProvider, Promise<WebRuntime>>();
  #runtime: WebRuntime | undefined;
  #options: StartOptions = { base: "" };
  #open: OpenModel | undefined;
  #opened = 0;

  /** Loads what computes, with progress; the browser keeps it for the next time. */
  async start(options: StartOptions, progress: OnProgress): Promise<RuntimeView> {
    this.#options = options;
    return this.#use(options.provider ?? "wasm", progress);
  }

  /**
   * Opens a model; a large one on the graphics card, if there is one and nobody chose.
   * @throws FoveaError; the model that was open before stays open then
   */
  async openModel(given: ModelFiles, progress: OnProgress): Promise<ModelView> {
    const size = given.files.reduce((sum, file) => sum + file.size, 0);
    const provider = this.#options.provider ?? (size >= worthTheCard && (await hasGraphicsCard()) ? "webgpu" : "wasm");
    const { provider: used } = await this.#use(provider, progress);
    const { model, bytes } = await openFiles(given, this.runtime);
    const name = given.files[0]?.name ?? "model";
    const view = describeModel(model, { id: ++this.#opened, name, bytes, provider: used });
    await this.#close();
    this.#open = {
      view,
      model,
      explainers: new Explainers(model, this.runtime),
      layers: new LayerEvidence(model, this.runtime),
    };
    return view;
  }

  /** The digit model that is part of the page. */
  async openEmbedded(progress: OnProgress): Promise<ModelView> {
    const url = new URL("mnist.onnx", this.#options.base).href;
    const blob = await fetchWithProgress(url, "the digit model", progress);
    return this.openModel({ files: [new File([blob], "mnist.onnx")] }, progress);
  }

  async #use(provider: WebProvider, progress: OnProgress): Promise<RuntimeView> {
    const loading = this.#runtimes.get(provider) ?? loadRuntime(provider, this.#options.base, progress);
    this.#runtimes.set(provider, loading);
    loading.catch(() => this.#runtimes.delete(provider));
    this.#runtime = await loading;
    return { provider, threads: this.#runtime.threads };
  }

  openPicture(source: Blob | ImageBitmap, name: string): Promise<PictureView> {
    return this.#pictures.open(source, name);
  }

  /** @param unread whether there are too many to decode them all */
  openPictures(sources: readonly PictureSource[], unread: boolean): Promise<OpenedPicture[]> {
    return this.#pictures.openAll(sources, unread);
  }

  closePicture(id: number): void {
    this.#pictures.close(id);
  }

  /** @throws an `AbortError` when a newer request came */
  explain(request: ExplainRequest, progress?: OnProgress): Promise<ExplanationView> {
    const { model, explainers } = this.open;
    const report = progress && ((done: number, total: number) => progress({ what: "passes", done, total }));
    return this.#explaining.run(async (signal) =>
      explainPicture(await this.#pictures.get(request.picture), request, {
        model,
        runtime: this.runtime,
        explainers,
        signal,
        progress: report,
      }),
    );
  }

  /** The evidence at every milestone, from one run. @throws an `AbortError` when a newer request came */
  layerMaps(picture: number, target: number): Promise<LayerMapView[]> {
    const { layers } = this.open;
    return this.#layering.run(async () => layers.maps((await this.#pictures.get(picture)).picture, target));
  }

  /** Every layer that can be explained. */
  allLayers(): LayerView[] {
    return allLayers(this.open.model);
  }

  cancel(): void {
    this.#explaining.cancel();
    this.#layering.cancel();
  }

  get runtime(): WebRuntime {
    if (this.#runtime) return this.#runtime;
    throw new Error("internal: the engine is not started");
  }

  get open(): OpenModel {
    if (this.#open) return this.#open;
    throw new FoveaError("bad-input", "model: expected one that is open, got none: drop a model file");
  }

  get pictures(): Pictures {
    return this.#pictures;
  }

  async #close(): Promise<void> {
    this.cancel();
    const open = this.#open;
    this.#open = undefined;
    await open?.explainers.close();
    await open?.layers.close();
  }
}
