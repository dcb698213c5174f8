/** @file Hostile pictures of every format, read or refused. */

import type { Random } from "../../../../src/foundation/random.js";
import { bytesOf, discPng, repositoryFile } from "../bases.js";
import type { Family } from "../hostile-case.js";
import { pick } from "../mutate.js";
import { mutatePicture } from "../mutate-image.js";
import { svgBase } from "../mutate-svg.js";
import { explainOptions } from "../options.js";

type Original = readonly [ending: string, bytes: Uint8Array];

/** Files of each format that sharp writes, in several of its forms. */
async function encoded(): Promise<Original[]> {
  const { default: sharp } = await import("sharp");
  const image = () => sharp(png);
  const png = await discPng();
  const animated = () => sharp([png, png], { join: { animated: true } });
  const forms: readonly (readonly [string, ReturnType<typeof sharp>])[] = [
    ["png", image().png()],
    ["png", image().png({ palette: true, progressive: true })],
    ["png", image().toColourspace("rgb16").png()],
    ["png", image().ensureAlpha(0.5).withIccProfile("p3").png()],
    ["jpg", image().jpeg()],
    ["jpg", image().jpeg({ progressive: true, chromaSubsampling: "4:4:4" })],
    [
      "jpg",
      image()
        .withIccProfile("p3")
        .withExif({ IFD0: { Orientation: "6" } })
        .jpeg(),
    ],
    ["jpg", image().toColourspace("cmyk").jpeg()],
    ["gif", image().gif()],
    ["gif", animated().gif()],
    ["webp", image().webp()],
    ["webp", image().ensureAlpha(0.5).webp({ lossless: true })],
    ["webp", animated().webp()],
    ["tif", image().tiff({ compression: "none" })],
    ["tif", image().tiff({ compression: "lzw", predictor: "horizontal" })],
    ["tif", image().tiff({ compression: "deflate", tile: true, tileWidth: 16, tileHeight: 16, pyramid: true })],
    ["tif", image().tiff({ compression: "jpeg" })],
    ["tif", image().greyscale().toColourspace("b-w").tiff({ compression: "ccittfax4", bitdepth: 1 })],
    ["avif", image().avif({ effort: 0 })],
    ["avif", image().ensureAlpha(0.5).avif({ effort: 0, bitdepth: 8 })],
  ];
  return Promise.all(
    forms.map(async ([ending, form]): Promise<Original> => [ending, new Uint8Array(await form.toBuffer())]),
  );
}

/** 2x2 pictures of formats that are refused, or that nothing writes here. */
function written(): Original[] {
  const bmp = Buffer.alloc(54 + 16);
  bmp.write("BM");
  bmp.writeUInt32LE(bmp.length, 2);
  bmp.writeUInt32LE(54, 10);
  bmp.writeUInt32LE(40, 14);
  bmp.writeInt32LE(2, 18);
  bmp.writeInt32LE(2, 22);
  bmp.writeUInt16LE(1, 26);
  bmp.writeUInt16LE(24, 28);
  const deep = ["float.tif", "grey-alpha.png", "rgb.tif", "uint32.tif", "int16.tif", "double.tif"];
  return [
    ["bmp", new Uint8Array(bmp)],
    ["ppm", bytesOf("P6 2 2 255\nabcdefghijkl")],
    ["pgm", bytesOf("P5 2 2 255\nabcd")],
    ["ppm", bytesOf("P3 2 2 255\n1 2 3 4 5 6 7 8 9 10 11 12\n")],
    ["pfm", bytesOf("PF 1 1 -1.0\nabcdefghijkl")],
    ["heic", new Uint8Array(Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"))],
    ["jxl", new Uint8Array(Buffer.from("\xff\x0a\x10\x10\x20\x30\x40", "latin1"))],
    ["jp2", new Uint8Array(Buffer.from("\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ", "latin1"))],
    ["psd", new Uint8Array(Buffer.from("8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x02\0\0\0\x02\0\x08\0\x03", "latin1"))],
    ["exr", new Uint8Array(Buffer.from("\x76\x2f\x31\x01\x02\0\0\0channels\0chlist\0", "latin1"))],
    ["hdr", bytesOf("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 2\nabcdefghijklmnop")],
    ["dcm", new Uint8Array([...new Uint8Array(128), ...bytesOf("DICM\x02\0\0\0UL\x04\0")])],
    ...deep.map((name): Original => [name.slice(-3), repositoryFile(`test/fixtures/cases/deep-pictures/${name}`)]),
  ];
}

/** A command on a picture: mostly its explanation, else as one of a folder's, or as an option's value. */
function command(path: string, source: Random): string[] {
  switch (source.below(12)) {
    case 0:
      return ["explain", "@input", "--out", "@out", "--heatmap", "--json"];
    case 1:
      return ["explain", "models/mnist.onnx", path, "--similar-to", path, ...explainOptions(source)];
    case 2:
      return ["attack", path, "--steps", "1", "--json", "--out", "@out"];
    default:
      return ["explain", path, ...explainOptions(source)];
  }
}

function pictureFamily(name: string, weight: number, load: () => Promise<Original[]>): Family {
  return {
    name,
    weight,
    async prepare() {
      const originals = await load();
      return (source) => {
        const [ending, original] = pick(originals, source);
        const { bytes, what } = mutatePicture(ending, original, source);
        const path = `input/x.${source.below(20) ? ending : pick(["png", "jpg", "svg", "tif"], source)}`;
        return { what: `${ending}: ${what}`, files: { [path]: bytes }, args: command(`@${path}`, source) };
      };
    },
  };
}

export const pictures = pictureFamily("pictures", 18, async () => {
  const others = written();
  return [...(await encoded()), ...others];
});

export const drawings = pictureFamily("svg", 3, async () => [["svg", bytesOf(svgBase)]]);
