/** @file Text in a figure: the text renderer, the one for browsers, and fitting text into a width. */

export type FontWeight = "regular" | "semibold";

export interface TextStyle {
  /** Font size in pixels. */
  size: number;
  /** Default "regular". */
  weight?: FontWeight;
  /** Any SVG colour. Default "#1a1a1a". */
  fill?: string;
  /** Which part of the text stands at x. Default "start". */
  anchor?: "start" | "middle" | "end";
}

/** Measures and draws one line of text. Figures know fonts through this alone. */
export interface TextRenderer {
  /** CSS that a document with its texts needs: fonts that it carries. Default none. */
  readonly style?: string;
  /** The line's advance width in pixels. */
  measure(text: string, style: TextStyle): number;
  /** An SVG element that shows the line with its baseline at y; nothing for an empty line. */
  draw(text: string, x: number, y: number, style: TextStyle): string;
}

export const defaultFill = "#1a1a1a";

/** The weights of fonts, as CSS has them. */
export const fontWeights = { regular: 400, semibold: 600 } as const satisfies Record<FontWeight, number>;

/** Inter, and for letters that it lacks what the system has. */
const families = "Inter, system-ui, Helvetica, Arial, sans-serif";

/** A text's font, as CSS has it. */
export function cssFont({ size, weight = "regular" }: TextStyle): string {
  return `${fontWeights[weight]} ${size}px ${families}`;
}

/**
 * Draws with SVG `<text>`, for pages and programs that have fonts.
 * @param measure the width of a text in pixels, for example by a canvas. Without it widths are estimated, a little generously
 * @param style see `TextRenderer`
 */
export function svgText(measure: TextRenderer["measure"] = estimateWidth, style?: string): TextRenderer {
  return {
    ...(style ? { style } : {}),
    measure: (text, style) => measure(cleanText(text), style),
    draw(text, x, y, { size, weight = "regular", fill = defaultFill, anchor = "start" }) {
      const content = escapeXml(cleanText(text));
      if (content === "") return "";
      const font = `font-family="${families}" font-size="${size}" font-weight="${fontWeights[weight]}"`;
      return `<text x="${decimals(x)}" y="${decimals(y)}" ${font} fill="${fill}" text-anchor="${anchor}">${content}</text>`;
    },
  };
}

/** The text, or as much of its beginning as fits into `width` together with an ellipsis. */
export function ellipsize(text: string, width: number, style: TextStyle, renderer: TextRenderer): string {
  const clean = cleanText(text);
  if (renderer.measure(clean, style) <= width) return clean;
  const letters = Array.from(clean);
  let fits = 0;
  let tooLong = letters.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (renderer.measure(shorten(letters, middle), style) <= width) fits = middle;
    else tooLong = middle;
  }
  return shorten(letters, fits);
}

function shorten(letters: readonly string[], length: number): string {
  return `${letters.slice(0, length).join("").trimEnd()}…`;
}

/** The text broken at spaces into lines of at most `width`; a word wider than that is ellipsized. */
export function wrapText(text: string, width: number, style: TextStyle, renderer: TextRenderer): string[] {
  const lines: string[] = [];
  for (const word of cleanText(text).split(" ")) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && renderer.measure(longer, style) <= width) lines[lines.length - 1] = longer;
    else lines.push(ellipsize(word, width, style, renderer));
  }
  return lines;
}

/**
 * The text on one line and fit for XML: composed letters, spaces for control characters, a replacement character for half a
 * surrogate pair, and nothing invisible.
 */
export function cleanText(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/\p{Cs}|[\uFFFE\uFFFF]/gu, "\uFFFD")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .trim();
}

/** A text that stays on one line: a share with its sign of percent, say. */
export function unbroken(text: string): string {
  return text.replaceAll(" ", "\u00a0");
}

/** The text inside an XML element or a quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** At most two decimals: finer than a figure shows. */
export function decimals(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function estimateWidth(text: string, { size, weight }: TextStyle): number {
  let ems = 0;
  for (const letter of text) ems += emWidth(letter);
  return ems * size * (weight === "semibold" ? 1.05 : 1);
}

function emWidth(letter: string): number {
  if (/[ .,:;|!'ijltfrI()[\]]/.test(letter)) return 0.36;
  if (/[A-Zmw@%]/.test(letter)) return 0.78;
  return letter.charCodeAt(0) < 0x2e80 ? 0.6 : 1;
}
