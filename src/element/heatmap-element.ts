/** @file `<fovea-heatmap>`: an image, the heat map over it, and the values of the map. */

import { fetchFile, shortUrl } from "../files/fetch-file.js";
import { FoveaError, messageOf } from "../foundation/error.js";
import { colormap, defaultColormap, defaultDivergingColormap } from "../image/map/colormap.js";
import { type FloatMap, mapPeak } from "../image/map/heatmap.js";
import { followCursor } from "./cursor.js";
import { limitWidth, paintOver, showError, showMap, showMessage, showNothing, showReading } from "./face.js";
import { checkBox, type HeatMap, heatMapOf, type MapData, readHeatMap, type ShownMap } from "./map-data.js";
import { displayMap } from "./paint.js";
import { readingAt, strongestPlace } from "./reading.js";
import { type Shadow, shadowOf } from "./shadow.js";
import { type SharedModel, shareModel } from "./shared-models.js";

/** The `detail` of the event `fovea-load`. */
export interface LoadedHeatmap {
  /** The raw map, float32, rows from top to bottom. */
  readonly map: { readonly width: number; readonly height: number; readonly values: Float32Array };
  /** Where the colours end. */
  readonly peak: number;
  readonly label: string | undefined;
}

/** A map as it is painted now. */
interface Painting {
  readonly shown: ShownMap;
  readonly display: FloatMap;
  readonly colours: string;
  /** All that decides over its pixels. */
  readonly how: string;
}

/** Attributes whose change fetches or computes the map anew. */
const sources = ["src", "map", "model", "class", "at", "box", "runtime-files"];
/** Attributes whose change draws the map anew. */
const looks = ["alt", "colormap", "controls", "label", "map-hidden", "opacity", "peak", "signed", "threshold"];

// On a server the class is there, and of no use.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * The class of `<fovea-heatmap>`. Its attributes and events are described in docs/element.md.
 * @fires fovea-load with a `LoadedHeatmap`, when image and map are shown
 * @fires fovea-error with the error, whose sentence is shown instead
 */
export class FoveaHeatmap extends Base {
  static readonly observedAttributes = [...sources, ...looks];

  readonly #parts: Shadow = shadowOf(this);
  readonly #resized = new ResizeObserver(() => this.#painting && this.#paint(this.#painting));
  #data: MapData | null = null;
  #heat: HeatMap | undefined;
  #painting: Painting | undefined;
  #loading: AbortController | undefined;
  #model: SharedModel | undefined;
  #scheduled = false;

  constructor() {
    super();
    const { stage, image, toggle, opacity, colours } = this.#parts;
    const onToggle = () => void this.toggleAttribute("map-hidden");
    followCursor({
      stage,
      image,
      ready: () => this.#painting !== undefined,
      strongest: () => this.#painting && strongestPlace(this.#painting.shown, image),
      onMove: (place, by) => {
        if (!this.#painting) return;
        const { shown } = this.#painting;
        showReading(this.#parts, shown, place && readingAt(shown, image, place.x, place.y), by);
      },
      onToggle,
    });
    toggle.addEventListener("click", onToggle);
    opacity.addEventListener("input", () => this.setAttribute("opacity", opacity.value));
    colours.addEventListener("change", () => this.setAttribute("colormap", colours.value));
  }

  /** The map as data, instead of the attributes `map` and `model`; null where those are used. What is assigned is shown. */
  get map(): MapData | null {
    return this.#data;
  }

  set map(data: MapData | null) {
    this.#data = data ?? null;
    this.#schedule();
  }

  connectedCallback(): void {
    this.#takeEarlyMap();
    this.#resized.observe(this.#parts.image);
    this.#schedule();
  }

  disconnectedCallback(): void {
    this.#resized.disconnect();
    this.#loading?.abort();
    this.#model?.release();
    this.#model = this.#heat = this.#painting = undefined;
    showNothing(this.#parts);
    Object.assign(this.#parts.map, { width: 0, height: 0 });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.isConnected) return;
    if (sources.includes(name)) this.#schedule();
    else this.#draw();
  }

  /** A map that was assigned before the element was defined is a property of its own, which hides ours. */
  #takeEarlyMap(): void {
    if (!Object.hasOwn(this, "map")) return;
    const early = this.map;
    Reflect.deleteProperty(this, "map");
    this.map = early;
  }

  /** Several changes in a row are one. */
  #schedule(): void {
    if (this.#scheduled || !this.isConnected) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.isConnected) void this.#load();
    });
  }

  async #load(): Promise<void> {
    this.#loading?.abort();
    const loading = new AbortController();
    const { signal } = loading;
    this.#loading = loading;
    this.#heat = this.#painting = undefined;
    showNothing(this.#parts);
    this.#shareModel();
    try {
      const [heat] = await Promise.all([this.#fetchHeat(signal), this.#showImage()]);
      if (signal.aborted || heat === undefined) return;
      this.#heat = heat;
      const painting = this.#draw();
      if (painting === undefined) return;
      const { map, peak, label } = painting;
      const detail: LoadedHeatmap = { map, peak, label };
      this.dispatchEvent(new CustomEvent("fovea-load", { detail, bubbles: true, composed: true }));
    } catch (error) {
      if (signal.aborted) return;
      loading.abort();
      this.#fail(error);
    }
  }

  /** Takes the model that is named now before it gives the former one back: it may be the same. */
  #shareModel(): void {
    const former = this.#model;
    const url = this.#data === null && !this.hasAttribute("map") ? this.getAttribute("model") : null;
    this.#model = url !== null && this.hasAttribute("src") ? shareModel(url, this.#runtimeFiles()) : undefined;
    former?.release();
  }

  #runtimeFiles(): string | undefined {
    const files = this.getAttribute("runtime-files");
    return files === null ? undefined : new URL(files.replace(/\/?$/, "/"), document.baseURI).href;
  }

  async #showImage(): Promise<void> {
    const { image, stage } = this.#parts;
    const src = this.getAttribute("src");
    stage.hidden = src === null;
    this.#name();
    if (src === null) return;
    if (image.getAttribute("src") !== src) image.src = src;
    try {
      await image.decode();
      limitWidth(this.#parts);
    } catch (cause) {
      // Another source may have taken the place of this one meanwhile.
      if (this.getAttribute("src") === src) stage.hidden = true;
      const expected = "expected an image that this browser can show, got something else or nothing";
      throw new FoveaError("bad-file", `${shortUrl(src)}: ${expected}`, { cause });
    }
  }

  /** @returns nothing while no image or no map is named */
  async #fetchHeat(signal: AbortSignal): Promise<HeatMap | undefined> {
    const [src, url] = [this.getAttribute("src"), this.getAttribute("map")];
    if (src === null) return undefined;
    if (this.#data !== null) return this.#withBox(heatMapOf(this.#data, "map"));
    if (url === null) return this.#model && this.#compute(src, this.#model, signal);
    showMessage(this.#parts, "Loading the map ...");
    const bytes = new Uint8Array(await (await fetchFile(url, signal)).arrayBuffer());
    return this.#withBox(await readHeatMap(bytes, shortUrl(url), this.#at()));
  }

  async #compute(src: string, model: SharedModel, signal: AbortSignal): Promise<HeatMap | undefined> {
    const [label, [rank = 0]] = [this.getAttribute("class"), this.#at()];
    showMessage(this.#parts, "Loading the model ...");
    const { readPhoto } = await import("./read-photo.js");
    const picture = await readPhoto(await fetchFile(src, signal), shortUrl(src));
    const compiled = await model.compiled;
    if (signal.aborted) return undefined;
    showMessage(this.#parts, "Computing the map ...");
    return compiled.explain(picture, label, rank);
  }

  #withBox(heat: HeatMap): HeatMap {
    const box = this.getAttribute("box");
    if (box === null) return heat;
    const [x, y, width, height] = numbersOf(box);
    return { ...heat, box: checkBox({ x, y, width, height }, "box") };
  }

  #at(): readonly number[] {
    const at = this.getAttribute("at") ?? "";
    const indices = numbersOf(at);
    if (indices.every((index) => Number.isInteger(index) && index >= 0)) return indices;
    throw new FoveaError("bad-input", `at: expected whole numbers, e.g. 0,2, got ${at}`);
  }

  /** @returns the map that is shown now; undefined where there is none, or an attribute makes no sense */
  #draw(): ShownMap | undefined {
    if (this.#heat === undefined) return undefined;
    try {
      const shownMap = this.#withAttributes(this.#heat);
      const threshold = this.#number("threshold", 0, 1) ?? 0;
      const colours = this.#colours(shownMap.signed);
      const how = JSON.stringify([shownMap.peak, shownMap.signed, threshold, colours]);
      const same = this.#painting?.shown.map === shownMap.map && this.#painting.how === how;
      const display = same && this.#painting ? this.#painting.display : displayMap(shownMap, threshold);
      this.#painting = { shown: shownMap, display, colours, how };
      if (!same) {
        this.#paint(this.#painting);
        showReading(this.#parts, shownMap, undefined, "pointer");
      }
      showMap(this.#parts, shownMap, {
        colours,
        opacity: this.#number("opacity", 0, 1) ?? 0.7,
        hidden: this.hasAttribute("map-hidden"),
        controls: this.hasAttribute("controls"),
      });
      this.#name();
      return shownMap;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #paint({ shown, display, colours }: Painting): void {
    paintOver(this.#parts, display, shown.box, colours);
  }

  #name(): void {
    this.#parts.stage.setAttribute("aria-label", this.getAttribute("alt") ?? "Image with a heat map");
  }

  #fail(error: unknown): void {
    this.#painting = undefined;
    showError(this.#parts, messageOf(error));
    this.dispatchEvent(new CustomEvent("fovea-error", { detail: { error }, bubbles: true, composed: true }));
  }

  /** The map, with its sign, peak and label as the attributes set them. */
  #withAttributes(heat: HeatMap): ShownMap {
    const signed = this.hasAttribute("signed") || heat.signed === true;
    const peak = this.#number("peak", 0, Number.MAX_VALUE) ?? heat.peak ?? mapPeak(heat.map, { signed });
    return { ...heat, signed, peak, label: this.getAttribute("label") ?? heat.label };
  }

  #number(name: string, least: number, most: number): number | undefined {
    const text = this.getAttribute(name);
    if (text === null) return undefined;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (value >= least && value <= most) return value;
    const range = most === Number.MAX_VALUE ? `a number of at least ${least}` : `${least} to ${most}`;
    throw new FoveaError("bad-input", `${name}: expected ${range}, got "${text}"`);
  }

  #colours(signed: boolean): string {
    const name = this.getAttribute("colormap") ?? (signed ? defaultDivergingColormap : defaultColormap);
    const { kind } = colormap(name);
    if ((kind === "diverging") === signed) return name;
    const expected = signed ? "a diverging one for a signed map, e.g. rdbu_r" : "a sequential one, e.g. inferno";
    throw new FoveaError("bad-input", `colormap: expected ${expected}, got ${name}`);
  }
}

/** The numbers of a list, between commas or spaces. */
function numbersOf(list: string): number[] {
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
}
