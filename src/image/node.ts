/** @file Image files on Node, read and written with sharp, which is loaded at the first call, and figures as files. */

import type { Sharp } from "sharp";
import { refuseAddress } from "../files/address.js";
import { readInput } from "../files/input/read-input.js";
import { pictureFormat } from "../files/kinds/picture-kinds.js";
import { startOfFile } from "../files/kinds/start-of-file.js";
import { FoveaError } from "../foundation/error.js";
import type { ComponentFigure } from "./figure/components/component-figure.js";
import type { ConceptFigure } from "./figure/concepts/concept-figure.js";
import type { ExplanationFigure, ExplanationFigureOptions, FigurePlatform } from "./figure/figure.js";
import type { GridFigure, GridFigureOptions } from "./figure/grids/grid-figure.js";
import { rasterOfDrawing } from "./figure/panel.js";
import type { ContactSheet, ContactSheetOptions } from "./figure/sheet.js";
import { loadText } from "./fonts/node.js";
import type { DecodedSamples } from "./picture/deep.js";
import {
  checkEncoding,
  checkImageSource,
  type DecodeImageOptions,
  type ImageFormat,
  type ImageSource,
  nameOfImage,
} from "./picture/image-file.js";
import { createPicture, type Picture, toGrey, toRgb } from "./picture/picture.js";

/**
 * Decodes a JPEG, PNG, WebP, GIF, TIFF, AVIF or SVG image to 8-bit sRGB; of 16-bit and floating samples the finer values are kept as
 * well (`deep`). Its EXIF rotation is applied, transparency is laid over white, CMYK, palette and colour-profiled samples are
 * converted, and of an animation the first frame is taken.
 * Harmless oddities are forgiven (stray bytes, bad metadata); an image whose pixels are not all there is refused.
 * @throws FoveaError `not-found`, `bad-file`, or `bad-input` for an image above `maxPixels` (of more than 8 bits half as many),
 *   for samples whose range nobody knows, and for a picture that takes too long
 */
export async function decodeImage(source: ImageSource, options: DecodeImageOptions = {}): Promise<Picture> {
  checkImageSource(source);
  const { grey = false, maxPixels = defaultMaxPixels, name = nameOfImage(source) } = options;
  const file = await bytesOf(source);
  if (file.length === 0) throw new FoveaError("bad-file", `${name}: image: expected a picture, got an empty file`);
  const { default: sharp } = await import("sharp");
  try {
    const bytes = await rasterOf(file, maxPixels, name);
    const { width, height, format, depth, space } = await sharp(bytes, { limitInputPixels: false }).metadata();
    const most = depth === "uchar" ? maxPixels : Math.floor(maxPixels / deepPixels);
    if (width * height > most) throw tooLarge(name, width, height, most);
    const open = () =>
      sharp(bytes, {
        // Where a TIFF file is cut off, libtiff reports an error and no truncation; in PNG files errors may be harmless.
        failOn: format === "tiff" ? "error" : "truncated",
        limitInputPixels: Number.isFinite(maxPixels) && maxPixels,
      }).timeout({ seconds: mostSeconds });
    const picture = await pictureOfDepth(open().autoOrient(), depth, space, name);
    if (options.opacity) return { ...picture, rgba: await rgbaOf(open()) };
    return grey ? toGrey(picture) : toRgb(picture);
  } catch (cause) {
    if (cause instanceof FoveaError || !(cause instanceof Error) || cause.message.startsWith("internal:")) throw cause;
    // libvips' words for samples of 64 bits.
    if (/samples out of range/.test(cause.message)) throw (await import("./picture/deep.js")).unusualSamples(name, "");
    if (/^timeout:/.test(cause.message)) throw tooSlow(name, cause);
    throw new FoveaError("bad-file", `${name}: image: ${await describeDamage(file, name, cause.message)}`, { cause });
  }
}

/** Memory that a pixel of more than 8 bits takes, in pixels of 8. */
const deepPixels = 2;

/** For decoding, after which a picture is given up; the largest take some. */
const mostSeconds = 30;

function tooSlow(name: string, cause: Error): FoveaError {
  const got = `got one that takes more than ${mostSeconds} s: save it as PNG`;
  return new FoveaError("bad-input", `${name}: image: expected a picture that is decoded in a moment, ${got}`, {
    cause,
  });
}

/**
 * The file as one of pixels: of a drawing the picture of it, which is made by a process of its own.
 * @param name begins the errors
 * @throws FoveaError `bad-input` for a drawing of more than `maxPixels`, or one that takes too long or too much memory; an error with
 *   the decoder's words for a damaged one
 */
export async function rasterOf(file: Uint8Array, maxPixels: number, name: string): Promise<Uint8Array> {
  const { drawSvg, mayBeSvg } = await import("./svg/node.js");
  if (isRaster(file) || !mayBeSvg(file)) return file;
  const drawn = await drawSvg(file, maxPixels, name);
  if ("size" in drawn) throw tooLarge(name, ...drawn.size, maxPixels);
  if ("fault" in drawn) throw new Error(drawn.fault);
  return drawn.png;
}

/** Whether a file is a picture of pixels by its first bytes, of a kind that is read. */
function isRaster(head: Uint8Array): boolean {
  const format = imageFormat(head);
  return format !== undefined && format !== "SVG";
}

/** @param depth of the samples, and their colour space, as libvips calls them */
async function pictureOfDepth(image: Sharp, depth: string, space: string, name: string): Promise<Picture> {
  if (depth === "uchar") return pictureOf8Bits(image);
  const { pictureOf16Bits, pictureOfFloats, unusualSamples } = await import("./picture/deep.js");
  switch (depth) {
    case "ushort":
      return pictureOf16Bits(await samplesAs(image, space === "grey16" ? "grey16" : "rgb16", "ushort"));
    case "float":
      // Without a conversion: libvips takes floating RGB for light, which is none of the file's business.
      return pictureOfFloats(await samplesAs(image, space, "float"), name);
    default:
      throw unusualSamples(name, depth);
  }
}

async function pictureOf8Bits(image: Sharp): Promise<Picture> {
  const { data, info } = await image
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 1 && channels !== 3) throw new Error(`internal: ${channels} channels after conversion to sRGB`);
  return createPicture(width, height, channels, new Uint8Array(data.buffer, data.byteOffset, data.length));
}

async function samplesAs(image: Sharp, space: string, depth: "ushort" | "float"): Promise<DecodedSamples> {
  const { data, info } = await image.toColourspace(space).raw({ depth }).toBuffer({ resolveWithObject: true });
  const { buffer, byteOffset, length } = data;
  const width = depth === "ushort" ? 2 : 4;
  const bytes = byteOffset % width === 0 ? buffer : buffer.slice(byteOffset, byteOffset + length);
  const place = [byteOffset % width === 0 ? byteOffset : 0, length / width] as const;
  const samples = depth === "ushort" ? new Uint16Array(bytes, ...place) : new Float32Array(bytes, ...place);
  return { width: info.width, height: info.height, channels: info.channels, samples };
}

/**
 * The size of an image file, its EXIF rotation applied, from its header alone: only `decodeImage` finds damage behind that.
 * @throws FoveaError as `decodeImage` does
 */
export async function imageSize(
  source: string | Uint8Array,
  { maxPixels = defaultMaxPixels, name = nameOfImage(source) }: Pick<DecodeImageOptions, "maxPixels" | "name"> = {},
): Promise<{ width: number; height: number }> {
  const head = typeof source === "string" ? startOfFile(source) : source;
  const found = head && (await sizeInHeader(head, source));
  // Reading it again throws the error that names its fault, or that there is no file.
  const { width, height } = found ?? (await decodeImage(source, { maxPixels, name }));
  if (width * height > maxPixels) throw tooLarge(name, width, height, maxPixels);
  return { width, height };
}

/**
 * The same where the header says it; undefined where it does not, or is not all there.
 * @param head the first bytes of a file, or more
 * @param file all of it. Default there is no more than its head
 */
export async function sizeInHeader(
  head: Uint8Array,
  file: string | Uint8Array = head,
): Promise<{ width: number; height: number } | undefined> {
  if (!isRaster(head)) return undefined;
  const { default: sharp } = await import("sharp");
  const metadata = await sharp(file, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  return metadata?.autoOrient;
}

/** Pixels of 8 bits per sample that are decoded where nobody says otherwise. */
export const defaultMaxPixels = 64e6;

/** Samples with opacity, of an image that was decoded before. */
async function rgbaOf(image: Sharp): Promise<Uint8Array> {
  const upright = image.autoOrient().toColourspace("srgb").ensureAlpha();
  const data = await upright.raw({ depth: "uchar" }).toBuffer();
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}

function tooLarge(name: string, width: number, height: number, maxPixels: number): FoveaError {
  const got = `got ${width}x${height} = ${width * height}`;
  return new FoveaError("bad-input", `${name}: image: expected at most ${maxPixels} pixels, ${got}`);
}

async function bytesOf(source: ImageSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  refuseAddress(source);
  return readInput(source, "image");
}

const readable = ["JPEG", "PNG", "WebP", "GIF", "TIFF", "AVIF", "SVG"];

/** The format that a file's first bytes name, if `decodeImage` reads it. */
export function imageFormat(head: Uint8Array): string | undefined {
  const format = pictureFormat(head);
  return format !== undefined && readable.includes(format) ? format : undefined;
}

async function describeDamage(bytes: Uint8Array, name: string, reason: string): Promise<string> {
  const format = imageFormat(bytes);
  const first = reason
    .split("\n")[0]
    ?.replace(/^Input (buffer|file) (has|contains) /, "")
    .replace(/:\s*$/, "");
  if (format !== undefined) return `expected a whole ${format} file, got one that is truncated or damaged (${first})`;
  const { describeFile, recogniseFile } = await import("../files/kinds/file-kind.js");
  const { mayBeSvg } = await import("./svg/node.js");
  if (recogniseFile(bytes, name) === undefined && mayBeSvg(bytes))
    return `expected a whole SVG file, got one that is truncated or damaged (${first})`;
  return `expected a ${readable.slice(0, -1).join(", ")} or ${readable.at(-1)} file, got ${pictureFormat(bytes) ?? describeFile(bytes, name)}`;
}

/**
 * A picture as the bytes of an image file. For `png` larger than `encodePng` makes it, and faster, and of 16 bits where the picture
 * has more than 8.
 */
export async function encodePicture(picture: Picture, format: ImageFormat): Promise<Uint8Array> {
  checkEncoding(picture, format);
  if (picture.deep && format === "png") return encodeDeep(picture, picture.deep);
  return encodeAs(await encoder(picture), format);
}

async function encodeDeep({ width, height, channels }: Picture, deep: Float32Array): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const samples = Uint16Array.from(deep, (value) => Math.round(value * 257));
  const image = sharp(samples, { raw: { width, height, channels } });
  return image
    .toColourspace(channels === 1 ? "grey16" : "rgb16")
    .png({ compressionLevel: 6 })
    .toBuffer();
}

/** Level 9 of PNG takes twice the time of 6, for a file 2 % smaller. */
function encodeAs(image: Sharp, format: ImageFormat): Promise<Uint8Array> {
  switch (format) {
    case "png":
      return image.png({ compressionLevel: 6 }).toBuffer();
    case "jpg":
      return image.flatten({ background: "#ffffff" }).jpeg({ quality: 92, chromaSubsampling: "4:4:4" }).toBuffer();
    case "webp":
      return image.webp({ quality: 90 }).toBuffer();
  }
}

/** A picture as the bytes of a PNG file. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  return (await encoder(picture)).png({ compressionLevel: 9 }).toBuffer();
}

/** A picture as a `data:` URL that holds a PNG file. */
export async function encodePngDataUrl(picture: Picture): Promise<string> {
  return dataUrl("png", await encodePng(picture));
}

/** A picture as a `data:` URL that holds a WebP file with losses, for pages: a third of the same as JPEG. */
export async function encodeWebpDataUrl(picture: Picture): Promise<string> {
  return dataUrl("webp", await (await encoder(picture)).webp({ quality: 80 }).toBuffer());
}

async function encodeJpegDataUrl(picture: Picture): Promise<string> {
  return dataUrl(
    "jpeg",
    await (await encoder(picture)).jpeg({ quality: 84, chromaSubsampling: "4:4:4", mozjpeg: true }).toBuffer(),
  );
}

const dataUrlEncoders = { png: encodePngDataUrl, jpg: encodeJpegDataUrl, webp: encodeWebpDataUrl } as const;

/** A picture as a `data:` URL. */
export function encodeDataUrl(picture: Picture, format: ImageFormat): Promise<string> {
  return dataUrlEncoders[format](picture);
}

async function encoder({ pixels, width, height, channels }: Picture) {
  const { default: sharp } = await import("sharp");
  return sharp(pixels, { raw: { width, height, channels } });
}

function dataUrl(type: string, bytes: Uint8Array): string {
  return `data:image/${type};base64,${Buffer.from(bytes).toString("base64")}`;
}

export interface SvgToPngOptions {
  /** Pixels of the file for each pixel of the SVG. Default 2. */
  scale?: number;
  /** Embedded pictures are enlarged as squares, not smoothed. Default false. */
  pixelated?: boolean;
}

/** An SVG drawing as the bytes of a PNG file. */
export function svgToPng(svg: string, options?: SvgToPngOptions): Promise<Uint8Array> {
  return rasterize(svg, "png", options);
}

/** Bytes of a PNG file of a drawing, above which it gets a palette. */
const largestTrueColour = 600_000;

/**
 * An SVG drawing on white as the bytes of an image file. A PNG file that would be large has 256 colours, which are chosen for it.
 * @param options default as the drawing itself asks for
 */
export async function rasterize(
  svg: string,
  format: ImageFormat,
  { scale, pixelated = false }: SvgToPngOptions = rasterOfDrawing(svg),
): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  // 72 is the density at which librsvg draws one pixel for one pixel.
  const stylesheet = pixelated ? { svg: { stylesheet: "image { image-rendering: pixelated }" } } : {};
  const drawn = sharp(Buffer.from(svg), { density: 72 * (scale ?? 2), unlimited: true, ...stylesheet }).flatten({
    background: "#ffffff",
  });
  if (format !== "png") return encodeAs(drawn, format);
  const pixels = await drawn.raw().toBuffer({ resolveWithObject: true });
  const image = sharp(pixels.data, { raw: pixels.info });
  // Filters make files of photos in squares of pixels 40 % smaller; level 9 would make them 3 % smaller, in five times the time.
  const bytes = await image.clone().png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();
  if (bytes.length <= largestTrueColour) return bytes;
  // Without dithering: its noise would cover the maps, and does not compress.
  return image.png({ palette: true, colours: 256, dither: 0, effort: 3, compressionLevel: 9 }).toBuffer();
}

let platform: Promise<FigurePlatform> | undefined;

/** The platform of figures in Node: text as outlines, photos as JPEG, and everything else as PNG. */
export function nodePlatform(): Promise<FigurePlatform> {
  platform ??= loadText().then((text) => ({
    text,
    encode: (picture, content) => encodeDataUrl(picture, content === "photo" ? "jpg" : "png"),
  }));
  return platform;
}

/** `explanationFigure` for Node: one SVG that needs no other file and no font. */
export async function explanationSvg(figure: ExplanationFigure, options?: ExplanationFigureOptions): Promise<string> {
  const { explanationFigure } = await import("./figure/figure.js");
  return explanationFigure(figure, await nodePlatform(), options);
}

/** `contactSheet` for Node: one SVG that needs no other file and no font. */
export async function contactSheetSvg(sheet: ContactSheet, options?: ContactSheetOptions): Promise<string> {
  const { contactSheet } = await import("./figure/sheet.js");
  return contactSheet(sheet, await nodePlatform(), options);
}

/** `componentFigure` for Node: one SVG that needs no other file and no font. */
export async function componentSvg(figure: ComponentFigure): Promise<string> {
  const { componentFigure } = await import("./figure/components/component-figure.js");
  return componentFigure(figure, await nodePlatform());
}

/** `conceptFigure` for Node: one SVG that needs no other file and no font. */
export async function conceptSvg(figure: ConceptFigure): Promise<string> {
  const { conceptFigure } = await import("./figure/concepts/concept-figure.js");
  return conceptFigure(figure, await nodePlatform());
}

/** A small drawing as RGBA, a pixel for each of its own, where nothing is drawn transparent. */
export async function svgToRgba(svg: string): Promise<{ width: number; height: number; pixels: Uint8Array }> {
  const { default: sharp } = await import("sharp");
  const { data, info } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
}

/** `gridFigure` for Node: one SVG that needs no other file and no font. */
export async function gridSvg(figure: GridFigure, options?: GridFigureOptions): Promise<string> {
  const { gridFigure } = await import("./figure/grids/grid-figure.js");
  return gridFigure(figure, await nodePlatform(), options);
}
