/** @file Small maps of the collection's images: one after the other, what somebody looks at first. */

import { SvelteMap } from "svelte/reactivity";
import type { EvidenceView } from "../engine/api.js";
import type { Studio } from "../shell/studio.svelte.js";
import type { Entry } from "./entries.js";
import { isAtBorder } from "./facets.js";

export class EvidenceMaps {
  /** By the pictures' ids; undefined where there is none. */
  readonly drawn = new SvelteMap<number, EvidenceView | undefined>();
  /** How many are still to come. */
  left = $state(0);
  readonly #studio: Studio;
  #queue: Entry[] = [];
  #running = false;
  /** Of what the maps are. */
  #about = "";

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** Whether the model has maps of classes. */
  get possible(): boolean {
    return this.#studio.model?.task === "classification";
  }

  /** Whether a map is one run of the network: only these are computed without being asked for. */
  get cheap(): boolean {
    return this.#method?.cost === "one";
  }

  get #method() {
    return this.#studio.model?.methods.find(({ name }) => name === this.#studio.view.method);
  }

  /** Images with much of their evidence at the border. */
  get border(): ReadonlySet<number> {
    return new Set([...this.drawn].flatMap(([id, view]) => (isAtBorder(view?.border) ? [id] : [])));
  }

  /** Forgets maps of another model, method or layer. */
  follow(): void {
    const { view, model } = this.#studio;
    const about = JSON.stringify([model?.id, view.method, view.layer]);
    if (about === this.#about) return;
    this.#about = about;
    this.stop();
    this.drawn.clear();
  }

  /** One that is looked at. */
  ask(entry: Entry): void {
    if (!this.possible) return;
    this.#queue = [entry, ...this.#queue.filter(({ picture }) => picture.id !== entry.picture.id)];
    this.#go();
  }

  /** Many, in their order, after all others. */
  askAll(entries: readonly Entry[]): void {
    if (!this.possible) return;
    const asked = new Set(this.#queue.map(({ picture }) => picture.id));
    this.#queue.push(...entries.filter(({ picture: { id } }) => !asked.has(id) && !this.drawn.has(id)));
    this.#go();
  }

  stop(): void {
    this.#queue = [];
    this.left = 0;
  }

  async #go(): Promise<void> {
    this.left = this.#queue.length;
    if (this.#running) return;
    this.#running = true;
    for (let entry = this.#queue.shift(); entry; entry = this.#queue.shift()) {
      if (!this.drawn.has(entry.picture.id)) await this.#draw(entry);
      this.left = this.#queue.length;
    }
    this.#running = false;
  }

  async #draw({ picture: { id }, predicted }: Entry): Promise<void> {
    const { engine, view } = this.#studio;
    const about = this.#about;
    const layer = this.#method?.at === "image" ? "auto" : view.layer;
    // An image that cannot be explained has no map; opened, it says why.
    const map = await engine
      .evidence({ picture: id, method: view.method, layer, classes: [predicted] })
      .catch(() => undefined);
    if (about === this.#about) this.drawn.set(id, map);
  }
}
