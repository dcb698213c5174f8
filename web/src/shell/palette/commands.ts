/** @file All that the palette of commands finds: places, classes, layers, methods, pictures, and actions. */

import { rankIndices } from "../../shared/rank.js";
import { sampleNames, samples } from "../../shared/samples.js";
import { letters } from "../letters.svelte.js";
import { hubField } from "../open/hub/build.js";
import type { Studio } from "../studio.svelte.js";
import { theme } from "../theme.svelte.js";
import type { View } from "../view.js";

export interface Command {
  /** What kind of thing it is, e.g. `class`. */
  readonly kind: string;
  readonly title: string;
  readonly keys?: string;
  readonly run: () => void;
}

/** Of the classes of a model the likeliest; others are found by their name. */
const mostListed = 12;

/** @param text typed by the user: all words have to be there, in any order */
export function findCommands(studio: Studio, text: string, onkeys: () => void): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ kind, title }: Command) => {
    const whole = `${kind} ${title}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  };
  const all = [
    ...places(studio),
    ...actions(studio, onkeys),
    ...classes(studio, words.length > 0),
    ...layers(studio),
    ...methods(studio),
    ...pictures(studio),
  ];
  return all.filter(fits).slice(0, 60);
}

function places(studio: Studio): Command[] {
  const to = (title: string, change: Partial<View>): Command => ({
    kind: "go to",
    title,
    run: () => studio.look(change),
  });
  return [
    to("See: the picture and its map", { tab: "see" }),
    to("Why: how this map was made", { tab: "why", why: "how" }),
    to("Why: other methods", { tab: "why", why: "methods" }),
    to("Why: can I trust it?", { tab: "why", why: "trust" }),
    to("Why: what it sees, as concepts", { tab: "why", why: "concepts" }),
    to("Train: a network learns", { tab: "train" }),
    to("Audit: many pictures", { tab: "audit", audit: "pictures" }),
    to("Audit: what was repaired", { tab: "audit", audit: "repair" }),
  ];
}

function actions(studio: Studio, onkeys: () => void): Command[] {
  const { view } = studio;
  const press = (label: string) => document.querySelector<HTMLInputElement>(`input[aria-label="${label}"]`)?.click();
  const toggle = (title: string, key: "contours" | "signed" | "against", keys?: string): Command => ({
    kind: "appearance",
    title: `${title}: ${view[key] ? "off" : "on"}`,
    ...(keys ? { keys } : {}),
    run: () => studio.look({ [key]: !view[key] }),
  });
  return [
    { kind: "open", title: "a model or pictures…", run: () => press("Open a model or images") },
    { kind: "open", title: "a folder of pictures…", run: () => press("Open a folder of images") },
    ...(hubField ? [{ kind: "open", title: "a model of the Hugging Face hub…", run: () => openCard(studio) }] : []),
    ...sampleNames.map((name) => ({
      kind: "open",
      title: samples[name].title,
      run: () => void studio.turns.run(() => studio.openSample(name)),
    })),
    { kind: "draw", title: "a picture yourself", run: () => studio.look({ tab: "see", drawing: true }) },
    toggle("Contours", "contours", "c"),
    toggle("Evidence for and against", "signed", "s"),
    toggle("Evidence against it instead", "against"),
    { kind: "page", title: `${theme.name === "dark" ? "Light" : "Dark"} colours`, run: () => theme.turn() },
    {
      kind: "page",
      title: `Single letters are keys: ${letters.on ? "off" : "on"}`,
      run: () => letters.turn(!letters.on),
    },
    { kind: "page", title: "All keys", keys: "?", run: onkeys },
    { kind: "page", title: "Undo", keys: "Ctrl Z", run: () => studio.undo() },
    { kind: "page", title: "Redo", keys: "Ctrl Shift Z", run: () => studio.redo() },
  ];
}

/** The field for it is there. */
function openCard(studio: Studio): void {
  studio.cardOpen = true;
}

function classes(studio: Studio, all: boolean): Command[] {
  const order = rankIndices(studio.explanation?.probabilities ?? new Float32Array());
  const kind = studio.explanation?.boxes ? "box" : "class";
  return (all ? order : order.slice(0, mostListed)).map((target) => ({
    kind,
    title: studio.className(target),
    run: () => studio.look({ target }),
  }));
}

function layers(studio: Studio): Command[] {
  return (studio.model?.layers ?? []).map(({ name }) => ({
    kind: "layer",
    title: name,
    run: () => studio.look({ layer: name === studio.model?.automatic.name ? "auto" : name }),
  }));
}

function methods(studio: Studio): Command[] {
  return (studio.model?.methods ?? []).map(({ name, title }) => ({
    kind: "method",
    title,
    run: () => studio.look({ method: name }),
  }));
}

function pictures(studio: Studio): Command[] {
  return studio.pictures.map(({ name }, picture) => ({
    kind: "picture",
    title: name,
    run: () => studio.look({ picture, drawing: false }),
  }));
}
