/** @file Decodes images in a child process, so that one that crashes the decoder, hangs or eats memory ends that alone. */

import { Child } from "../../child/child.js";
import type { ChildLimits } from "../../child/limits.js";
import { naming } from "../../foundation/error.js";
import {
  checkImageSource,
  type DecodeImageOptions,
  type ImageSource,
  nameOfImage,
} from "../../image/picture/image-file.js";
import type { Picture } from "../../image/picture/picture.js";
import type { Decoder } from "./decoder.js";

/** `decodeImage` in another process, which ends with this one. */
export interface IsolatedDecoder {
  /** @throws FoveaError as `decodeImage` does; `crashed` where the process died of the image, or was ended at a limit */
  decode(source: ImageSource, options?: DecodeImageOptions): Promise<Picture>;
  /** Ends the process; a later image starts another. */
  close(): Promise<void>;
}

/** Makes a decoder in a child process. @throws FoveaError `bad-input` for limits that are no positive numbers */
export function createIsolatedDecoder(limits: ChildLimits = {}): IsolatedDecoder {
  const module = new URL("./decoder.js", import.meta.url);
  const child = new Child<Decoder>({ name: "the image decoder", module, ...limits });
  return {
    async decode(source, options = {}) {
      checkImageSource(source);
      const { name = nameOfImage(source) } = options;
      const file = source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : source;
      return naming(name, () =>
        child.ask("decode", { ...options, name, source: file }, { doing: "decoding the image" }),
      );
    },
    close: () => child.close(),
  };
}
