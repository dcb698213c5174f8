/** @file Entry `fovea/element`: `<fovea-heatmap>`, an image with an interactive heat map for any page; defined once on import. */

import { FoveaHeatmap } from "../element/heatmap-element.js";

export { FoveaHeatmap, type LoadedHeatmap } from "../element/heatmap-element.js";
export type { MapData } from "../element/map-data.js";

// On a server there is nothing to define it in.
if (globalThis.customElements && !customElements.get("fovea-heatmap"))
  customElements.define("fovea-heatmap", FoveaHeatmap);
