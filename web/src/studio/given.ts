/** @file What the page begins with: what `fovea studio` was given, else drawn digits. */

import { drawDigits } from "fovea/data/web";
import type { Sidecar } from "fovea/explain";
import { encodePicture } from "fovea/image/web";
import type { WebProvider } from "fovea/runtime/web";
import type { ModelFiles } from "../engine/api.js";

/** As the server of `fovea studio` says it. */
export interface Given {
  readonly model?: GivenModel | undefined;
  readonly images: readonly { readonly name: string; readonly url: string; readonly class?: string | undefined }[];
}

export interface GivenModel {
  readonly name: string;
  readonly url: string;
  /** URLs of weights that lie outside, by the location that the model names. */
  readonly external: Readonly<Record<string, string>>;
  readonly beside?: Sidecar | undefined;
  readonly given?: Sidecar | undefined;
}

/** Nothing where the page is served by anything but `fovea studio`. */
export async function fetchGiven(): Promise<Given> {
  const response = await fetch("given.json").catch(() => undefined);
  const isJson = response?.ok && response.headers.get("content-type")?.includes("json");
  return isJson ? ((await response.json()) as Given) : { images: [] };
}

export async function modelFiles({ name, url, external, beside, given }: GivenModel): Promise<ModelFiles> {
  const fetched = async (from: string, as: string) => new File([await (await fetch(from)).blob()], as);
  const outside = Object.entries(external).map(([location, from]) => fetched(from, location));
  return { files: await Promise.all([fetched(url, name), ...outside]), beside, given };
}

export function givenPictures(images: Given["images"]) {
  return images.map(({ name, url, class: folder }) => ({
    name,
    class: folder,
    blob: new URL(url, location.href).href,
  }));
}

/** `?provider=wasm` or `?provider=webgpu`; default what suits. */
export function providerFrom(search: string): WebProvider | undefined {
  const wanted = new URLSearchParams(search).get("provider");
  return wanted === "wasm" || wanted === "webgpu" ? wanted : undefined;
}

/** One of each digit, drawn by a seeded hand. */
export async function drawnDigits() {
  const { pixels, labels } = drawDigits({ seed: 7, train: 0, test: 10 }).test;
  const order = [...labels.keys()].sort((a, b) => (labels[a] as number) - (labels[b] as number));
  return Promise.all(
    order.map(async (i) => ({
      name: `a drawn ${labels[i]}`,
      class: undefined,
      drawn: true,
      blob: await encodePicture(
        { width: 28, height: 28, channels: 1, pixels: pixels.slice(i * 784, (i + 1) * 784) },
        "png",
      ),
    })),
  );
}
