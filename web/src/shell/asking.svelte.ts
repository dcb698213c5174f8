/** @file What is asked of the worker about the picture that is looked at: one request at a time, the latest that came meanwhile next. */

import { fewestTrialPhotos, mostTrialPhotos } from "../../../src/model/preprocessing/recipe-trial.js";
import type {
  ExplainRequest,
  ExplanationView,
  LayerMapsView,
  LayerMapView,
  ModelView,
  Progress,
  RecipeView,
} from "../engine/api.js";
import { Peaks } from "../see/peaks.js";
import { isCancelled } from "../shared/errors.js";
import type { OpenPicture } from "../shared/open-picture.js";
import type { Subject } from "./subject.js";

/** Milliseconds that a request may still take when another waits. */
const patience = 150;
/** Milliseconds without a request after which the small maps are made. */
const idleAfter = 120;

/** The worker, as far as it is asked here. */
interface Asked {
  explain(request: ExplainRequest, progress?: (progress: Progress) => void): Promise<ExplanationView>;
  layerMaps(request: ExplainRequest, target: number): Promise<LayerMapsView>;
  tryRecipes(ids: readonly number[]): Promise<RecipeView>;
  cancel(): unknown;
}

/** Who asks. */
export interface Asker {
  readonly engine: Asked;
  readonly model: ModelView | undefined;
  readonly pictures: readonly OpenPicture[];
  readonly subject: Subject | undefined;
  /** Whether recipes may be tried: the page's own models say how pixels become numbers. */
  readonly canPreprocess: boolean;
  /** An answer that is known already, while the worker cannot give it. */
  stored(request: ExplainRequest): ExplanationView | undefined;
  /** When the worker can answer. */
  readonly ready: Promise<void>;
  telling(): (progress: Progress) => void;
  complain(error: unknown): void;
}

export class Asking {
  readonly #asker: Asker;
  explanation = $state.raw<ExplanationView>();
  /** The last explanation of the picture as it is. */
  unedited = $state.raw<ExplanationView>();
  layerMaps = $state.raw<readonly LayerMapView[]>([]);
  /** The method that made them, by its title. */
  layerMapsOf = $state<string>();
  /** What a trial of recipes found for the open model. */
  recipe = $state.raw<RecipeView>();
  busy = $state(false);
  readonly peaks = new Peaks();
  /** The model that recipes were tried for, and on how many pictures. */
  #tried: { readonly model?: number; readonly pictures: number } = { pictures: 0 };
  /** The request that comes after the running one. */
  #next: ExplainRequest | undefined;
  #impatience: ReturnType<typeof setTimeout> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /** Forgets what is known of a model that gives way to another. */
  forget(): void {
    this.explanation = undefined;
    this.unedited = undefined;
    this.layerMaps = [];
    this.recipe = undefined;
  }

  /** Shows an answer that somebody else asked for. */
  show(explanation: ExplanationView | undefined): void {
    clearTimeout(this.#idle);
    this.explanation = explanation;
    this.unedited = explanation;
    this.layerMaps = [];
  }

  /** Explains: one request at a time, then the latest that came meanwhile. Long ones are broken off. */
  async explain(request: ExplainRequest): Promise<void> {
    const stored = this.#asker.stored(request);
    if (stored) this.explanation = stored;
    this.#next = request;
    if (this.busy) {
      clearTimeout(this.#impatience);
      this.#impatience = setTimeout(() => this.#asker.engine.cancel(), patience);
      return;
    }
    this.busy = true;
    await this.#asker.ready;
    while (this.#next) {
      const next = this.#next;
      this.#next = undefined;
      // The impatience was with the one before.
      clearTimeout(this.#impatience);
      await this.#explainOne(next);
    }
    clearTimeout(this.#impatience);
    this.busy = false;
    this.#explainLayersSoon();
    await this.#tryRecipes();
  }

  async #explainOne(request: ExplainRequest): Promise<void> {
    const { model, subject } = this.#asker;
    try {
      const explanation = await this.#asker.engine.explain(request, this.#asker.telling());
      if (model !== this.#asker.model || subject?.key !== this.#asker.subject?.key) return;
      this.explanation = explanation;
      if (request.strokes?.length === 0) this.unedited = explanation;
      if (subject) this.peaks.add(explanation, subject.key);
    } catch (error) {
      if (!isCancelled(error)) this.#asker.complain(error);
    }
  }

  /** After a moment without a request, so that a stroke is not held up. */
  #explainLayersSoon(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.explanation && this.#explainLayers(this.explanation), idleAfter);
  }

  /** Maps of all layers, of the explained class. */
  async #explainLayers({ request, maps, boxes }: ExplanationView): Promise<void> {
    const target = maps[0]?.class;
    if (target === undefined || boxes || request.similarTo !== undefined) return;
    try {
      const { method, maps: all } = await this.#asker.engine.layerMaps(request, target);
      this.layerMaps = all;
      this.layerMapsOf = method;
    } catch (error) {
      if (!isCancelled(error)) this.layerMaps = [];
    }
  }

  /** Once for a model, and again where there were too few pictures. */
  async #tryRecipes(): Promise<void> {
    const { model, pictures, engine, canPreprocess, subject } = this.#asker;
    const count = Math.min(pictures.length, mostTrialPhotos);
    const asked = model?.id === this.#tried.model ? this.#tried.pictures : 0;
    if (!model?.assumesRecipe || !canPreprocess || count <= asked || asked >= fewestTrialPhotos) return;
    if (model.task !== "classification" || typeof subject?.picture !== "number") return;
    const trial = { model: model.id, pictures: count };
    this.#tried = trial;
    const some = Array.from({ length: count }, (_, i) => pictures[Math.floor((i * pictures.length) / count)]?.id ?? 0);
    const ids = [subject.picture, ...some.filter((id) => id !== subject.picture)];
    try {
      const recipe = await engine.tryRecipes(ids.slice(0, mostTrialPhotos));
      if (model === this.#asker.model) this.recipe = recipe;
    } catch (error) {
      // A network that fails or hangs for numbers of another recipe is not tried again; a newer trial goes on.
      if (this.#tried === trial) this.#tried = { model: model.id, pictures: mostTrialPhotos };
      if (!isCancelled(error)) this.#asker.complain(error);
    }
  }
}
