/** @file Writes the boxes of an input: a sheet with a map for each, maps of all together, arrays. */

import { writeNpy } from "../../../data/npy.js";
import { boxMethod } from "../../../explain/boxes/box-method.js";
import { type BoxMap, defaultBoxMethod } from "../../../explain/boxes/box-options.js";
import { fuseMaps } from "../../../explain/fused.js";
import { counted, percent } from "../../../foundation/words.js";
import { placeOnPicture } from "../../../image/figure/explanation-row.js";
import type { MaskMark } from "../../../image/figure/mask-marks.js";
import type { SheetCell } from "../../../image/figure/sheet.js";
import { type EmphasisOptions, emphasized } from "../../../image/map/emphasis.js";
import { type FloatMap, normalizeMap } from "../../../image/map/heatmap.js";
import { mapsJson } from "../../../image/map/maps-json.js";
import { colorizeMap, overlay } from "../../../image/map/overlay.js";
import { contactSheetSvg, encodePicture } from "../../../image/node.js";
import type { Picture } from "../../../image/picture/picture.js";
import { resizeMap } from "../../../image/picture/resize.js";
import { layerSize } from "../../../model/layers/layer.js";
import { float32 } from "../../../onnx/tensor.js";
import { modelLine, type NamedModel } from "../../inputs/models.js";
import type { ImageInput } from "../../inputs/read-input.js";
import type { OutputPaths } from "../output-paths.js";
import { coloured, fileOfFigure, type ResultOptions, writeResult } from "../result/result.js";
import type { BoxResult, ExplainedBox, NumberedBox } from "./box-result.js";

/** What a drawing depends on besides the boxes. */
interface Drawing {
  readonly named: NamedModel;
  readonly outputs: OutputPaths;
  readonly drawing: ResultOptions;
  /** As the user named it; undefined for the default of boxes. */
  readonly method: string | undefined;
}

/** @returns the written paths */
export async function writeBoxes(how: Drawing, result: BoxResult): Promise<string[]> {
  const { outputs, drawing } = how;
  const { kinds } = drawing;
  const written: string[] = [];
  const put = async (path: string, bytes: Uint8Array | string) => {
    await writeResult(path, bytes, outputs);
    written.push(path);
  };
  const colours = coloured(drawing);
  if (kinds.includes("raw")) {
    await put(outputs.path(result.source, "raw"), writeNpy(rawMaps(result.explained)));
    const json = outputs.rawJson(result.source);
    const maps = result.explained.map(({ number, box, map }) => ({ label: `${number} ${box.label}`, map: map.map }));
    if (json !== undefined) await put(json, mapsJson(maps, result.image.box, false));
  }
  if (kinds.includes("figure")) {
    const svg = await contactSheetSvg(sheetOf(how, result), { panelSize: 300, ...colours });
    await put(outputs.path(result.source, "figure"), await fileOfFigure(svg, outputs));
  }
  for (const kind of ["overlay", "heatmap"] as const) {
    if (!kinds.includes(kind) || outputs.format === "svg") continue;
    const { width, height } = result.picture;
    const map = resizeMap(normalizeMap(together(result, drawing)), width, height);
    const pixels = kind === "overlay" ? overlay(result.picture, map, colours) : colorizeMap(map, colours.colormap);
    await put(outputs.path(result.source, kind), await encodePicture(pixels, outputs.format));
  }
  return written;
}

/** The maps of all explained boxes, each divided by its peak: at every place the largest. */
function together({ explained, image, picture }: BoxResult, options: EmphasisOptions): FloatMap {
  return fuseMaps(
    explained.map(({ map }) => {
      const { map: shown, peak } = emphasized(map.map, options);
      return onPicture(normalizeMap(shown, { peak }), image, picture);
    }),
    "max",
  );
}

function shownOnPicture({ map: raw }: BoxMap, image: ImageInput, picture: Picture, options: EmphasisOptions) {
  const { map, peak } = emphasized(raw, options);
  return { map: onPicture(map, image, picture), peak };
}

function onPicture(map: FloatMap, { box }: ImageInput, picture: Picture): FloatMap {
  return box ? placeOnPicture(map, box, picture) : map;
}

/** float32 [boxes, height, width], of the finest map's size. */
function rawMaps(explained: readonly ExplainedBox[]) {
  const finest = explained.reduce((a, b) => (b.map.map.width > a.map.map.width ? b : a)).map.map;
  const { width, height } = finest;
  const values = new Float32Array(explained.length * width * height);
  for (const [i, { map }] of explained.entries())
    values.set(resizeMap(map.map, width, height).values, i * width * height);
  return float32([explained.length, height, width], values);
}

/** How far a box sees in the last layer: without that a small blob would be taken for what the network looks at. */
function supportOf({ radius }: BoxMap): string {
  return radius === undefined ? "" : `, the last within ${2 * radius + 1}×${2 * radius + 1}`;
}

/** HiResCAM of a single box is what is known as ODAM. */
function titleOf(method: string | undefined): string {
  const { title } = boxMethod(method ?? defaultBoxMethod);
  return method === undefined ? `ODAM (${title} of a box)` : title;
}

function maskMark({ number, shape }: NumberedBox, tinted: boolean): MaskMark[] {
  return shape ? [{ map: shape.map, place: shape.place, number, tinted }] : [];
}

/** The picture with all boxes, and one with the map of each that is explained. */
function sheetOf({ named, drawing, method }: Drawing, { image, picture, boxes, explained }: BoxResult) {
  const all: SheetCell = {
    picture,
    caption: counted(boxes.length, "box", "boxes"),
    detail: boxes.length > explained.length ? `${explained.length} explained` : "",
    masks: boxes.flatMap((each) =>
      maskMark(
        each,
        explained.some(({ number }) => number === each.number),
      ),
    ),
    boxes: boxes.map(({ place: box, number }) => ({
      box,
      number,
      faint: !explained.some((each) => each.number === number),
    })),
  };
  const each = explained.map(({ map, ...numbered }): SheetCell => {
    const { number, box, place } = numbered;
    return {
      picture,
      caption: `${number} ${box.label}, ${percent(box.score, 0)}`,
      detail: map.layers.map((layer) => layerSize(layer, "×")).join(" + ") + supportOf(map),
      ...shownOnPicture(map, image, picture, drawing),
      masks: maskMark(numbered, false),
      boxes: [{ box: place, number }],
    };
  });
  const subtitle = `${modelLine(named)}; ${titleOf(method)}; each map on its own scale, from nothing to its peak`;
  return { cells: [all, ...each], subtitle, title: "What raised the score of each box" };
}
