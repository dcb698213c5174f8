/** @file A collection of images with the model's predictions: classified group by group in the background; it can be stopped and resumed. */

import { proxy } from "comlink";
import type { LabelVerdict } from "../../../src/data/label-changes.js";
import type { ClassifiedPicture, MatchedFolders } from "../engine/api.js";
import { isCancelled } from "../shared/errors.js";
import type { OpenPicture } from "../shared/open-picture.js";
import type { Studio } from "../shell/studio.svelte.js";
import type { Entry } from "./entries.js";
import type { Decisions } from "./labels.js";

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
  /** Names of the folders, in the order of their characters. */
  folders = $state.raw<readonly string[]>([]);
  /** Undefined where there are no folders. */
  matched = $state.raw<MatchedFolders>();
  /** Whether these are the page's own digits. */
  drawn = $state(false);
  running = $state(false);
  /** Whether the user stopped it. */
  stopped = $state(false);
  readonly #studio: Studio;
  #about = "";
  #run = 0;
  #digits: Promise<readonly OpenPicture[]> | undefined;

  constructor(studio: Studio) {
    this.#studio = studio;
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
    this.drawn = drawn;
    this.entries = this.entries.filter(({ picture }) => ids.has(picture.id));
    this.broken = this.broken.filter(({ picture }) => ids.has(picture.id));
    this.decisions = new Map([...this.decisions].filter(([id]) => ids.has(id)));
    if (!this.stopped) await this.go();
  }

  #forget(): void {
    for (const { thumbnail } of this.entries) if (thumbnail) URL.revokeObjectURL(thumbnail);
    this.entries = [];
    this.broken = [];
    this.decisions = new Map();
    this.stopped = false;
  }

  /** Classifies the pictures that are not classified yet. */
  async go(): Promise<void> {
    this.stopped = false;
    const done = new Set([...this.entries, ...this.broken].map(({ picture }) => picture.id));
    const left = this.pictures.filter(({ id }) => !done.has(id));
    const run = ++this.#run;
    this.running = left.length > 0;
    if (left.length === 0) return;
    const requests = left.map((picture) => ({
      picture: picture.id,
      pixels: picture.width * picture.height,
      truth: this.truthOf(picture),
    }));
    const byId = new Map(left.map((picture) => [picture.id, picture]));
    const tell = (some: ClassifiedPicture[]) => {
      if (run === this.#run) this.#add(some, byId);
    };
    await this.#attempt(() => this.#studio.engine.classify(requests, proxy(tell)));
    if (run === this.#run) this.running = false;
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

  /** @param verdict undefined takes the decision back */
  decide({ id }: OpenPicture, verdict: LabelVerdict | undefined): void {
    const others = [...this.decisions].filter(([picture]) => picture !== id);
    this.decisions = new Map(verdict === undefined ? others : [...others, [id, verdict]]);
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
