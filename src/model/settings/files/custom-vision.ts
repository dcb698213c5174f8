/** @file metadata_properties.json of Azure Custom Vision: what it writes into the metadata of ONNX files, for its other exports. */

import { readCustomVision } from "../metadata/custom-vision.js";
import type { SettingsReader } from "./reader.js";

export const customVisionFile: SettingsReader = {
  file: "metadata_properties.json",
  read(json) {
    const texts = new Map(
      Object.entries(json).flatMap(([key, value]) =>
        typeof value === "object" ? [] : [[key.toLowerCase(), String(value)] as const],
      ),
    );
    return readCustomVision((key) => texts.get(key.toLowerCase()));
  },
};
