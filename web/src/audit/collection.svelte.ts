/** @file A collection of images with the model's predictions: classified group by group in the background; it can be stopped and resumed. */

import { proxy } from "comlink";
import type { AskedPicture, ClassifiedPicture, DoubtedLabels, MatchedFolders, ReportRequest } from "../engine/api.js";
import { isCancelled } from "../shared/errors.js";
import type { OpenPicture } from "../shared/open-picture.js";
import type { Studio } from "../shell/studio.svelte.js";
import type { Entry } from "./entries.js";
import type { Decision, Decisions } from "./labels.js";
import { EvidenceMaps } from "./maps.svelte.js";
import { SavedReport } from "./report.svelte.js";

/** Digits that are drawn where nothing else is there. */
const drawnCount = 500;

/** A picture that could not be classified. */
export interface BrokenPicture {
  readonly picture: OpenPicture;
  readonly reason: string;
}

export class Collection {
  pictures = $state.raw<readonly OpenPicture[]>([]);
  entries = $state.raw<readonly Entry[]>([]);
  broken = $state.raw<readonly BrokenPicture[]>([]);
  /** What the user says of labels: of this collection, and gone with it. */
  decisions = $state.raw<Decisions>(new Map());
  /** Labels in doubt; undefined until all images are classified. */
  doubts = $state.raw<DoubtedLabels>();
  /** Names of the folders, in the order of their characters. */
  folders = $state.raw<readonly string[]>([]);
  /** Undefined where there are no folders. */
  matched = $state.raw<MatchedFolders>();
  /** Whether these are the page's own digits. */
  drawn = $state(false);
  running = $state(false);
  /** Whether the user stopped it. */
  stopped = $state(false);
  /** Whether it is known what there is to see. */
  settled = $state(false);
  readonly maps: EvidenceMaps;
  readonly report: SavedReport;
  readonly #studio: Studio;
  #about = "";
  #run = 0;
  #digits: Promise<readonly OpenPicture[]> | undefined;

  constructor(studio: Studio) {
    this.#studio = studio;
    this.maps = new EvidenceMaps(studio);
    this.report = new SavedReport(studio);
  }

  // Getters, because derived state ends with the tab in which the collection was first used.
  get done(): number {
    return this.entries.length + this.broken.length;
  }

  /** The model's classes by their names. */
  get classes(): readonly string[] | undefined {
    return this.matched && "classes" in this.matched ? this.matched.classes : undefined;
  }

  /** Takes the page's open pictures; without any, for a model of drawings, drawn digits. */
  async take(pictures: readonly OpenPicture[]): Promise<void> {
    const { model } = this.#studio;
    if (model === undefined) return;
    const opened = pictures.filter(({ drawn }) => !drawn);
    const drawn = opened.length === 0 && model.drawn;
    const about = await this.#attempt(async () => (drawn ? await this.#drawDigits() : opened));
    if (about === undefined) this.settled = true;
    if (about === undefined || this.#studio.model !== model) return;
    await this.#adopt(about, drawn, model.id);
  }

  async #adopt(pictures: readonly OpenPicture[], drawn: boolean, model: number): Promise<void> {
    const folders = [...new Set(pictures.flatMap(({ class: folder }) => folder ?? []))].sort();
    const about = JSON.stringify([model, drawn, folders]);
    if (about !== this.#about) {
      this.#about = about;
      this.#forget();
      this.matched = undefined;
      this.folders = folders;
      if (folders.length > 0)
        this.matched = await this.#attempt<MatchedFolders>(async () => this.#studio.engine.matchFolders(folders));
      if (about !== this.#about) return;
    }
    const ids = new Set(pictures.map(({ id }) => id));
    this.pictures = pictures;
    this.settled = true;
    this.drawn = drawn;
    this.entries = this.entries.filter(({ picture }) => ids.has(picture.id));
    this.broken = this.broken.filter(({ picture }) => ids.has(picture.id));
    this.decisions = new Map([...this.decisions].filter(([id]) => ids.has(id)));
    this.doubts = undefined;
    if (!this.stopped) await this.go();
  }

  #forget(): void {
    for (const { thumbnail } of this.entries) if (thumbnail) URL.revokeObjectURL(thumbnail);
    this.entries = [];
    this.broken = [];
    this.decisions = new Map();
    this.doubts = undefined;
    this.maps.stop();
    this.maps.drawn.clear();
    this.stopped = false;
  }

  /** Classifies the pictures that are not classified yet. */
  async go(): Promise<void> {
    this.stopped = false;
    const done = new Set([...this.entries, ...this.broken].map(({ picture }) => picture.id));
    const left = this.pictures.filter(({ id }) => !done.has(id));
    const run = ++this.#run;
    this.running = left.length > 0;
    if (left.length === 0) return this.#doubt(run);
    const requests = left.map((picture) => this.#asked(picture));
    const byId = new Map(left.map((picture) => [picture.id, picture]));
    const tell = (some: ClassifiedPicture[]) => {
      if (run === this.#run) this.#add(some, byId);
    };
    await this.#attempt(() => this.#studio.engine.classify(requests, proxy(tell)));
    if (run !== this.#run) return;
    this.running = false;
    await this.#doubt(run);
  }

  #asked(picture: OpenPicture): AskedPicture {
    return { picture: picture.id, pixels: picture.width * picture.height, truth: this.truthOf(picture) };
  }

  /** Asks once all are classified: the rule compares every label with those of all others. */
  async #doubt(run: number): Promise<void> {
    if (this.done < this.pictures.length || this.drawn || this.#indices === undefined) return;
    const requests = this.entries.map(({ picture }) => this.#asked(picture));
    const doubts = await this.#attempt(async () => this.#studio.engine.doubtLabels(requests));
    if (run === this.#run) this.doubts = doubts;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.#studio.engine.stopClassifying();
  }

  /** The folders' classes, as indices of the model's. */
  get #indices() {
    return this.matched && "indices" in this.matched ? this.matched.indices : undefined;
  }

  /** The class of a picture's folder, as an index of the model's. */
  truthOf({ class: folder }: OpenPicture): number | undefined {
    return folder === undefined ? undefined : this.#indices?.[this.folders.indexOf(folder)];
  }

  /** A class by its folder's name, or else by the model's. */
  folderOf(index: number): string {
    return this.folders[this.#indices?.indexOf(index) ?? -1] ?? this.nameOf(index);
  }

  /** @param decision undefined takes it back */
  decide({ id }: OpenPicture, decision: Decision | undefined): void {
    const others = [...this.decisions].filter(([picture]) => picture !== id);
    this.decisions = new Map(decision === undefined ? others : [...others, [id, decision]]);
  }

  /** The folder that all names begin with. */
  get folder(): string {
    const [first] = this.pictures[0]?.name.split("/") ?? [];
    const isCommon = first !== undefined && this.pictures.every(({ name }) => name.startsWith(`${first}/`));
    return isCommon && !this.drawn ? first : "";
  }

  /** Whether a report can be made: of images of at least two classes of the model. */
  get reportable(): boolean {
    return this.matched?.reason === undefined && this.folders.length > 1 && this.entries.length > 0;
  }

  async saveReport(): Promise<void> {
    const { method, layer } = this.#studio.view;
    const atImage = this.#studio.model?.methods.find(({ name }) => name === method)?.at === "image";
    const items: ReportRequest["items"] = this.pictures.flatMap(({ id, name, width, height, class: label }) =>
      label === undefined ? [] : [{ picture: id, name, width, height, label: this.folders.indexOf(label) }],
    );
    const data = this.drawn ? "digits" : this.folder || "images";
    const { drawn, folders } = this;
    await this.report.save({ data, folders, items, drawn, method, layer: atImage ? "auto" : layer });
  }

  nameOf(index: number): string {
    return this.classes?.[index] ?? this.#studio.className(index);
  }

  #add(some: readonly ClassifiedPicture[], byId: ReadonlyMap<number, OpenPicture>): void {
    const entries: Entry[] = [];
    const broken: BrokenPicture[] = [];
    for (const each of some) {
      const picture = byId.get(each.picture);
      if (picture === undefined) continue;
      if (each.reason !== undefined) {
        broken.push({ picture, reason: each.reason });
        continue;
      }
      const { predicted, confidence, ofTruth } = each;
      const thumbnail = each.thumbnail && URL.createObjectURL(each.thumbnail);
      entries.push({ picture, predicted, confidence, ofTruth, thumbnail, truth: this.truthOf(picture) });
    }
    this.entries = [...this.entries, ...entries];
    if (broken.length > 0) this.broken = [...this.broken, ...broken];
  }

  #drawDigits(): Promise<readonly OpenPicture[]> {
    this.#digits ??= this.#openDigits();
    this.#digits.catch(() => {
      this.#digits = undefined;
    });
    return this.#digits;
  }

  async #openDigits(): Promise<OpenPicture[]> {
    const { engine } = this.#studio;
    const digits = await engine.drawDigitPictures(drawnCount);
    const opened = await engine.openPictures(
      digits.map(({ blob, name }) => ({ source: blob, name })),
      true,
    );
    return opened.flatMap(({ view }, i) => {
      const digit = digits[i];
      if (view === undefined || digit === undefined) return [];
      return [{ ...view, url: URL.createObjectURL(digit.blob), class: digit.class, drawn: true }];
    });
  }

  async #attempt<Result>(action: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await action();
    } catch (error) {
      if (!isCancelled(error)) this.#studio.complain(error);
      return undefined;
    }
  }
}

/** One for each page: results are kept while another tab is open. */
const collections = new WeakMap<Studio, Collection>();

export function collectionOf(studio: Studio): Collection {
  const collection = collections.get(studio) ?? new Collection(studio);
  collections.set(studio, collection);
  return collection;
}
