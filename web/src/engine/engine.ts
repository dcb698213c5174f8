/** @file What the worker does for the page: one runtime, one model, its pictures, and everything that is computed from them. */

import { measureCost } from "../../../src/explain/prove/cost.js";
import { FoveaError } from "../../../src/foundation/error.js";
import type { FloatMap } from "../../../src/image/map/heatmap.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import type { Model } from "../../../src/model/model.js";
import { type Classifier, createClassifier } from "../../../src/model/run/classifier.js";
import type { WebProvider, WebRuntime } from "../../../src/runtime/web.js";
import { blank, groundOf, painted } from "../draw/engine/painting.js";
import type { Stroke } from "../draw/strokes.js";
import { Explainers, explainPicture } from "../look/engine/explaining.js";
import { LayerEvidence } from "../look/engine/layer-evidence.js";
import type {
  AskedPicture,
  ClassContrast,
  ClassifiedPicture,
  CostView,
  DrawnPicture,
  ExplainRequest,
  ExplanationView,
  ExportKind,
  ExportRequest,
  LayerMapView,
  LayerView,
  MadeReport,
  MatchedFolders,
  MethodCell,
  ModelFiles,
  ModelView,
  NodeView,
  OpenedPicture,
  PictureSource,
  Progress,
  ReportRequest,
  RuntimeView,
  StartOptions,
  TrustView,
} from "./api.js";
import { Latest } from "./latest.js";
import { fetchWithProgress } from "./loading.js";
import { allLayers, describeModel, nodesAround, type OpenedFiles, openFiles } from "./models.js";
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
  readonly classifier: Classifier;
}

/** Bytes of a model from which on a graphics card is worth its start; small ones are faster on the processor. */
const worthTheCard = 4e6;

export class Engine {
  readonly #pictures = new Pictures();
  readonly #explaining = new Latest();
  readonly #layering = new Latest();
  readonly #comparing = new Latest();
  readonly #trusting = new Latest();
  readonly #classifying = new Latest();
  readonly #reporting = new Latest();
  readonly #runtimes = new Map<WebProvider, Promise<WebRuntime>>();
  #runtime: WebRuntime | undefined;
  /** Small, and fetched while the runtime starts. */
  #embedded: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #options: StartOptions = { base: "" };
  #tell: (text: string) => void = () => {};
  #open: OpenModel | undefined;
  #opened = 0;

  /**
   * Loads what computes, with progress; the browser keeps it for the next time.
   * @param tell what the user should know, now or later
   */
  async start(options: StartOptions, progress: OnProgress, tell: (text: string) => void): Promise<RuntimeView> {
    this.#options = options;
    this.#tell = tell;
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
    const { provider } = await this.#runtimeFor(size, progress);
    const { model, bytes, source } = await openFiles(given, this.runtime);
    const name = given.files[0]?.name ?? "model";
    const view = describeModel(model, { id: ++this.#opened, name, bytes, provider });
    await this.#close();
    this.#open = {
      view,
      model,
      source,
      explainers: new Explainers(model, this.runtime),
      layers: new LayerEvidence(model, this.runtime),
      classifier: createClassifier(model, { runtime: this.runtime }),
    };
    return view;
  }

  /** The digit model that is part of the page. */
  async openEmbedded(progress: OnProgress): Promise<ModelView> {
    const bytes = await this.#embedded;
    if (bytes === undefined) throw new Error("internal: the engine is not started");
    return this.openModel({ files: [new File([bytes], "mnist.onnx")] }, progress);
  }

  async #runtimeFor(size: number, progress: OnProgress): Promise<RuntimeView> {
    const { provider } = this.#options;
    if (provider !== undefined) return this.#use(provider, progress);
    if (size < worthTheCard || !(await hasGraphicsCard())) return this.#use("wasm", progress);
    // A card may be there and not start.
    return this.#use("webgpu", progress).catch(() => this.#use("wasm", progress));
  }

  async #use(provider: WebProvider, progress: OnProgress): Promise<RuntimeView> {
    const loading =
      this.#runtimes.get(provider) ?? loadRuntime(provider, { base: this.#options.base, progress, tell: this.#tell });
    this.#runtimes.set(provider, loading);
    loading.catch(() => this.#runtimes.delete(provider));
    this.#runtime = await loading;
    return { provider, threads: this.#runtime.threads };
  }

  /** @param unread whether there are too many to decode them all */
  openPictures(sources: readonly PictureSource[], unread: boolean): Promise<OpenedPicture[]> {
    return this.#pictures.openAll(sources, unread);
  }

  closePictures(ids: readonly number[]): void {
    for (const id of ids) this.#pictures.close(id);
  }

  /** @throws an `AbortError` when a newer request came */
  explain(request: ExplainRequest, progress?: OnProgress): Promise<ExplanationView> {
    const { model, explainers } = this.open;
    const report = progress && ((done: number, total: number) => progress({ what: "passes", done, total }));
    return this.#explaining.run(async (signal) =>
      explainPicture(await this.#pictureOf(request.picture), request, {
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
    return this.#layering.run(async () => layers.maps(await this.#painted(picture, strokes), target));
  }

  async #painted(picture: ExplainRequest["picture"], strokes: readonly Stroke[]): Promise<Picture> {
    const original = await this.#pictureOf(picture);
    return painted(original, strokes, groundOf(original));
  }

  async #pictureOf(picture: ExplainRequest["picture"]): Promise<Picture> {
    return typeof picture === "number" ? (await this.#pictures.get(picture)).picture : blank(picture.blank);
  }

  /** The picture through every method, told one by one. @throws an `AbortError` when a newer request came, or it was stopped */
  compareMethods(
    { picture, strokes = [], layer }: ExplainRequest,
    target: number,
    tell: (cell: MethodCell) => void,
  ): Promise<void> {
    const { model } = this.open;
    return this.#comparing.run(async (signal) => {
      const { compareMethods } = await import("../look/engine/comparing.js");
      return compareMethods(
        model,
        await this.#painted(picture, strokes),
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
      const { measureTrust } = await import("../look/engine/trust.js");
      const progress = (done: number, total: number) => tell({ what: "curves", done, total });
      return measureTrust(model, await this.#painted(picture, strokes), {
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

  /**
   * Classifies pictures group by group, whatever else is asked for in between.
   * @throws an `AbortError` when it was stopped
   */
  classify(asked: readonly AskedPicture[], tell: (some: ClassifiedPicture[]) => void): Promise<void> {
    const { model, classifier } = this.open;
    const { runtime, pictures } = this;
    return this.#classifying.run(async (signal) => {
      const { classifyPictures } = await import("../data/engine/collection.js");
      return classifyPictures(asked, tell, { model, classifier, runtime, pictures, signal });
    });
  }

  stopClassifying(): void {
    this.#classifying.cancel();
  }

  async matchFolders(folders: readonly string[]): Promise<MatchedFolders> {
    const { model, view } = this.open;
    return (await import("../data/engine/collection.js")).matchFolders(model, view.name, folders);
  }

  async drawDigitPictures(count: number): Promise<DrawnPicture[]> {
    return (await import("../data/engine/collection.js")).drawDigitPictures(count);
  }

  /** The maps of one or two classes on one scale. @throws an `AbortError` when a newer request came */
  async contrast(request: ExplainRequest, progress?: OnProgress): Promise<ClassContrast> {
    const explanation = await this.explain(request, progress);
    const { contrastClasses } = await import("../look/engine/contrasting.js");
    return contrastClasses(await this.#pictureOf(request.picture), explanation);
  }

  /** @throws FoveaError, or an `AbortError` when it was stopped */
  report(request: ReportRequest, progress: OnProgress): Promise<MadeReport> {
    const { model, view } = this.open;
    const { runtime, pictures } = this;
    return this.#reporting.run(async (signal) => {
      const { reportOn } = await import("../data/engine/reporting.js");
      const tell = (done: number, total: number) => progress({ what: "explaining images", done, total });
      return reportOn(request, { file: view.name, model, runtime, pictures, signal, progress: tell });
    });
  }

  stopReport(): void {
    this.#reporting.cancel();
  }

  /** The explanation as a file. @param image what files call the picture */
  async export(kind: ExportKind, request: ExportRequest, image: string): Promise<Blob> {
    const { model, view } = this.open;
    const { picture, strokes = [] } = request.explanation.request;
    const { exported } = await import("../look/engine/exporting.js");
    return exported(kind, request, { model, name: view.name, image, picture: await this.#painted(picture, strokes) });
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
    this.stopClassifying();
    this.stopReport();
    const open = this.#open;
    this.#open = undefined;
    await open?.explainers.close();
    await open?.layers.close();
    await open?.classifier.close();
  }
}
