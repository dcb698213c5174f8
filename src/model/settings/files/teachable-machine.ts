/** @file metadata.json of Teachable Machine: labels and the side of its square pictures, whose values go from -1 to 1. */

import type { Json } from "../../../formats/json.js";
import { classesIn } from "../../labels/from-value.js";
import { pixelsIn } from "../fields.js";
import type { SettingsReader } from "./reader.js";

/** As `@teachablemachine/image` makes them: the middle square of a picture, x / 127.5 - 1. */
function read({ tmVersion, packageName, labels, imageSize }: Json) {
  if (tmVersion === undefined && !(typeof packageName === "string" && packageName.startsWith("@teachablemachine/")))
    return {};
  const classes = classesIn(labels);
  const side = pixelsIn(imageSize);
  return {
    ...(classes ? { classes } : {}),
    preprocessing: {
      ...(side ? { height: side, width: side } : {}),
      ...({ fit: "crop", cropFraction: 1 } as const),
      ...{ scale: 1 / 127.5, mean: [1], std: [1] },
    },
  };
}

export const teachableMachine: SettingsReader = { file: "metadata.json", read };
