/** @file The fonts of figures on Node, from files of npm packages. */

import { createRequire } from "node:module";
import { inflateSync } from "node:zlib";
import type { Font } from "opentype.js";
import { readInputSync } from "../../files/input/read-input.js";
import { FoveaError, messageOf } from "../../foundation/error.js";
import type { EmbeddedFont } from "../figure/embedded-font.js";
import { type FontStack, outlineText } from "../figure/font.js";
import type { FontWeight, TextRenderer } from "../figure/text.js";
import { plainFont } from "./woff.js";

export interface LoadTextOptions {
  /** Paths of more TTF, OTF or WOFF fonts, for letters that Inter does not have, Chinese ones for example. Default none. */
  fonts?: readonly string[];
}

const subsets = ["latin", "latin-ext", "greek", "cyrillic", "vietnamese", "greek-ext", "cyrillic-ext"];

/** Draws text in Inter, and signs that Inter lacks (arrows, relations) in Noto Sans Math, from files of npm packages: no font need be installed. */
export async function loadText({ fonts = [] }: LoadTextOptions = {}): Promise<TextRenderer> {
  const { default: opentype } = await import("opentype.js");
  const locate = createRequire(import.meta.url).resolve;

  function reader(path: string, name = path): () => Font {
    let font: Font | undefined;
    return () => {
      if (font === undefined) {
        try {
          const file = readInputSync(path, "font", `${name}: font`);
          font = opentype.parse(new Uint8Array(plainFont(file, inflateSync)).buffer);
        } catch (cause) {
          if (cause instanceof FoveaError) throw cause;
          throw new FoveaError(
            "bad-file",
            `${name}: font: expected a readable TTF, OTF or WOFF font, got ${messageOf(cause)}`,
            { cause },
          );
        }
      }
      return font;
    };
  }

  const signs = reader(locate("@fontsource/noto-sans-math/files/noto-sans-math-latin-400-normal.woff"));
  const more = fonts.map((path) => reader(path));
  function stack(weight: number): FontStack {
    const files = subsets.map((subset) => `@fontsource/inter/files/inter-${subset}-${weight}-normal.woff`);
    return [...files.map((file) => reader(locate(file), file)), signs, ...more];
  }
  const stacks: Record<FontWeight, FontStack> = { regular: stack(400), semibold: stack(600) };
  return outlineText(stacks);
}

/** The fonts that a page of ours carries with it: Inter's Latin letters. */
export async function embeddedFonts(): Promise<readonly EmbeddedFont[]> {
  const { resolve } = createRequire(import.meta.url);
  return ([400, 600] as const).map((weight) => {
    const file = `@fontsource/inter/files/inter-latin-${weight}-normal.woff2`;
    return { weight, bytes: new Uint8Array(readInputSync(resolve(file), "font", `${file}: font`)) };
  });
}
