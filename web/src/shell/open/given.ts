/** @file The first model and images of the page: those that `fovea studio` was given, else some of its own. */

import type { WebProvider } from "../../../../src/runtime/web.js";
import type { Given, GivenModel } from "../../../../src/serve/studio/given.js";
import type { ModelFiles } from "../../engine/api.js";
import type { NewPicture } from "../../shared/open-picture.js";
import { pictureUrl, type SampleName, samples } from "../../shared/samples.js";

/** Nothing where the page is served by anything but `fovea studio`. */
export async function fetchGiven(): Promise<Given> {
  const response = await fetch("given.json").catch(() => undefined);
  const isJson = response?.ok && response.headers.get("content-type")?.includes("json");
  return isJson ? ((await response.json()) as Given) : { images: [] };
}

export async function fetched({ name, url }: { readonly name: string; readonly url: string }): Promise<File> {
  return new File([await (await fetch(url)).blob()], name);
}

export async function modelFiles({ name, url, external, beside, given, texts }: GivenModel): Promise<ModelFiles> {
  const outside = Object.entries(external).map(([location, from]) => fetched({ name: location, url: from }));
  return { files: await Promise.all([fetched({ name, url }), ...outside]), beside, given, texts };
}

export function givenPictures(images: Given["images"]) {
  return images.map(({ name, url, class: folder }) => ({
    name,
    class: folder,
    blob: new URL(url, location.href).href,
  }));
}

/** `?provider=wasm` or `?provider=webgpu`; default by the model and machine. */
export function readProvider(search: string): WebProvider | undefined {
  const provider = new URLSearchParams(search).get("provider");
  return provider === "wasm" || provider === "webgpu" ? provider : undefined;
}

/** Seconds that one run may take, longer than any that is worth waiting for on a slow machine. */
const usualTimeLimit = 180;

/** `?time-limit=600`, in seconds. */
export function readTimeLimit(search: string): number {
  const seconds = Number(new URLSearchParams(search).get("time-limit"));
  return seconds > 0 ? seconds : usualTimeLimit;
}

/** The pictures that the page drew for one of its own models. */
export async function samplePictures(sample: SampleName): Promise<NewPicture[]> {
  const { pictures } = samples[sample];
  return Promise.all(
    pictures.names.map(async (name) => ({
      name,
      drawn: true,
      blob: await (await fetch(pictureUrl(pictures, name))).blob(),
    })),
  );
}
