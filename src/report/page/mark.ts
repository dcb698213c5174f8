/** @file The mark of Fovea on the page. */

import { drawMark, markSize } from "../../image/figure/mark.js";
import { Html, html } from "./html.js";

const shapes = Html.trusted(drawMark({ x: 0, y: 0, size: markSize }));

export const mark = html`<svg class="brand-mark" viewBox="0 0 ${markSize} ${markSize}" aria-hidden="true">${shapes}</svg>`;
