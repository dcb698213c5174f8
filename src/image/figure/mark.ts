/** @file The mark of Fovea: a retina's rings around its spot of sharpest sight, for page, report, figures and icons. */

/** The square that the mark is drawn in. */
export const markSize = 24;

/** The colours of the mark on a dark ground, as icons have it. */
export const markColours = { ground: "#0e1419", ring: "#eef2f5", spot: "#f5a623" } as const;

/** A circle around the middle of the square. */
export interface MarkCircle {
  readonly part: "ring" | "spot";
  readonly radius: number;
  /** Width of its line; zero for one that is filled. */
  readonly line: number;
  /** Sight is fainter towards the edge. */
  readonly opacity: number;
}

/** The whole mark, for whoever draws it with elements of its own. */
export const markCircles: readonly MarkCircle[] = [
  { part: "ring", radius: 10.75, line: 1.5, opacity: 0.55 },
  { part: "ring", radius: 6.75, line: 1.75, opacity: 1 },
  { part: "spot", radius: 3, line: 0, opacity: 1 },
];

/** Where the mark is drawn, and in which colours. */
export interface MarkPlace {
  /** Its upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly ring?: string;
  readonly spot?: string;
}

/** Finer than a screen shows. */
const decimals = (value: number) => String(Math.round(value * 100) / 100);

/** The mark as SVG elements. */
export function drawMark({ x, y, size, ring = "currentColor", spot = markColours.spot }: MarkPlace): string {
  const scale = size / markSize;
  const [cx, cy] = [x + size / 2, y + size / 2].map(decimals);
  const circles = markCircles.map(({ part, radius, line, opacity }) => {
    const paint =
      part === "spot"
        ? `fill="${spot}"`
        : `fill="none" stroke="${ring}" stroke-width="${decimals(line * scale)}" stroke-opacity="${opacity}"`;
    return `<circle class="${part}" cx="${cx}" cy="${cy}" r="${decimals(radius * scale)}" ${paint}/>`;
  });
  return circles.join("");
}

const iconSize = 64;

/** A maskable icon is cut to any shape: what matters lies within a circle of four fifths. */
const marginOf = { rounded: 6, maskable: 13 } as const;

/** The mark on its dark ground as an SVG document: the icon of tab, home screen and programs. */
export function iconSvg(shape: keyof typeof marginOf = "rounded"): string {
  const margin = marginOf[shape];
  const corner = shape === "rounded" ? ` rx="14"` : "";
  const mark = drawMark({ x: margin, y: margin, size: iconSize - 2 * margin, ring: markColours.ring });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${iconSize} ${iconSize}"><title>Fovea</title><rect width="${iconSize}" height="${iconSize}"${corner} fill="${markColours.ground}"/>${mark}</svg>\n`;
}
