/** @file A notebook in the form of Observable: a cell for the maps, a view of their classes, and a cell that shows the chosen one. */

import "fovea/element";

export default function define(runtime, observer) {
  const main = runtime.module();
  main.variable().define("maps", async () => (await (await fetch("map.json")).json()).maps); // of `fovea explain --raw`
  main.variable(observer("viewof chosen")).define("viewof chosen", ["maps"], (maps) => {
    const select = document.createElement("select");
    select.ariaLabel = "Class";
    select.append(...maps.map(({ label }, i) => new Option(label, i)));
    return select;
  });
  main.variable().define("chosen", ["Generators", "viewof chosen"], (Generators, select) => Generators.input(select));
  main.variable(observer("heatmap")).define("heatmap", ["maps", "chosen"], (maps, chosen) => {
    const heatmap = document.createElement("fovea-heatmap");
    heatmap.setAttribute("src", "photo.jpg");
    heatmap.map = maps[chosen];
    return heatmap;
  });
  return main;
}
