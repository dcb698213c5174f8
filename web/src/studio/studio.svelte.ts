/** @file The studio's state: what is open, what is looked at, and what came of it. */

import type { ExplanationView, LayerMapView, ModelFiles, ModelView, PictureView, Progress } from "../engine/api.js";
import { type EngineClient, isCancelled, onProgress, sentence, startWorker } from "./client.js";
import { classesOf, type SortedFiles } from "./files.js";
import { drawnDigits, fetchGiven, givenPictures, modelFiles, providerFrom } from "./given.js";
import { firstView, linkTo, type View, viewFrom } from "./view.js";

export interface OpenPicture {
  readonly id: number;
  readonly name: string;
  /** For `<img>`. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** Of the folder that it lay in. */
  readonly class?: string | undefined;
  /** By the page itself. */
  readonly drawn?: boolean | undefined;
}

export interface Notice {
  readonly id: number;
  readonly kind: "error" | "note";
  readonly text: string;
}

/** A picture to be opened. */
export interface NewPicture {
  /** The file, or its URL. */
  readonly blob: Blob | string;
  readonly name: string;
  readonly class?: string | undefined;
  readonly drawn?: boolean | undefined;
}

const mostUndone = 100;
/** Of so many pictures each is decoded when it is opened, and refused if it is damaged; more are read when they are needed. */
const mostDecoded = 24;
/** Pictures that are opened with one request. */
const openedTogether = 100;
/** Pictures that could not be opened, and are told of one by one. */
const mostReasons = 2;

export class Studio {
  readonly engine: EngineClient = startWorker();
  view = $state<View>(firstView);
  model = $state.raw<ModelView>();
  pictures = $state.raw<readonly OpenPicture[]>([]);
  current = $state(0);
  /** Files of a data set in the format of MNIST. */
  digits = $state.raw<readonly File[]>([]);
  explanation = $state.raw<ExplanationView>();
  layerMaps = $state.raw<readonly LayerMapView[]>([]);
  progress = $state.raw<Progress>();
  busy = $state(false);
  notices = $state.raw<readonly Notice[]>([]);
  picture = $derived(this.pictures[this.current]);
  #past: View[] = [];
  #future: View[] = [];
  #nextNotice = 1;

  /** Loads the runtime, and what the server was given, or the digit model with drawn digits. */
  async begin(): Promise<void> {
    this.view = viewFrom(location.hash);
    await this.attempt(async () => {
      const base = new URL("./", location.href).href;
      const provider = providerFrom(location.search);
      await this.engine.start({ base, provider }, this.telling());
      const given = await fetchGiven();
      if (given.model) this.model = await this.engine.openModel(await modelFiles(given.model), this.telling());
      else this.model = await this.engine.openEmbedded(this.telling());
      if (given.images.length > 0) await this.openPictures(givenPictures(given.images));
      else if (given.model === undefined) await this.openPictures(await drawnDigits());
    });
  }

  /** Shows what a link says. */
  follow(fragment: string): void {
    const view = viewFrom(fragment);
    if (linkTo(view) !== linkTo(this.view)) this.look(view);
  }

  /** Opens what was dropped, pasted or picked. */
  async take({ model, images, idx, others }: SortedFiles): Promise<void> {
    if (model.length > 0) await this.openModel({ files: model });
    if (idx.length > 0) this.digits = idx;
    if (images.length > 0) {
      const classes = classesOf(images);
      await this.openPictures(images.map(({ file, path }, i) => ({ blob: file, name: path, class: classes[i] })));
    }
    const [first] = others;
    if (first && model.length + images.length + idx.length === 0)
      this.complain(new Error(`${first.name}: expected a model (.onnx, .keras, .h5) or an image, got neither`));
  }

  /** Changes what is looked at; can be undone. */
  look(change: Partial<View>): void {
    const next = { ...this.view, ...change };
    if (linkTo(next) === linkTo(this.view)) return;
    this.#past.push(this.view);
    if (this.#past.length > mostUndone) this.#past.shift();
    this.#future = [];
    this.#show(next);
  }

  undo(): void {
    const last = this.#past.pop();
    if (last === undefined) return;
    this.#future.push(this.view);
    this.#show(last);
  }

  redo(): void {
    const next = this.#future.pop();
    if (next === undefined) return;
    this.#past.push(this.view);
    this.#show(next);
  }

  #show(view: View): void {
    this.view = view;
    const link = linkTo(view);
    history.replaceState(null, "", link === "" ? location.pathname + location.search : `#${link}`);
  }

  async openModel(files: ModelFiles): Promise<boolean> {
    const opened = await this.attempt(async () => this.engine.openModel(files, this.telling()));
    if (opened === undefined) return false;
    this.explanation = undefined;
    this.layerMaps = [];
    this.model = opened;
    // A layer or class of another network means nothing in this one.
    this.look({ layer: "auto", target: "predicted", minus: undefined });
    return true;
  }

  /** Opens pictures, or URLs of some, beside those that are open, and shows the first of them. */
  async openPictures(sources: readonly NewPicture[]): Promise<void> {
    const first = this.pictures.length;
    const reasons: string[] = [];
    await this.attempt(async () => {
      for (let at = 0; at < sources.length; at += openedTogether) {
        const group = sources.slice(at, at + openedTogether);
        if (sources.length > openedTogether)
          this.progress = { what: "opening images", done: at, total: sources.length };
        const files = group.map(({ blob, name }) => ({ source: blob, name }));
        const opened = await this.engine.openPictures(files, sources.length > mostDecoded);
        for (const { reason } of opened) if (reason !== undefined) reasons.push(reason);
        this.pictures = [...this.pictures, ...opened.flatMap(({ view }, i) => (view ? shown(view, group[i]) : []))];
        if (at === 0 && this.pictures.length > first) this.current = first;
      }
    });
    for (const reason of reasons.slice(0, mostReasons)) this.complain(new Error(reason));
    const more = reasons.length - mostReasons;
    if (more > 0) this.complain(new Error(`${more} more of ${sources.length} images cannot be opened.`));
  }

  /** Explains the current picture as the view says; an older request gives way. */
  async explain(): Promise<void> {
    const { picture, model, view } = this;
    if (picture === undefined || model === undefined) return;
    this.busy = true;
    const { method, layer, target, minus, against } = view;
    const atImage = model.methods.find(({ name }) => name === method)?.at === "image";
    const request = { picture: picture.id, method, layer: atImage ? "auto" : layer, classes: [target], minus, against };
    try {
      this.explanation = await this.engine.explain(request, this.telling());
      this.busy = false;
      this.progress = undefined;
    } catch (error) {
      if (isCancelled(error)) return;
      this.busy = false;
      this.progress = undefined;
      this.complain(error);
    }
  }

  /** Maps of all layers for what the explanation explains. */
  async explainLayers(): Promise<void> {
    const { picture, explanation } = this;
    const target = explanation?.maps[0]?.class;
    if (picture === undefined || target === undefined) return;
    try {
      this.layerMaps = await this.engine.layerMaps(picture.id, target);
    } catch (error) {
      if (!isCancelled(error)) this.layerMaps = [];
    }
  }

  /** Runs what may fail; the reason is shown. */
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
    this.#notify("error", sentence(error));
  }

  tell(text: string): void {
    this.#notify("note", text);
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  className(index: number): string {
    return this.model?.classes?.[index] ?? String(index);
  }

  telling(): (progress: Progress) => void {
    return onProgress((progress) => {
      this.progress = progress;
    });
  }

  #notify(kind: Notice["kind"], text: string): void {
    if (this.notices.some((notice) => notice.text === text)) return;
    this.notices = [...this.notices.slice(-2), { id: this.#nextNotice++, kind, text }];
  }
}

function shown(view: PictureView, source: NewPicture | undefined): OpenPicture[] {
  if (source === undefined) return [];
  const { blob, class: folder, drawn } = source;
  return [{ ...view, url: typeof blob === "string" ? blob : URL.createObjectURL(blob), class: folder, drawn }];
}
