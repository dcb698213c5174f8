/** @file The component in use: one photo, and a map for each class. */

import { createApp, h, ref } from "vue";
import { Heatmap } from "./Heatmap.js";

const { maps } = await (await fetch("map.json")).json(); // of `fovea explain --raw`

createApp({
  setup() {
    const [chosen, peak] = [ref(0), ref(0)];
    const choose = ({ target }) => {
      chosen.value = target.selectedIndex;
    };
    return () =>
      h("main", [
        h(
          "select",
          { onChange: choose, "aria-label": "Class" },
          maps.map(({ label }) => h("option", label)),
        ),
        h("p", `The strongest evidence is ${peak.value.toPrecision(3)}.`),
        h(Heatmap, {
          src: "photo.jpg",
          alt: "The photo",
          map: maps[chosen.value],
          onLoad: (loaded) => {
            peak.value = loaded.peak;
          },
        }),
      ]);
  },
}).mount("#root");
