/** @file Hostile datasets of photos: lists, annotations of Pascal VOC and COCO, and odd folders and files among sound ones. */

import type { Random } from "../../../../src/foundation/random.js";
import { coloured, colourModel } from "../../images/colour-photos.js";
import { bytesOf } from "../bases.js";
import type { CaseContent, Family } from "../hostile-case.js";
import { mutateBytes, pick } from "../mutate.js";
import { mutatePicture } from "../mutate-image.js";
import { mutateJson } from "../mutate-json.js";
import { mutateTable } from "../mutate-table.js";
import { mutateXml } from "../mutate-xml.js";
import { photosCommand } from "../options.js";

type Files = Readonly<Record<string, Uint8Array | string>>;

/** Six photos of two colours, and the model that tells these apart. */
async function soundFiles(): Promise<Files> {
  const photo = async (i: number) => new Uint8Array(await coloured(i < 3 ? [200 - i, 10, i] : [i, 210, 10 + i]));
  const paths = ["red/1.png", "red/2.png", "red/3.png", "green/4.png", "green/5.png", "green/6.png"];
  const pictures = await Promise.all(paths.map(async (path, i) => [`photos/${path}`, await photo(i)] as const));
  return { ...Object.fromEntries(pictures), "model/two.onnx": colourModel(["green", "red"]) };
}

const names = ["red/1.png", "red/2.png", "red/3.png", "green/4.png", "green/5.png", "green/6.png"];
const labelOf = (path: string) => path.split("/")[0] ?? "";

function voc(path: string): string {
  return `<annotation>
  <folder>photos</folder><filename>${path.split("/")[1]}</filename>
  <size><width>12</width><height>10</height><depth>3</depth></size>
  <object><name>${labelOf(path)}</name><difficult>0</difficult>
    <bndbox><xmin>2</xmin><ymin>2</ymin><xmax>8</xmax><ymax>9</ymax></bndbox></object>
  <object><name>${labelOf(path)}</name><part><name>head</name></part>
    <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></object>
</annotation>
`;
}

const coco = JSON.stringify({
  info: { year: 2014 },
  images: names.map((file_name, id) => ({ id, file_name, width: 12, height: 10 })),
  categories: ["red", "green"].map((name, id) => ({ id, name })),
  annotations: names.map((path, id) => ({
    ...{ id, image_id: id, category_id: labelOf(path) === "red" ? 0 : 1, iscrowd: 0, area: 20 },
    ...{ bbox: [1, 1, 5, 4], segmentation: [[1, 1, 6, 1, 6, 5]] },
  })),
});

const csv = `path,label,split,xmin,ymin,xmax,ymax
${names.map((path, i) => `${path},${labelOf(path)},${i % 3 ? "train" : "test"},1,1,6,5`).join("\n")}
`;

const list = JSON.stringify(
  names.map((file, i) => ({ file, label: labelOf(file), split: i % 3 ? "train" : "test", boxes: [[1, 1, 6, 5]] })),
);

/** What is added to sound photos. `list` is the file that commands are given in the place of the folder. */
interface Added {
  readonly what: string;
  readonly files: Files;
  readonly list?: string;
}

type Maker = (source: Random, sound: Files) => Added;

const byBytes = (text: string, source: Random): { readonly text: Uint8Array; readonly what: string } => {
  const { bytes, what } = mutateBytes(bytesOf(text), source);
  return { text: bytes, what };
};

const makers: Readonly<Record<string, Maker>> = {
  voc(source) {
    const path = pick(names, source);
    const annotation = voc(path);
    const { text, what } = source.below(4) ? mutateXml(annotation, source) : byBytes(annotation, source);
    const others = Object.fromEntries(
      names.map((each) => [`photos/xml/${each.split("/")[1]?.replace("png", "xml")}`, voc(each)]),
    );
    return { what, files: { ...others, [`photos/xml/${path.split("/")[1]?.replace("png", "xml")}`]: text } };
  },
  coco(source) {
    const { text, what } = source.below(5) ? mutateJson(coco, source) : byBytes(coco, source);
    return { what, files: { "photos/annotations/instances.json": text } };
  },
  csv(source) {
    const ending = pick(["csv", "csv", "tsv"], source);
    const table = ending === "tsv" ? csv.replaceAll(",", "\t") : csv;
    const { text, what } = source.below(4)
      ? mutateTable(table, ending === "tsv" ? "\t" : ",", source)
      : byBytes(table, source);
    const name = pick(["list", "train", "test"], source);
    return { what, files: { [`photos/${name}.${ending}`]: text }, list: `photos/${name}.${ending}` };
  },
  json(source) {
    const { text, what } = source.below(5) ? mutateJson(list, source) : byBytes(list, source);
    return { what, files: { "photos/list.json": text }, list: "photos/list.json" };
  },
  pictures(source, sound) {
    const path = `photos/${pick(names, source)}`;
    const { bytes, what } = mutatePicture("png", sound[path] as Uint8Array, source);
    return { what: `${path}: ${what}`, files: { [path]: bytes } };
  },
  folders(source, sound) {
    const picture = sound["photos/red/1.png"] as Uint8Array;
    const name = pick(
      [
        "train/red/a",
        "test/green/b",
        "\u202e\u001b[31m",
        "a\nb",
        "red/train",
        "x".repeat(200),
        "__proto__",
        " ",
        "red.png",
        "é漢🙂",
        "-",
        "--json",
        "*",
        "{a,b}",
        "[x]",
      ],
      source,
    );
    const ending = pick([".png", ".PNG", "", ".jpg", ".png.png", ".svg", ".heic", ".bmp"], source);
    const depth = pick([1, 1, 1, 12], source);
    const path = `photos/${`${name}/`.repeat(name.length > 50 ? 1 : depth)}1${ending}`;
    return { what: `${JSON.stringify(path.slice(0, 80))}`, files: { [path]: source.below(3) ? picture : "" } };
  },
};

export const photos: Family = {
  name: "photos",
  weight: 14,
  async prepare() {
    const sound = await soundFiles();
    return (source): CaseContent => {
      const [kind, make] = pick(Object.entries(makers), source);
      const { what, files, list: file } = make(source, sound);
      const path = file && source.below(2) ? `@${file}` : "@photos";
      return { what: `${kind}: ${what}`, files: { ...sound, ...files }, args: photosCommand(path, source) };
    };
  },
};
