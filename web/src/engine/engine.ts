/** @file What the worker does for the page: one runtime, one model, its pictures, and everything that is computed from them. */

import type { Model } from "fovea/explain";
import type { FloatMap, Picture } from "fovea/image";
import { FoveaError, type WebProvider, type WebRuntime } from "fovea/web";
import type { Stroke } from "../studio/strokes.js";
import type {
  CostView,
  ExplainRequest,
  ExplanationView,
  LayerMapView,
  LayerView,
  MethodCell,
  ModelFiles,
  ModelView,
  NodeView,
  PictureView,
  Progress,
  RuntimeView,
  StartOptions,
  TrustView,
} from "./api.js";
import { Explainers, explainPicture } from "./explaining.js";
import { Latest } from "./latest.js";
import { LayerEvidence } from "./layer-evidence.js";
import { fetchWithProgress } from "./loading.js";
import { allLayers, describeModel, nodesAround, type OpenedFiles, openFiles } from "./models.js";
import { blank, groundOf, painted } from "./painting.js";
import { Pictures } from "./pictures.js";
import { hasGraphicsCard, loadRuntime } from "./runtimes.js";

type OnProgress = (progress: Progress) => void;

/** A model that is open, and what was made for it. */
export interface OpenModel {
  readonly view: ModelView;
  readonly model: Model;
  readonly source: OpenedFiles["source"];
  readonly explainers: Explainers;
  readonly layers: LayerEvidence;
}

/** Bytes of a model from which on a graphics card is worth its start; small ones are faster on the processor. */
const worthTheCard = 4e6;

export class Engine {
  readonly #pictures = new Pictures();
  readonly #explaining = new Latest();
  readonly #layering = new Latest();
  readonly #comparing = new Latest();
  readonly #trusting = new Latest();
  readonly #runtimes = new Map<WebProvider, Promise<WebRuntime>>();
  #runtime: WebRuntime | undefined;
  /** Small, and fetched while the runtime starts. */
  #embedded: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #options: StartOptions = { base: "" };
  #open: OpenModel | undefined;
  #opened = 0;

  /** Loads what computes, with progress; the browser keeps it for the next time. */
  async start(options: StartOptions, progress: OnProgress): Promise<RuntimeView> {
    this.#options = options;
    this.#embedded = fetchWithProgress(new URL("mnist.onnx", options.base).href, "the digit model", progress);
    // Told when it is asked for.
    this.#embedded.catch(() => undefined);
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
    const { model, bytes, source } = await openFiles(given, this.runtime);
    const name = given.files[0]?.name ?? "model";
    const view = describeModel(model, { id: ++this.#opened, name, bytes, provider: used });
    await this.#close();
    this.#open = {
      view,
      model,
      source,
      explainers: new Explainers(model, this.runtime),
      layers: new LayerEvidence(model, this.runtime),
    };
    return view;
  }

  /** The digit model that is part of the page. */
  async openEmbedded(progress: OnProgress): Promise<ModelView> {
    const bytes = await this.#embedded;
    if (bytes === undefined) throw new Error("internal: the engine is not started");
    return this.openModel({ files: [new File([bytes], "mnist.onnx")] }, progress);
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

  closePicture(id: number): void {
    this.#pictures.close(id);
  }

  /** @throws an `AbortError` when a newer request came */
  explain(request: ExplainRequest, progress?: OnProgress): Promise<ExplanationView> {
    const { model, explainers } = this.open;
    const report = progress && ((done: number, total: number) => progress({ what: "passes", done, total }));
    return this.#explaining.run((signal) =>
      explainPicture(this.#pictureOf(request.picture), request, {
        model,
        runtime: this.runtime,
        explainers,
        signal,
        progress: report,
      }),
    );
  }

  /** The evidence at every milestone, from one run. @throws an `AbortError` when a newer request came */
  layerMaps({ picture, strokes = [] }: ExplainRequest, target: number): Promise<LayerMapView[]> {
    const { layers } = this.open;
    return this.#layering.run(() => layers.maps(this.#painted(picture, strokes), target));
  }

  #painted(picture: ExplainRequest["picture"], strokes: readonly Stroke[]): Picture {
    const original = this.#pictureOf(picture);
    return painted(original, strokes, groundOf(original));
  }

  #pictureOf(picture: ExplainRequest["picture"]): Picture {
    return typeof picture === "number" ? this.#pictures.get(picture).picture : blank(picture.blank);
  }

  /** The picture through every method, told one by one. @throws an `AbortError` when a newer request came, or it was stopped */
  compareMethods(
    { picture, strokes = [], layer }: ExplainRequest,
    target: number,
    tell: (cell: MethodCell) => void,
  ): Promise<void> {
    const { model } = this.open;
    return this.#comparing.run(async (signal) => {
      const { compareMethods } = await import("./comparing.js");
      return compareMethods(
        model,
        this.#painted(picture, strokes),
        { runtime: this.runtime, layer, target, signal },
        tell,
      );
    });
  }

  /** Whether the network follows a map of the request's picture. @throws as `compareMethods` */
  measureTrust(
    { picture, strokes = [] }: ExplainRequest,
    target: number,
    map: FloatMap,
    tell: OnProgress,
  ): Promise<TrustView> {
    const { model } = this.open;
    return this.#trusting.run(async (signal) => {
      const { measureTrust } = await import("./trust.js");
      const progress = (done: number, total: number) => tell({ what: "curves", done, total });
      return measureTrust(model, this.#painted(picture, strokes), {
        runtime: this.runtime,
        target,
        map,
        signal,
        progress,
      });
    });
  }

  /** An explanation beside plain inference, in turns, on noise. */
  async measureCost({ method, layer }: Pick<ExplainRequest, "method" | "layer">): Promise<CostView> {
    const { model, source } = this.open;
    const { measureCost } = await import("fovea/explain");
    const { first, second, ratio } = await measureCost(model, {
      runtime: this.runtime,
      source,
      method,
      layer,
      pairs: 7,
    });
    return { inference: first, explanation: second, ratio };
  }

  stopComparing(): void {
    this.#comparing.cancel();
  }

  stopTrust(): void {
    this.#trusting.cancel();
  }

  /** Every layer that can be explained. */
  allLayers(): LayerView[] {
    return allLayers(this.open.model);
  }

  /** The graph near a layer. */
  around(layer: string): NodeView[] {
    return nodesAround(this.open.model, layer);
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
    this.stopComparing();
    this.stopTrust();
    const open = this.#open;
    this.#open = undefined;
    await open?.explainers.close();
    await open?.layers.close();
  }
}
