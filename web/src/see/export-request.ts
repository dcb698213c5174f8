/** @file What a figure of the explanation is asked to show: what the page shows. */

import type { ExplanationView } from "../engine/api.js";
import type { Studio } from "../shell/studio.svelte.js";
import type { ExportRequest } from "./engine/export-api.js";
import { scaleOf } from "./stage/scale.js";

export function exportRequest(studio: Studio, explanation: ExplanationView): ExportRequest {
  const { colormap, top, contours, opacity, minus } = studio.view;
  const scale = explanation === studio.explanation ? { peak: scaleOf(studio).peak } : {};
  const isSigned = studio.view.signed || minus !== undefined;
  return { explanation, colormap, signed: isSigned, shown: { top, contours, opacity, ...scale } };
}
