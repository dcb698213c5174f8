/** @file The shell of every page: head, navigation, theme switch and the frame of each section. */

import { type EmbeddedFont, fontRules } from "../../image/figure/embedded-font.js";
import { Html, html } from "./html.js";
import { mark } from "./mark.js";
import type { SectionContent } from "./parts.js";
import { script, scriptHash } from "./script.js";
import { style } from "./style.js";

/** A chapter with its sections as they are shown. */
export interface Chapter {
  readonly title: string;
  readonly sections: readonly RenderedSection[];
}

export interface RenderedSection extends SectionContent {
  readonly id: string;
  readonly title: string;
}

/** A section with its content, or none without. */
export function sectionOf(id: string, title: string, content: SectionContent | undefined): RenderedSection[] {
  return content ? [{ id, title, ...content }] : [];
}

/** Nothing may be loaded or sent; pictures are in the page, and the one script is named by its hash. */
const policy = `default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'`;

/** What a page is about. */
export interface PageHead {
  readonly title: string;
  /** When the work was done, printed as given. */
  readonly date: string;
  /** Below the bar: its subject, and the line of stations. */
  readonly head: Html;
  /** What the page carries its text in. Default: the reader's fonts. */
  readonly fonts?: readonly EmbeddedFont[] | undefined;
}

export function renderShell({ title, date, head, fonts = [] }: PageHead, chapters: readonly Chapter[]): string {
  const sections = chapters.flatMap((chapter) => chapter.sections);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Fovea">
<title>${title} – Fovea</title>
<style>${Html.trusted(fontRules(fonts) + style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header id="top"><div class="bar-top"><a class="brand" href="#top">${mark}<span>Fovea</span></a><p>shows where a vision model looks</p>${themeSwitch()}</div>
${head}</header>
<div class="frame">
<nav aria-label="Sections">${chapters.map(navigation)}</nav>
<main id="content" tabindex="-1">${sections.map(section)}</main>
</div>
<footer><p>Made with Fovea, ${date}. This file is complete: it loads nothing and sends nothing.</p></footer>
<script>${Html.trusted(script)}</script>
</body>
</html>
`.text;
}

function navigation({ title, sections }: Chapter): Html {
  return html`<p>${title}</p><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul>`;
}

function section({ id, title, intro, body }: RenderedSection): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${intro && html`<p class="intro">${intro}</p>`}
${body}</section>
`;
}

/** Works by style alone: the page asks which of these is checked. */
function themeSwitch(): Html {
  const choices = ["auto", "light", "dark"].map(
    (name) =>
      html`<label><input type="radio" name="theme" id="theme-${name}" value="${name}"${name === "auto" && html` checked`}><span>${name}</span></label>`,
  );
  return html`<fieldset class="theme"><legend class="hidden">Colours of the page</legend>${choices}</fieldset>`;
}
