/** @file What the page brings along: small models that Fovea trained, each with pictures that it drew. */

export interface Sample {
  readonly title: string;
  /** The model's file beside the page. */
  readonly model: string;
  readonly pictures: PictureSet;
  /** What the model was trained on: it `knows only` this. */
  readonly knows: string;
  /** What its pictures are compared with at first, of a model that compares them with texts. */
  readonly texts?: readonly string[];
}

/** Pictures that one or more samples show. */
export interface PictureSet {
  /** Beside the page: `samples/<folder>/<name>.png`. */
  readonly folder: string;
  readonly names: readonly string[];
  /** Of each of them, in pixels. */
  readonly side: number;
}

const numbered = (what: string, count: number) => Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);

export const pictureSets = {
  shapes: { folder: "shapes", names: numbered("two shapes", 8), side: 42 },
  digits: { folder: "digits", names: Array.from({ length: 10 }, (_, digit) => `a drawn ${digit}`), side: 28 },
  scenes: { folder: "scenes", names: numbered("scene", 8), side: 128 },
  captions: { folder: "captions", names: numbered("some shapes", 8), side: 128 },
} as const satisfies Readonly<Record<string, PictureSet>>;

export const sampleNames = ["shapes", "digits", "boxes", "segments", "texts"] as const;
export type SampleName = (typeof sampleNames)[number];

export const samples: Readonly<Record<SampleName, Sample>> = {
  shapes: {
    title: "Two shapes",
    model: "shapes.onnx",
    pictures: pictureSets.shapes,
    knows: "triangles, squares, crosses and rings",
  },
  digits: {
    title: "Digits",
    model: "mnist.onnx",
    pictures: pictureSets.digits,
    knows: "the digits 0 to 9",
  },
  boxes: {
    title: "Scenes with boxes",
    model: "scenes-detect.onnx",
    pictures: pictureSets.scenes,
    knows: "drawn digits, triangles, squares, crosses and stars",
  },
  segments: {
    title: "Scenes in segments",
    model: "scenes-segment.onnx",
    pictures: pictureSets.scenes,
    knows: "drawn digits, triangles, squares, crosses and stars",
  },
  texts: {
    title: "Texts",
    model: "scenes-text.onnx",
    pictures: pictureSets.captions,
    knows: "circles, squares, triangles, stars and crosses, their colours and sizes",
    texts: ["circle", "square", "a red star"],
  },
};

/** URL of a picture, from the page's own folder. */
export function pictureUrl({ folder }: PictureSet, name: string): string {
  return `samples/${folder}/${name.replaceAll(" ", "-")}.png`;
}
