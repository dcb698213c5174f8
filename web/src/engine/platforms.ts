/** @file The platforms of the page: one for each provider, loaded when first needed. */

import regular from "@fontsource/inter/files/inter-latin-400-normal.woff2?url";
import semibold from "@fontsource/inter/files/inter-latin-600-normal.woff2?url";
import { peerDependencies, version } from "fovea/package.json";
import { createWebPlatform } from "../../../src/explain/web.js";
import { fetchFonts } from "../../../src/image/web.js";
import type { Platform } from "../../../src/model/platform.js";
import type { WebProvider, WebRuntime } from "../../../src/runtime/web.js";
import type { Progress, RuntimeView, StartOptions } from "./api.js";
import { hasGraphicsCard, loadRuntime, type RuntimeEvents } from "./runtimes.js";

export interface StudioPlatform extends Platform {
  readonly runtime: WebRuntime;
}

type OnProgress = (progress: Progress) => void;

/** Bytes of a model from which on a graphics card is worth its start; small ones are faster on the processor. */
const worthTheCard = 4e6;

export class Platforms {
  readonly #loading = new Map<WebProvider, Promise<StudioPlatform>>();
  readonly #options: StartOptions;
  readonly #events: RuntimeEvents;

  constructor(options: StartOptions, events: RuntimeEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** The platform with which the page begins. */
  first(progress: OnProgress): Promise<StudioPlatform> {
    return this.#load(this.#options.provider ?? "wasm", progress);
  }

  /** The user's choice; else the graphics card for a large model, if there is one. @param bytes of the model */
  async forModel(bytes: number, progress: OnProgress): Promise<StudioPlatform> {
    const { provider } = this.#options;
    if (provider !== undefined) return this.#load(provider, progress);
    if (bytes < worthTheCard || !(await hasGraphicsCard())) return this.#load("wasm", progress);
    // A card may be there and not start.
    return this.#load("webgpu", progress).catch(() => this.#load("wasm", progress));
  }

  #load(provider: WebProvider, progress: OnProgress): Promise<StudioPlatform> {
    const loading = this.#loading.get(provider) ?? this.#create(provider, progress);
    this.#loading.set(provider, loading);
    loading.catch(() => this.#loading.delete(provider));
    return loading;
  }

  async #create(provider: WebProvider, progress: OnProgress): Promise<StudioPlatform> {
    const runtime = await loadRuntime(provider, { base: this.#options.base, progress, ...this.#events });
    const versions = [
      { name: "fovea", version },
      { name: runtime.name, version: peerDependencies["onnxruntime-web"] },
    ];
    const fonts = () => fetchFonts({ 400: regular, 600: semibold });
    return { ...createWebPlatform({ runtime, versions, fonts }), runtime };
  }
}

/** What the page shows of it. */
export function runtimeView({ runtime: { provider, threads } }: StudioPlatform): RuntimeView {
  return { provider, threads };
}
