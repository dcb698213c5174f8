/** @file Files for the user: handed over as downloads, copied; drawings made into pixels. */

import { rasterOfDrawing } from "../../../src/image/figure/panel.js";

export function download(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A name that every file system and shell takes without quotes, without its extension. */
export function stemOf(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = last.replace(/\.[a-z0-9]{1,5}$/i, "").replace(/[^\p{L}\p{N}._-]+/gu, "-");
  return plain.replace(/^-+|-+$/g, "") || "image";
}

/** A drawing as a PNG: as it asks for itself, else with so many pixels for each of its units. */
export async function rasterise(svg: Blob, scale: number): Promise<Blob> {
  const text = await svg.text();
  const own = rasterOfDrawing(text);
  const squares = "<style>image{image-rendering:pixelated}</style>";
  const drawing = own.pixelated ? text.replace(/(?<=^<svg [^>]*>)/, squares) : text;
  const url = URL.createObjectURL(new Blob([drawing], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const by = own.pixelated ? own.scale : scale;
    const canvas = new OffscreenCanvas(Math.round(image.naturalWidth * by), Math.round(image.naturalHeight * by));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: "image/png" });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Puts a picture into the clipboard, for pasting into a message. @param picture PNG; browsers ask for its promise at the click */
export async function copyPicture(picture: Promise<Blob>): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
}
