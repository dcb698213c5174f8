/** @file The studio's state: the open model and pictures, the view of them, and their explanation. */

import { defaultMethod } from "../../../src/explain/method.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import type { OpenedProtocol } from "../audit/improve/opened.js";
import type { ExplainRequest, ExplanationView, ModelFiles, ModelView, Progress } from "../engine/api.js";
import { EngineHost } from "../engine/engine-host.js";
import type { Live, Source } from "../see/live/live.svelte.js";
import { Deferred } from "../shared/deferred.js";
import { isCancelled } from "../shared/errors.js";
import { NoticeList } from "../shared/notices.svelte.js";
import type { NewPicture, OpenPicture } from "../shared/open-picture.js";
import { plainError } from "../shared/plain-error.js";
import type { SampleName } from "../shared/samples.js";
import type { Stroke } from "../shared/strokes.js";
import { Turns } from "../shared/turns.js";
import { Asking } from "./asking.svelte.js";
import { type EngineClient, onProgress, startWorker } from "./client.js";
import { History } from "./history.svelte.js";
import { readTimeLimit, samplePictures } from "./open/given.js";
import { openGroups, summarizeReasons } from "./open/opening.js";
import { rememberedRecipe, rememberRecipe } from "./open/remembered-recipes.js";
import { isSameRequest, type StoredAnswers } from "./open/stored.js";
import { spelt } from "./spelling.js";
import { blankSubject, liveSubject, requestFor, type Subject, subjectOf } from "./subject.js";
import { firstView, linkTo, nothingChosen, readView, textsOfView, type View } from "./view.js";

/** A state that undo goes back to. */
interface Moment {
  readonly view: View;
  readonly edits: Studio["edits"];
}

type NamedRecipe = { readonly name: string; readonly parts: Partial<Preprocessing> };

/** Requests that the page begins with; all others wait until a model is open. */
const beginning = /^(start|open\w*|restorePictures|closePictures|cancel|stop\w*)$/;

export class Studio {
  readonly #host = new EngineHost({
    begin: startWorker,
    ownModel: [firstView.sample, undefined, onProgress(() => undefined)],
    before: (method) => (beginning.test(method) ? undefined : this.begun.promise),
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
  /** Files of a dataset in the format of MNIST. */
  digits = $state.raw<readonly File[]>([]);
  protocol = $state.raw<OpenedProtocol>();
  progress = $state.raw<Progress>();
  /** Seconds for which the worker has computed without an answer, once these are many. */
  silence = $state<number>();
  busy = $state(false);
  /** The file that is being opened as a model. */
  opening = $state<string>();
  /** Whether the model's card is shown. */
  cardOpen = $state(false);
  /** Files are being opened: what is asked about them waits until all are. */
  taking = $state(false);
  readonly notices = new NoticeList();
  /** What opens models for the user: of two that are given, the one given last is open in the end, however long each takes. */
  readonly turns = new Turns();
  /** Strokes on pictures, by the subject's key. */
  edits = $state.raw<Readonly<Record<string, readonly Stroke[]>>>({});
  readonly history = new History<Moment>();
  /** Of the open model; undefined for the page's own. */
  files = $state.raw<ModelFiles>();
  /** Answers that came with the page, until the worker gives its own. */
  storedAnswers = $state.raw<StoredAnswers>();
  /** What is kept of the session on this machine; undefined where nothing ever is. */
  kept = $state.raw<{ readonly has: boolean; forget(): Promise<void> }>();
  /** Kept when the page's own model and pictures are open, or those of `fovea studio`: others wait for that. */
  readonly begun = new Deferred();
  readonly #asking = new Asking(this);
  current = $derived(Math.min(this.view.picture, Math.max(0, this.pictures.length - 1)));
  picture = $derived(this.pictures[this.current]);
  /** A moving picture, which is looked at in the place of others. */
  live = $state.raw<Live>();
  subject = $derived.by((): Subject | undefined => {
    if (this.live) return liveSubject(this.live);
    return this.view.drawing ? blankSubject : this.picture && subjectOf(this.picture);
  });
  strokes = $derived<readonly Stroke[]>((this.subject && this.edits[this.subject.key]) ?? []);
  /** The view's request to the worker; undefined while there is no model or picture. */
  request = $derived.by(() =>
    this.subject && this.model && !this.taking && !this.live ? requestFor(this.subject, this.model, this) : undefined,
  );

  get explanation(): ExplanationView | undefined {
    return this.#asking.explanation;
  }

  /** The last explanation of the picture as it is. */
  get unedited(): ExplanationView | undefined {
    return this.#asking.unedited;
  }

  /** How the maps of the layers were made, where that is not how the picture's map was. */
  get layerMapsOf(): string | undefined {
    return this.#asking.layerMapsOf;
  }

  get layerMaps() {
    return this.#asking.layerMaps;
  }

  /** What a trial of recipes found for the open model. */
  get recipe() {
    return this.#asking.recipe;
  }

  get busyExplaining(): boolean {
    return this.#asking.busy;
  }

  get peaks() {
    return this.#asking.peaks;
  }

  stored(request: ExplainRequest): ExplanationView | undefined {
    return this.storedAnswers?.explanations.find((each) => isSameRequest(each.request, request));
  }

  get ready(): Promise<void> {
    return this.begun.promise;
  }

  /** Shows what was computed when the page was built. */
  showStored(stored: StoredAnswers): void {
    this.storedAnswers = stored;
    this.model = stored.model;
    this.pictures = stored.pictures;
    this.#asking.layerMaps = stored.layerMaps.maps;
    this.#asking.layerMapsOf = stored.layerMaps.method;
  }

  /** Explains the view's request. */
  async explain(request: ExplainRequest): Promise<void> {
    await this.#asking.explain(request);
    if (!this.#asking.busy) this.progress = undefined;
  }

  /** Shows a link's view. */
  follow(fragment: string): void {
    const view = readView(fragment);
    if (linkTo(view) !== linkTo(this.view)) this.view = { ...view, method: spelt(view.method, this.model) };
  }

  /** Changes the view; can be undone, but for another tab, from which the browser leads back. */
  look(change: Partial<View>): void {
    const next = { ...this.view, ...change };
    if (linkTo(next) === linkTo(this.view)) return;
    const isOtherTab = next.tab !== this.view.tab;
    if (!isOtherTab) this.history.remember(this.#moment, Object.keys(change).sort().join());
    this.#show({ view: next, edits: this.edits }, isOtherTab);
  }

  /** Paints on the current picture; can be undone. @param remember false while a stroke grows, which is undone as one */
  paint(strokes: readonly Stroke[], { remember = true } = {}): void {
    if (this.subject === undefined) return;
    if (remember) this.history.remember(this.#moment);
    this.edits = { ...this.edits, [this.subject.key]: strokes };
  }

  undo(): void {
    this.#go((now) => this.history.undo(now));
  }

  redo(): void {
    this.#go((now) => this.history.redo(now));
  }

  /** To the next state that differs: a control may have been moved back meanwhile. */
  #go(step: (now: Moment) => Moment | undefined): void {
    const now = this.#moment;
    let to = step(now);
    while (to && to.edits === now.edits && linkTo(to.view) === linkTo(now.view)) to = step(to);
    this.#return(to);
  }

  get #moment(): Moment {
    return { view: this.view, edits: this.edits };
  }

  /** Where one is stays: undo is about what one did there. */
  #return(moment: Moment | undefined): void {
    const { tab, why, audit, texts } = this.view;
    if (moment) this.#show({ edits: moment.edits, view: { ...moment.view, tab, why, audit, texts } });
  }

  /** @param isPlace whether the browser's Back leads here again */
  #show({ view, edits }: Moment, isPlace = false): void {
    this.view = view;
    this.edits = edits;
    const link = linkTo(view);
    const url = link === "" ? location.pathname + location.search : `#${link}`;
    if (isPlace) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  }

  /** Opens what `fovea improve` wrote. @param show whether it comes up */
  async openProtocol(file: File, show = true): Promise<void> {
    const opened = await this.attempt(async () => (await import("../audit/improve/opened.js")).openProtocol(file));
    if (opened === undefined) return;
    this.protocol = opened;
    if (show) this.look({ tab: "audit", audit: "repair" });
  }

  /** To be called within a turn. */
  async openModel(files: ModelFiles): Promise<boolean> {
    this.opening = files.files[0]?.name;
    const isFirst = this.files === undefined;
    const texts = files.texts ?? textsOfView(this.view);
    const isOpen = await this.open(() => this.engine.openModel({ ...files, texts }, this.telling()), files);
    this.opening = undefined;
    if (isOpen && files.given?.preprocessing === undefined) await this.#useKnownRecipe(isFirst ? this.view.recipe : "");
    return isOpen;
  }

  /** @param linked the recipe of the link; else it is the one that the user chose for this file before */
  async #useKnownRecipe(linked: string): Promise<void> {
    const { files, model } = this;
    const [main] = files?.files ?? [];
    if (!model?.assumesRecipe || main === undefined) return this.look({ recipe: "" });
    const name = linked || (await rememberedRecipe(main));
    const recipe = model.recipes.find((each) => each.name === name);
    if (recipe) await this.#openWith(recipe);
    else this.look({ recipe: "" });
  }

  /** Whether the user may choose how pixels become numbers: the page's own models say it themselves. */
  get canPreprocess(): boolean {
    return this.files !== undefined;
  }

  /** Opens the same model again, with its pixels as a usual recipe has them. */
  preprocess(recipe: NamedRecipe): Promise<void> {
    return this.turns.run(() => this.#openWith(recipe));
  }

  async #openWith({ name, parts }: NamedRecipe): Promise<void> {
    if (this.files === undefined) return;
    const given = { origin: "as given", ...this.files.given, preprocessing: parts };
    const [main] = this.files.files;
    if (!(await this.openModel({ ...this.files, given }))) return;
    this.look({ recipe: name });
    if (main && name) await rememberRecipe(main, name);
  }

  /** Keeps the recipe that is assumed, for good. */
  async keepRecipe(): Promise<void> {
    const recipe = this.model?.recipes.find(({ name }) => name === this.model?.recipe);
    if (recipe) await this.preprocess(recipe);
  }

  /** A model of the page's own, with its pictures in the place of others. To be called within a turn. */
  async openSample(sample: SampleName, texts?: readonly string[]): Promise<void> {
    this.taking = true;
    await this.ready;
    if (await this.open(() => this.engine.openSample(sample, texts, this.telling()), undefined)) {
      this.closePictures(this.pictures);
      await this.openPictures(await samplePictures(sample));
      this.look({ sample, texts: texts?.join("\n") ?? "", recipe: "", drawing: false, picture: 0 });
    }
    this.taking = false;
  }

  /** @param files of the model; undefined for one of the page's own @returns whether it is open */
  async open(open: () => Promise<ModelView>, files: ModelFiles | undefined): Promise<boolean> {
    const opened = await this.attempt(open);
    if (opened) this.#adopt(opened, files);
    return opened !== undefined;
  }

  #adopt(opened: ModelView, files: ModelFiles | undefined): void {
    this.files = files;
    this.storedAnswers = undefined;
    this.#asking.forget();
    const before = this.model?.task === "detection" ? defaultMethod : this.view.method;
    this.model = opened;
    // A layer or class of another network means nothing in this one.
    const texts = opened.texts ? this.view.texts : "";
    this.look({ ...nothingChosen, method: spelt(before, opened), texts });
  }

  /** Ends what is computed, in the midst of a run as well. */
  stop(): void {
    this.endWorker(new DOMException("it was stopped", "AbortError"));
    this.tell("Stopped. Choose another method, layer, image or model to go on.");
  }

  endWorker(reason: unknown): void {
    this.#host.end(reason);
  }

  /** Opens pictures beside those that are open, in the place of the page's own, and shows the first of them. */
  async openPictures(sources: readonly NewPicture[]): Promise<void> {
    const reasons: string[] = [];
    let shown = false;
    await this.attempt(async () => {
      for await (const group of openGroups(this.engine, sources)) {
        if (group.pictures.length > 0 && !shown) this.#makeRoomFor(group.pictures);
        this.pictures = [...this.pictures, ...group.pictures];
        reasons.push(...group.reasons);
        if (group.pictures.length > 0 && !shown) {
          this.look({ picture: this.pictures.length - group.pictures.length, drawing: false });
          shown = true;
        }
        if (group.done < sources.length)
          this.progress = { what: "opening images", done: group.done, total: sources.length };
      }
    });
    for (const reason of summarizeReasons(reasons)) this.complain(new Error(reason));
  }

  #makeRoomFor([first]: readonly OpenPicture[]): void {
    if (!first?.drawn) this.closePictures(this.pictures.filter(({ drawn }) => drawn));
  }

  closePictures(closed: readonly OpenPicture[]): void {
    const ids = new Set(closed.map(({ id }) => id));
    if (ids.size === 0) return;
    this.pictures = this.pictures.filter(({ id }) => !ids.has(id));
    for (const { url } of closed) URL.revokeObjectURL(url);
    this.engine.closePictures([...ids]);
  }

  /** Looks at what moves, until it is closed or a picture is chosen. */
  async beginLive(source: Source): Promise<void> {
    const { Live } = await import("../see/live/live.svelte.js");
    this.endLive();
    this.look({ tab: "see", drawing: false });
    this.live = new Live(this, source);
  }

  endLive(): void {
    this.live?.stop();
    this.live = undefined;
  }

  showAnswer(explanation: ExplanationView): void {
    this.#asking.show(explanation);
  }

  clearAnswer(): void {
    this.#asking.show(undefined);
  }

  /** To the picture so many further. */
  step(by: number): void {
    const to = this.current + by;
    if (to >= 0 && to < this.pictures.length) this.look({ picture: to, drawing: false });
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
    const { text, command } = plainError(error);
    this.notices.add("error", text, { command });
  }

  tell(text: string): void {
    this.notices.add("note", text);
  }

  className(index: number): string {
    const { explanation, model, pictures, view } = this;
    if (explanation?.request.similarTo !== undefined) return `likeness to ${pictures[view.similar ?? 0]?.name ?? "it"}`;
    return explanation?.boxes?.[index]?.label ?? model?.classes?.[index] ?? String(index);
  }

  telling(): (progress: Progress) => void {
    return onProgress((progress) => {
      this.progress = progress;
    });
  }
}
