/** @file The library at work in the page: opens the model of shapes, and explains a picture for each of its classes. */

import type { FloatMap, LoadedModel } from "../../../dist/doors/web.js";

export interface LiveClass {
  readonly label: string;
  readonly probability: number;
  readonly map: FloatMap;
}

export interface LiveAnswer {
  /** The likeliest first. */
  readonly classes: readonly LiveClass[];
  readonly milliseconds: number;
}

export const liveClasses = ["triangle", "square", "cross", "ring"] as const;

/** Some methods that need one run. */
export const liveMethods = ["grad-cam", "hires-cam", "layer-cam", "grad-cam++", "xgrad-cam", "eigen-cam"] as const;

export type Explain = (picture: string, method: string) => Promise<LiveAnswer>;

/** @param files the folder of onnxruntime's own files. One thread is enough, so no headers are asked of the host. */
export async function openLive(address: string, files: string): Promise<Explain> {
  const { createWebRuntime, loadModel } = await import("../../../dist/doors/web.js");
  const runtime = await createWebRuntime({ provider: "wasm", files, threads: 1 });
  const model = await loadModel(address, { runtime });
  const explainers = new Map<string, ReturnType<LoadedModel["explainer"]>>();
  return async (picture, method) => {
    const opening = explainers.get(method) ?? model.explainer({ method });
    explainers.set(method, opening);
    const [explainer, { input }] = await Promise.all([opening, model.readImage(picture)]);
    const start = performance.now();
    const image = (await explainer.explain(input, { classes: [...liveClasses] })).at(0);
    const milliseconds = performance.now() - start;
    const classes = image.classes.map(({ label, probability }, k) => ({ label, probability, map: image.map(k) }));
    return { classes: classes.sort((a, b) => b.probability - a.probability), milliseconds };
  };
}
