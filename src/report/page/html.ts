/** @file A template tag for HTML that escapes everything it is given, so that a class name can hold any text. */

import { isolated, visible } from "../../foundation/visible.js";

/** Text that is HTML already. Only this module makes it. */
export class Html {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** Declares text to be HTML. For our own constants only, never for data. */
  static trusted(text: string): Html {
    return new Html(text);
  }

  toString(): string {
    return this.text;
  }
}

/** A value that a template takes: HTML as it is, text and numbers escaped, lists joined, and nothing for `undefined`, `null` and `false`. */
export type Fragment = Html | string | number | false | null | undefined | readonly Fragment[];

/** HTML from a template. Attribute values must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...fragments: readonly Fragment[]): Html {
  return Html.trusted(strings.map((text, i) => (i === 0 ? text : render(fragments[i - 1]) + text)).join(""));
}

/** Fragments with `separator` between them. */
export function joinFragments(fragments: readonly Fragment[], separator: string): Fragment {
  return fragments.flatMap((fragment, i) => (i === 0 ? [fragment] : [separator, fragment]));
}

/** Text made safe for content and for attribute values in double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function render(fragment: Fragment): string {
  if (fragment === undefined || fragment === null || fragment === false) return "";
  if (fragment instanceof Html) return fragment.text;
  if (Array.isArray(fragment)) return fragment.map(render).join("");
  return escapeHtml(ordered(String(fragment)));
}

/** The text in lines that hold nothing invisible, and read in no other order than the page around them. */
function ordered(text: string): string {
  return text.split("\n").map(visible).map(isolated).join("\n");
}
