/** @file A Vue component around the element: Vue sets `map` as a property, since the element has one of that name. */

import "fovea/element";
import { h } from "vue";

/** @param {{ src: string, alt: string, map: object }} props */
export function Heatmap({ src, alt, map }, { emit }) {
  return h("fovea-heatmap", { src, alt, map, controls: true, "onFovea-load": ({ detail }) => emit("load", detail) });
}
Heatmap.props = ["src", "alt", "map"];
Heatmap.emits = ["load"];
