/** @file The element's shadow tree, with its parts by name. */

import { colormap, colormapNames } from "../image/map/colormap.js";
import { style } from "./style.js";

export type Shadow = ReturnType<typeof shadowOf>;

/** Builds the tree in the host's shadow root. */
export function shadowOf(host: HTMLElement) {
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];

  const image = make("img", { alt: "", draggable: false, decoding: "async" }, { part: "image" });
  const map = make("canvas", { className: "map" }, { part: "map" });
  const cursor = make("div", { className: "cursor", hidden: true });
  const spoken = make("span", { className: "spoken", id: "spoken" }, { "aria-live": "polite" });
  const stage = make(
    "div",
    { className: "stage", tabIndex: 0, hidden: true },
    { part: "stage", role: "application", "aria-roledescription": "heat map", "aria-describedby": "keys" },
    [image, map, cursor],
  );
  const keys = make("span", { className: "spoken", id: "keys" }, {}, [
    "Arrow keys read values, with Shift pixel by pixel; Home goes to the strongest place; Space shows or hides the map.",
  ]);

  const words = captionParts();
  const bubble = make("div", { className: "bubble", hidden: true }, { part: "reading", "aria-hidden": "true" });
  const hint = make("p", { className: "hint", hidden: true }, { part: "hint" });
  const error = make("p", { className: "error", hidden: true }, { part: "error", role: "alert" });

  const toggle = make("button", { type: "button" }, { "aria-pressed": "true" }, ["Map"]);
  const opacity = make("input", { type: "range", min: "0", max: "1", step: "0.05" });
  const colours = make("select");
  const controls = make("div", { className: "controls", hidden: true }, { part: "controls" }, [
    toggle,
    make("label", {}, {}, ["Opacity", opacity]),
    make("label", {}, {}, ["Colours", colours]),
  ]);

  const frame = make("div", { className: "frame" }, {}, [stage, bubble]);
  const figure = make("figure", {}, {}, [frame, keys, spoken, words.caption, hint, controls, error]);
  root.append(figure);
  return {
    figure,
    stage,
    image,
    map,
    cursor,
    spoken,
    ...words,
    bubble,
    hint,
    error,
    toggle,
    opacity,
    colours,
    controls,
  };
}

/** The label and the scale under the image. */
function captionParts() {
  const name = make("span", { className: "name" }, { part: "label" });
  const [least, most] = [make("span"), make("span")];
  const ramp = make("canvas", { width: 256, height: 1 }, { "aria-hidden": "true" });
  const mark = make("span", { className: "mark", hidden: true });
  const scale = make("div", { className: "scale" }, { part: "scale" }, [
    least,
    make("span", { className: "ramp" }, {}, [ramp, mark]),
    most,
  ]);
  const caption = make("figcaption", { hidden: true }, {}, [name, scale]);
  return { caption, name, scale, least, most, ramp, mark };
}

/** Offers the colour maps of one kind. */
export function offerColours(select: HTMLSelectElement, kind: "sequential" | "diverging", choice: string): void {
  const names = colormapNames.filter((name) => colormap(name).kind === kind);
  if (select.dataset.kind !== kind) select.replaceChildren(...names.map((name) => make("option", {}, {}, [name])));
  select.dataset.kind = kind;
  select.value = choice;
}

/** An HTML element with properties, attributes and children; text stays text. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  attributes: Readonly<Record<string, string>> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
