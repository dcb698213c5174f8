/** @file The platform of Node. */

import { createRequire } from "node:module";
import { readInput } from "../../files/input/read-input.js";
import { embeddedFonts } from "../../image/fonts/node.js";
import { decodeImage, encodeDataUrl, encodePicture, nodePlatform } from "../../image/node.js";
import { createNodeRuntime, type NodeRuntimeOptions, sharedRuntime } from "../../runtime/node.js";
import type { Runtime } from "../../runtime/session.js";
import type { Platform, Program } from "../platform.js";

export interface NodePlatformOptions extends Pick<NodeRuntimeOptions, "device" | "onDevice"> {
  /** In the place of `device`. Default: one runtime of the device with all of the machine's cores, shared by all who name none. */
  readonly runtime?: Runtime | undefined;
  /** Programs beside Fovea and the runtime that reports are to name. Default none. */
  readonly versions?: readonly Program[] | undefined;
}

/**
 * The platform of Node: images are read and written by sharp, which is loaded at the first of them.
 * @throws FoveaError `unknown-name` for a device that there is not
 */
export function createNodePlatform({
  device,
  onDevice,
  runtime = device === undefined ? sharedRuntime() : createNodeRuntime({ device, onDevice }),
  versions = [],
}: NodePlatformOptions = {}): Platform {
  return {
    runtime,
    get versions() {
      const manifest: Program = createRequire(import.meta.url)("../../../package.json");
      const [name = "", ...version] = runtime.name.split(" ");
      return [{ name: "fovea", version: manifest.version }, { name, version: version.join(" ") }, ...versions];
    },
    decode: decodeImage,
    encode: encodePicture,
    encodeDataUrl,
    figures: nodePlatform,
    fonts: embeddedFonts,
    readFile: (path) => readInput(path, "model", path),
  };
}
