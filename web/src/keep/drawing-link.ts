/** @file The view of the drawing that was last looked at: a page that is opened without a link begins with it. */

const name = "fovea-drawing";

/** @param link of the view; undefined where something else is looked at */
export function rememberDrawing(link: string | undefined): void {
  if (link === undefined) localStorage.removeItem(name);
  else localStorage.setItem(name, link);
}

/** Takes the drawing's link where the address has none. */
export function returnToDrawing(): void {
  const link = localStorage.getItem(name);
  if (link !== null && location.hash === "") history.replaceState(null, "", `#${link}`);
}
