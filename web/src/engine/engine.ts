/** @file The worker's engine: holds one model and the open pictures, and computes everything that the page shows of them. */

import { measureCost } from "../../../src/explain/prove/cost.js";
import { FoveaError } from "../../../src/foundation/error.js";
import type { FloatMap } from "../../../src/image/map/heatmap.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import { explainPicture } from "../see/engine/explaining.js";
import type { ExportKind, ExportRequest } from "../see/engine/export-api.js";
import type { FamiliesRequest, FamiliesView } from "../see/engine/families-api.js";
import type { OwnView } from "../see/engine/own-places.js";
import { blankPicture, groundOf, paintPicture, pictureOfFrame } from "../see/engine/painting.js";
import { type SampleName, samples } from "../shared/samples.js";
import type { Stroke } from "../shared/strokes.js";
import { transferred } from "../shared/transferred.js";
import type {
  ChannelsRequest,
  ChannelsView,
  ConceptsRequest,
  ConceptsView,
  PixelsRequest,
  PixelsView,
  WhatIf,
  WhatIfView,
} from "../why/engine/api.js";
import type { Steps } from "../why/engine/steps.js";
import type {
  AskedPicture,
  ClassContrast,
  ClassifiedPicture,
  CostView,
  DoubtedLabels,
  DrawnPicture,
  EvidenceView,
  ExplainRequest,
  ExplanationView,
  LayerMapsView,
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
  RecipeView,
  ReportRequest,
  RuntimeView,
  StartOptions,
  TrustView,
} from "./api.js";
import { Latest } from "./latest.js";
import { allLayers, nodesAround } from "./models.js";
import { type OpenModel, openParts } from "./open-model.js";
import { OwnModels } from "./own-models.js";
import { Pictures } from "./pictures.js";
import { Platforms, runtimeView } from "./platforms.js";

type OnProgress = (progress: Progress) => void;

export class Engine {
  readonly #pictures = new Pictures();
  readonly #explaining = new Latest();
  readonly #layering = new Latest();
  readonly #comparing = new Latest();
  readonly #trusting = new Latest();
  readonly #agreeing = new Latest();
  readonly #classifying = new Latest();
  readonly #reporting = new Latest();
  readonly #trying = new Latest();
  readonly #stepping = new Latest();
  /** Of the open model, from when it is first asked for. */
  #steps: Promise<Steps> | undefined;
  /** Before the first model of this worker; those of a worker before it had smaller ones. */
  #opened = Date.now();
  #platforms: Platforms | undefined;
  #own: OwnModels | undefined;
  #open: OpenModel | undefined;

  /**
   * Loads the runtime, with progress; the browser keeps it for the next time.
   * @param tell hears notes for the user, now or later
   * @param onCrash hears why nothing can be computed here any more
   */
  async start(
    options: StartOptions,
    progress: OnProgress,
    tell: (text: string) => void,
    onCrash: (reason: string) => void,
  ): Promise<RuntimeView> {
    this.#platforms = new Platforms(options, { tell, onCrash });
    this.#own = new OwnModels(options.base);
    // Thrown where the model is opened.
    this.#own.bytes(options.sample, progress).catch(() => undefined);
    return runtimeView(await this.#platforms.first(progress));
  }

  /**
   * Opens a model; a large one on the graphics card, if there is one and nobody chose.
   * @throws FoveaError; the model that was open before stays open then
   */
  async openModel(input: ModelFiles, progress: OnProgress): Promise<ModelView> {
    const size = input.files.reduce((sum, file) => sum + file.size, 0);
    const platform = await this.#started(this.#platforms).forModel(size, progress);
    const opened = await openParts(input, platform, ++this.#opened);
    await this.#close();
    this.#open = opened;
    return opened.view;
  }

  /** A model that is part of the page. */
  async openSample(name: SampleName, texts: readonly string[] | undefined, progress: OnProgress): Promise<ModelView> {
    const bytes = await this.#started(this.#own).bytes(name, progress);
    const { model, texts: own } = samples[name];
    return this.openModel({ files: [new File([bytes], model)], texts: texts ?? own }, progress);
  }

  /** @param unread whether there are too many to decode them all */
  openPictures(sources: readonly PictureSource[], unread: boolean): Promise<OpenedPicture[]> {
    return this.#pictures.openAll(sources, unread);
  }

  /** The pictures of a worker before this one, under their numbers. */
  restorePictures(pictures: readonly (readonly [id: number, source: PictureSource])[]): void {
    this.#pictures.restore(pictures);
  }

  /** Answers as soon as nothing else is computed. */
  isAlive(): boolean {
    return true;
  }

  closePictures(ids: readonly number[]): void {
    for (const id of ids) this.#pictures.close(id);
    for (const id of ids) this.#open?.answers.delete(id);
  }

  /** @throws an `AbortError` when a newer request came */
  explain(request: ExplainRequest, progress?: OnProgress): Promise<ExplanationView> {
    const { model, explainers, boxes } = this.open;
    const report = progress && ((done: number, total: number) => progress({ what: "passes", done, total }));
    return this.#explaining.run(async (signal) => {
      const picture = await this.#pictureOf(request.picture);
      const how = { model, signal, progress: report, pictureOf: (id: number) => this.#pictureOf(id) };
      if (boxes === undefined) return explainPicture(picture, request, { ...how, explainers });
      const { explainBox } = await import("../see/engine/boxes.js");
      return explainBox(picture, request, { ...how, explainers: boxes });
    });
  }

  /** The evidence at every milestone, from one run. @throws an `AbortError` when a newer request came */
  layerMaps({ picture, strokes = [], method }: ExplainRequest, target: number): Promise<LayerMapsView> {
    const { layers } = this.open;
    return this.#layering.run(async () => layers.maps(await this.#paintedPicture(picture, strokes), target, method));
  }

  /** The class that a segmenter predicts at a place of the picture, in its pixels. */
  async segmentAt(
    { picture }: ExplainRequest,
    place: { readonly x: number; readonly y: number },
  ): Promise<number | undefined> {
    return this.open.segments.at(await this.#pictureOf(picture), place);
  }

  /** What the network itself gives for each place; undefined where it gives nothing of the kind. */
  async ownPlaces(request: ExplainRequest): Promise<OwnView | undefined> {
    return this.open.own?.of(await this.#pictureOf(request.picture), request);
  }

  async #paintedPicture(picture: ExplainRequest["picture"], strokes: readonly Stroke[]): Promise<Picture> {
    const original = await this.#pictureOf(picture);
    return paintPicture(original, strokes, groundOf(original));
  }

  async #pictureOf(picture: ExplainRequest["picture"]): Promise<Picture> {
    if (typeof picture === "number") return (await this.#pictures.get(picture)).picture;
    return "frame" in picture ? pictureOfFrame(picture.frame) : blankPicture(picture.blank);
  }

  /** The five steps of a map with their numbers. @throws an `AbortError` when a newer request came */
  channels(request: ChannelsRequest): Promise<ChannelsView> {
    return this.#step(request, ({ channels }, picture, signal) => channels.steps(picture, request, signal));
  }

  /** The steps of a method of pixels. @throws as `channels` */
  pixels(request: PixelsRequest, tell: OnProgress): Promise<PixelsView> {
    const progress = (done: number, total: number) => tell({ what: "steps", done, total });
    return this.#step(request, ({ pixels }, picture, signal) => pixels.steps(picture, request, { signal, progress }));
  }

  #step<View extends object>(
    { picture }: Pick<ExplainRequest, "picture">,
    run: (steps: Steps, picture: Picture, signal: AbortSignal) => Promise<View>,
  ): Promise<View> {
    const { model } = this.open;
    this.#steps ??= import("../why/engine/steps.js").then(({ Steps }) => new Steps(model));
    const opening = this.#steps;
    // What could not be fetched is fetched again when it is asked for again.
    opening.catch(() => (this.#steps = undefined));
    const answer = async (signal: AbortSignal) => run(await opening, await this.#pictureOf(picture), signal);
    return this.#stepping.run(async (signal) => transferred(await answer(signal)));
  }

  /** What the network says when channels of the steps shown last change. */
  async whatIf(change: WhatIf): Promise<WhatIfView | undefined> {
    return (await this.#steps)?.channels.whatIf(change);
  }

  /** Explains the picture by every method in turn. @throws an `AbortError` when a newer request came, or it was stopped */
  compareMethods(
    { picture, strokes = [], layer }: ExplainRequest,
    target: number,
    tell: (cell: MethodCell) => void,
  ): Promise<void> {
    const { model } = this.open;
    return this.#comparing.run(async (signal) => {
      const { compareMethods } = await import("../see/engine/comparing.js");
      return compareMethods(model, await this.#paintedPicture(picture, strokes), { layer, target, signal }, tell);
    });
  }

  /** Concepts of open pictures, and what each is worth. @throws as `compareMethods` */
  findConcepts(request: ConceptsRequest, tell: OnProgress): Promise<ConceptsView> {
    const around = { model: this.open.model, pictures: this.#pictures, tell };
    return this.#comparing.run(async (signal) =>
      (await import("../why/engine/concepts.js")).conceptsOf(request, { ...around, signal }),
    );
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
      const { measureTrust } = await import("../see/engine/trust.js");
      const progress = (done: number, total: number) => tell({ what: "curves", done, total });
      return measureTrust(model, await this.#paintedPicture(picture, strokes), { target, map, signal, progress });
    });
  }

  /** How far families agree about the request's picture. @throws as `compareMethods` */
  compareFamilies(request: ExplainRequest, families: FamiliesRequest): Promise<FamiliesView> {
    const opening = this.open.families();
    return this.#agreeing.run(async (signal) => {
      const picture = await this.#pictureOf(request.picture);
      return (await opening).compare(picture, request, families, signal);
    });
  }

  /** An explanation beside plain inference, in turns, on noise. */
  async measureCost({ method, layer }: Pick<ExplainRequest, "method" | "layer">): Promise<CostView> {
    const { model, source } = this.open;
    const { runtime } = model.platform;
    const { first, second, ratio } = await measureCost(model, { runtime, source, method, layer, pairs: 7 });
    return { inference: first, explanation: second, ratio };
  }

  /** What the usual recipes make of some pictures, and of the first by each. @throws an `AbortError` when a newer request came */
  tryRecipes(ids: readonly number[]): Promise<RecipeView> {
    const { model } = this.open;
    const { pictures } = this;
    return this.#trying.run(async (signal) => {
      const { tryOn } = await import("./trying.js");
      return tryOn(model, ids, { pictures, signal });
    });
  }

  stopComparing(): void {
    this.#comparing.cancel();
  }

  stopAgreeing(): void {
    this.#agreeing.cancel();
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
  classify(requests: readonly AskedPicture[], tell: (some: ClassifiedPicture[]) => void): Promise<void> {
    const { open, pictures } = this;
    return this.#classifying.run(async (signal) => {
      const { classifyPictures } = await import("../audit/engine/collection.js");
      return classifyPictures(requests, tell, { ...open, pictures, signal });
    });
  }

  /** Which labels of classified pictures a report would ask about. @throws as `classify` */
  doubtLabels(requests: readonly AskedPicture[]): Promise<DoubtedLabels> {
    const { open, pictures } = this;
    return this.#classifying.run(async (signal) =>
      (await import("../audit/engine/doubts.js")).doubtLabels(requests, { ...open, pictures, signal }),
    );
  }

  /** A small map of one class, beside whatever else is explained. */
  async evidence(request: ExplainRequest & { readonly picture: number }): Promise<EvidenceView> {
    const { model, explainers } = this.open;
    const { picture } = await this.#pictures.glance(request.picture);
    return (await import("../audit/engine/evidence.js")).drawEvidence(picture, request, { model, explainers });
  }

  stopClassifying(): void {
    this.#classifying.cancel();
  }

  async matchFolders(folders: readonly string[]): Promise<MatchedFolders> {
    const { model, view } = this.open;
    return (await import("../audit/engine/collection.js")).matchFolders(model, view.name, folders);
  }

  async drawDigitPictures(count: number): Promise<DrawnPicture[]> {
    return (await import("../audit/engine/collection.js")).drawDigitPictures(count);
  }

  /** The maps of one or two classes on one scale. @throws an `AbortError` when a newer request came */
  async contrast(request: ExplainRequest, progress?: OnProgress): Promise<ClassContrast> {
    const explanation = await this.explain(request, progress);
    const { contrastClasses } = await import("../see/engine/contrasting.js");
    return contrastClasses(this.open.model.platform, await this.#pictureOf(request.picture), explanation);
  }

  /** @throws FoveaError, or an `AbortError` when it was stopped */
  report(request: ReportRequest, progress: OnProgress): Promise<MadeReport> {
    const { model, view } = this.open;
    const { pictures } = this;
    return this.#reporting.run(async (signal) => {
      const { reportOn } = await import("../audit/engine/reporting.js");
      const tell = (done: number, total: number) => progress({ what: "explaining images", done, total });
      return reportOn(request, { file: view.name, model, pictures, signal, progress: tell });
    });
  }

  stopReport(): void {
    this.#reporting.cancel();
  }

  /** The explanation as a file. @param image the picture's name in files */
  async export(kind: ExportKind, request: ExportRequest, image: string): Promise<Blob> {
    const { model, view } = this.open;
    const { picture: asked, strokes = [] } = request.explanation.request;
    const picture = await this.#paintedPicture(asked, strokes);
    const { exportExplanation } = await import("../see/engine/exporting.js");
    return exportExplanation(kind, request, { model, name: view.name, image, picture });
  }

  cancel(): void {
    this.#explaining.cancel();
    this.#layering.cancel();
  }

  #started<Part>(part: Part | undefined): Part {
    if (part !== undefined) return part;
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
    this.stopAgreeing();
    this.stopClassifying();
    this.stopReport();
    this.#stepping.cancel();
    const [open, steps] = [this.#open, this.#steps];
    this.#open = undefined;
    this.#steps = undefined;
    await (await steps?.catch(() => undefined))?.close();
    await open?.close();
  }
}
