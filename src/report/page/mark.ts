/** @file The mark of Fovea. */

import { html } from "./html.js";

/** The mark: a retina with its spot of sharpest sight. */
export const mark = html`<svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10.5"/><circle cx="12" cy="12" r="6"/><circle class="spot" cx="12" cy="12" r="2.25"/></svg>`;
