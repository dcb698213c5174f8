/** @file Anchors of headings, by GitHub's rule, so that one link works on GitHub and on the site. */

/** The anchor of a heading, before a number tells it from an earlier one with the same words. */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}
