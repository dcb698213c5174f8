/** @file The studio's state: the open model and pictures, the view of them, and their explanation. */

import { defaultBoxMethod } from "../../../src/explain/boxes/box-options.js";
import { defaultMethod } from "../../../src/explain/method.js";
import { plainSpelling } from "../../../src/foundation/words.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import { fewestTrialPhotos, mostTrialPhotos } from "../../../src/model/preprocessing/recipe-trial.js";
import type { OpenedProtocol } from "../audit/improve/opened.js";
import type {
  ExplainRequest,
  ExplanationView,
  LayerMapView,
  ModelFiles,
  ModelView,
  Progress,
  RecipeView,
} from "../engine/api.js";
import { EngineHost } from "../engine/engine-host.js";
import { Peaks } from "../see/peaks.js";
import { isCancelled, sentence } from "../shared/errors.js";
import { History } from "../shared/history.js";
import { NoticeList } from "../shared/notices.svelte.js";
import type { NewPicture, OpenPicture } from "../shared/open-picture.js";
import { rankIndices } from "../shared/rank.js";
import type { Stroke } from "../shared/strokes.js";
import { callback, type EngineClient, onProgress, startWorker } from "./client.js";
import { classesOf, type SortedFiles } from "./files.js";
import { drawnDigits, fetched, fetchGiven, givenPictures, modelFiles, readProvider, readTimeLimit } from "./given.js";
import { openGroups, summarizeReasons } from "./opening.js";
import { blankSubject, requestFor, type Subject, subjectOf } from "./subject.js";
import { firstView, isDrawing, linkTo, readView, type View } from "./view.js";

/** A state that undo goes back to. */
interface Moment {
  readonly view: View;
  readonly edits: Studio["edits"];
}

/** Milliseconds that a request may still take when another waits. */
const patience = 150;
/** Milliseconds without a request after which the small maps are made. */
const idleAfter = 120;

export class Studio {
  readonly #host = new EngineHost({
    begin: startWorker,
    ownModel: [onProgress(() => undefined)],
    seconds: readTimeLimit(location.search),
    onSilence: (seconds) => {
      this.silence = seconds;
    },
    onRestored: (other) => {
      if (other) this.#adopt(other, undefined);
      this.progress = undefined;
    },
  });
  readonly engine: EngineClient = this.#host.engine;
  view = $state<View>(firstView);
  model = $state.raw<ModelView>();
  pictures = $state.raw<readonly OpenPicture[]>([]);
  current = $state(0);
  /** Files of a dataset in the format of MNIST. */
  digits = $state.raw<readonly File[]>([]);
  protocol = $state.raw<OpenedProtocol>();
  explanation = $state.raw<ExplanationView>();
  /** The last explanation of the picture as it is. */
  unedited = $state.raw<ExplanationView>();
  layerMaps = $state.raw<readonly LayerMapView[]>([]);
  /** What a trial of recipes found for the open model. */
  recipe = $state.raw<RecipeView>();
  progress = $state.raw<Progress>();
  /** Seconds for which the worker has computed without an answer, once these are many. */
  silence = $state<number>();
  busy = $state(false);
  /** Whether the model's card is shown. */
  cardOpen = $state(false);
  busyExplaining = $state(false);
  readonly notices = new NoticeList();
  /** Strokes on pictures, by the subject's key. */
  edits = $state.raw<Readonly<Record<string, readonly Stroke[]>>>({});
  picture = $derived(this.pictures[this.current]);
  subject = $derived<Subject | undefined>(
    isDrawing(this.view) ? blankSubject : this.picture && subjectOf(this.picture),
  );
  strokes = $derived<readonly Stroke[]>((this.subject && this.edits[this.subject.key]) ?? []);
  readonly peaks = new Peaks();
  readonly #history = new History<Moment>();
  /** Of the open model; undefined for the page's own. */
  #files = $state.raw<ModelFiles>();
  /** The model that recipes were tried for, and on how many pictures. */
  #tried: { readonly model?: number; readonly pictures: number } = { pictures: 0 };
  /** The request that comes after the running one. */
  #next: ExplainRequest | undefined;
  #impatience: ReturnType<typeof setTimeout> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** Loads the runtime, and the server's model and images, or the digit model with drawn digits. */
  async begin(): Promise<void> {
    const view = readView(location.hash);
    this.view = view;
    await this.attempt(async () => {
      const base = new URL("./", location.href).href;
      const starting = this.engine.start(
        { base, provider: readProvider(location.search) },
        this.telling(),
        callback((text: string) => this.tell(text)),
        callback((reason: string) => this.#host.end(new Error(reason))),
      );
      const given = await fetchGiven();
      const digits = given.model || given.images.length > 0 ? undefined : drawnDigits();
      if (given.protocol) await this.openProtocol(await fetched(given.protocol), location.hash === "");
      await starting;
      if (given.model) {
        await this.openModel(await modelFiles(given.model));
        this.#show({ view: { ...view, tab: this.view.tab }, edits: {} });
        this.#history.forget();
      }
      if (this.model === undefined) this.model = await this.engine.openEmbedded(this.telling());
      this.view = { ...this.view, method: this.#spelt(this.view.method) };
      if (given.images.length > 0) await this.openPictures(givenPictures(given.images));
      else if (digits) await this.openPictures(await digits);
    });
  }

  /** Shows a link's view. */
  follow(fragment: string): void {
    const view = readView(fragment);
    if (linkTo(view) !== linkTo(this.view)) this.look({ ...view, method: this.#spelt(view.method) });
  }

  /** Opens dropped, pasted or picked files. */
  async take({ model, images, idx, protocols, others }: SortedFiles): Promise<void> {
    if (model.length > 0) await this.openModel({ files: model });
    if (idx.length > 0) {
      this.digits = idx;
      this.look({ tab: "learn" });
    }
    if (images.length > 0) {
      const classes = classesOf(images);
      await this.openPictures(images.map(({ file, path }, i) => ({ blob: file, name: path, class: classes[i] })));
    }
    for (const file of protocols) await this.openProtocol(file);
    const [first] = others;
    if (first && model.length + images.length + idx.length + protocols.length === 0)
      this.complain(new Error(`${first.name}: expected a model (.onnx, .keras, .h5) or an image, got neither`));
  }

  /** Changes the view; can be undone. */
  look(change: Partial<View>): void {
    const next = { ...this.view, ...change };
    if (linkTo(next) === linkTo(this.view)) return;
    this.#history.remember(this.#moment);
    this.#show({ view: next, edits: this.edits });
  }

  /** Paints on the current picture; can be undone. @param remember false while a stroke grows, which is undone as one */
  paint(strokes: readonly Stroke[], { remember = true } = {}): void {
    if (this.subject === undefined) return;
    if (remember) this.#history.remember(this.#moment);
    this.edits = { ...this.edits, [this.subject.key]: strokes };
  }

  undo(): void {
    this.#show(this.#history.undo(this.#moment));
  }

  redo(): void {
    this.#show(this.#history.redo(this.#moment));
  }

  get #moment(): Moment {
    return { view: this.view, edits: this.edits };
  }

  #show(moment: Moment | undefined): void {
    if (moment === undefined) return;
    const { view, edits } = moment;
    this.view = view;
    this.edits = edits;
    const link = linkTo(view);
    history.replaceState(null, "", link === "" ? location.pathname + location.search : `#${link}`);
  }

  /** Opens what `fovea improve` wrote. @param show whether its tab comes up */
  async openProtocol(file: File, show = true): Promise<void> {
    const opened = await this.attempt(async () => (await import("../audit/improve/opened.js")).openProtocol(file));
    if (opened === undefined) return;
    this.protocol = opened;
    if (show) this.look({ tab: "improve" });
  }

  async openModel(files: ModelFiles): Promise<boolean> {
    return this.#open(() => this.engine.openModel(files, this.telling()), files);
  }

  /** Whether the user may choose how pixels become numbers: the page's own model says it itself. */
  get canPreprocess(): boolean {
    return this.#files !== undefined;
  }

  /** Opens the same model again with parts of its preprocessing as the user says. */
  async preprocess(parts: Partial<Preprocessing>): Promise<void> {
    const { given } = this.#files ?? {};
    if (this.#files === undefined) return;
    await this.openModel({ ...this.#files, given: { origin: "as given", ...given, preprocessing: parts } });
  }

  /** The digit model that is part of the page. */
  async openDigits(): Promise<boolean> {
    return this.#open(() => this.engine.openEmbedded(this.telling()), undefined);
  }

  async #open(open: () => Promise<ModelView>, files: ModelFiles | undefined): Promise<boolean> {
    const opened = await this.attempt(open);
    if (opened) this.#adopt(opened, files);
    return opened !== undefined;
  }

  #adopt(opened: ModelView, files: ModelFiles | undefined): void {
    this.#files = files;
    this.explanation = undefined;
    this.layerMaps = [];
    this.recipe = undefined;
    const before = this.model?.task === "detection" ? defaultMethod : this.view.method;
    this.model = opened;
    // A layer or class of another network means nothing in this one.
    const usual = opened.task === "detection" && this.view.method === defaultMethod;
    const method = usual ? defaultBoxMethod : this.#spelt(this.view.method, before);
    this.look({ layer: "auto", target: "predicted", minus: undefined, method });
  }

  /** Ends what is computed, in the midst of a run as well. */
  stop(): void {
    this.#host.end(new DOMException("it was stopped", "AbortError"));
    this.tell("Stopped. Choose another method, layer, image or model to go on.");
  }

  /** The method's name as the list has it: a link may spell it in another way. @param otherwise for one that is not in it */
  #spelt(method: string, otherwise = method): string {
    const spelling = plainSpelling(method);
    return this.model?.methods.find(({ spellings }) => spellings.includes(spelling))?.name ?? otherwise;
  }

  /** Opens pictures beside those that are open, and shows the first of them. */
  async openPictures(sources: readonly NewPicture[]): Promise<void> {
    const first = this.pictures.length;
    const reasons: string[] = [];
    let shown = false;
    await this.attempt(async () => {
      for await (const group of openGroups(this.engine, sources)) {
        this.pictures = [...this.pictures, ...group.pictures];
        reasons.push(...group.reasons);
        if (group.pictures.length > 0 && !shown) [this.current, shown] = [first, true];
        if (group.done < sources.length)
          this.progress = { what: "opening images", done: group.done, total: sources.length };
      }
    });
    for (const reason of summarizeReasons(reasons)) this.complain(new Error(reason));
  }

  closePictures(closed: readonly OpenPicture[]): void {
    const ids = new Set(closed.map(({ id }) => id));
    this.pictures = this.pictures.filter(({ id }) => !ids.has(id));
    this.current = 0;
    for (const { url } of closed) URL.revokeObjectURL(url);
    this.engine.closePictures([...ids]);
  }

  /** The view's request to the worker; undefined while there is no model or picture. */
  request = $derived.by(() => this.subject && this.model && requestFor(this.subject, this.model, this));

  /** Explains the view's request: one request at a time, then the latest that came meanwhile. Long ones are broken off. */
  async explain(request: ExplainRequest): Promise<void> {
    this.#next = request;
    if (this.busyExplaining) {
      clearTimeout(this.#impatience);
      this.#impatience = setTimeout(() => this.engine.cancel(), patience);
      return;
    }
    this.busyExplaining = true;
    while (this.#next) {
      const next = this.#next;
      this.#next = undefined;
      await this.#explainOne(next);
      clearTimeout(this.#impatience);
    }
    this.busyExplaining = false;
    this.progress = undefined;
    this.#explainLayersSoon();
    await this.#tryRecipes();
  }

  /** Once for a model, and again where there were too few pictures. */
  async #tryRecipes(): Promise<void> {
    const { model, pictures } = this;
    const count = Math.min(pictures.length, mostTrialPhotos);
    const asked = model?.id === this.#tried.model ? this.#tried.pictures : 0;
    if (!model?.assumesRecipe || !this.canPreprocess || count <= asked || asked >= fewestTrialPhotos) return;
    this.#tried = { model: model.id, pictures: count };
    const some = Array.from({ length: count }, (_, i) => pictures[Math.floor((i * pictures.length) / count)]);
    try {
      const recipe = await this.engine.tryRecipes(some.flatMap((each) => each?.id ?? []));
      if (model === this.model) this.recipe = recipe;
    } catch (error) {
      if (!isCancelled(error)) this.complain(error);
    }
  }

  async #explainOne(request: ExplainRequest): Promise<void> {
    const { model, subject } = this;
    try {
      const explanation = await this.engine.explain(request, this.telling());
      if (model !== this.model || subject?.key !== this.subject?.key) return;
      this.explanation = explanation;
      if (request.strokes?.length === 0) this.unedited = explanation;
      if (subject) this.peaks.add(explanation, subject.key);
    } catch (error) {
      if (!isCancelled(error)) this.complain(error);
    }
  }

  /** After a moment without a request, so that a stroke is not held up. */
  #explainLayersSoon(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.explanation && this.explainLayers(this.explanation), idleAfter);
  }

  /** Maps of all layers, of the explained class. */
  async explainLayers({ request, maps }: ExplanationView): Promise<void> {
    const target = maps[0]?.class;
    if (target === undefined || this.explanation?.boxes) return;
    try {
      this.layerMaps = await this.engine.layerMaps(request, target);
    } catch (error) {
      if (!isCancelled(error)) this.layerMaps = [];
    }
  }

  /** To the picture so many further. */
  step(by: number): void {
    const to = this.current + by;
    if (to >= 0 && to < this.pictures.length) this.current = to;
  }

  /** To the class so many ranks further down. */
  stepClass(by: number): void {
    const { probabilities, maps } = this.explanation ?? {};
    if (probabilities === undefined) return;
    const order = rankIndices(probabilities);
    const target = order[order.indexOf(maps?.[0]?.class ?? 0) + by];
    if (target !== undefined) this.look({ target });
  }

  stepLayer(by: number): void {
    const layers = this.model?.layers ?? [];
    const at = layers.findIndex(({ name }) => name === this.explanation?.layer.name);
    const to = layers[at + by];
    if (to) this.look({ layer: to.name === this.model?.automatic.name ? "auto" : to.name });
  }

  stepMethod(by: number): void {
    const methods = this.model?.methods ?? [];
    const at = methods.findIndex(({ name }) => name === this.view.method);
    const to = methods[(at + by + methods.length) % methods.length];
    if (to) this.look({ method: to.name });
  }

  /** Runs an action; the reason of its failure is shown. */
  async attempt<Result>(action: () => Promise<Result>): Promise<Result | undefined> {
    this.busy = true;
    try {
      return await action();
    } catch (error) {
      if (!isCancelled(error)) this.complain(error);
      return undefined;
    } finally {
      this.busy = false;
      this.progress = undefined;
    }
  }

  complain(error: unknown): void {
    this.notices.add("error", sentence(error));
  }

  tell(text: string): void {
    this.notices.add("note", text);
  }

  className(index: number): string {
    return this.explanation?.boxes?.[index]?.label ?? this.model?.classes?.[index] ?? String(index);
  }

  telling(): (progress: Progress) => void {
    return onProgress((progress) => {
      this.progress = progress;
    });
  }
}
