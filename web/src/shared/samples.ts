/** @file What the page brings along: small models that Fovea trained, each with pictures that it drew. */

export interface Sample {
  readonly title: string;
  /** The model's file beside the page. */
  readonly model: string;
  /** Of each picture, without the ending: `samples/<sample>/<name>.png`. */
  readonly pictures: readonly string[];
  /** Of each of them, in pixels. */
  readonly side: number;
  /** What the model was trained on: it `knows only` this. */
  readonly knows: string;
}

const numbered = (what: string, count: number) => Array.from({ length: count }, (_, i) => `${what} ${i + 1}`);

export const sampleNames = ["shapes", "digits", "boxes", "segments"] as const;
export type SampleName = (typeof sampleNames)[number];

export const samples: Readonly<Record<SampleName, Sample>> = {
  shapes: {
    title: "Two shapes",
    model: "shapes.onnx",
    pictures: numbered("two shapes", 8),
    side: 42,
    knows: "triangles, squares, crosses and rings",
  },
  digits: {
    title: "Digits",
    model: "mnist.onnx",
    pictures: Array.from({ length: 10 }, (_, digit) => `a drawn ${digit}`),
    side: 28,
    knows: "the digits 0 to 9",
  },
  boxes: {
    title: "Scenes with boxes",
    model: "scenes-detect.onnx",
    pictures: numbered("scene", 8),
    side: 128,
    knows: "drawn digits, triangles, squares, crosses and stars",
  },
  segments: {
    title: "Scenes in segments",
    model: "scenes-segment.onnx",
    pictures: numbered("scene", 8),
    side: 128,
    knows: "drawn digits, triangles, squares, crosses and stars",
  },
};

/** URL of a sample's picture, from the page's own folder. */
export function samplePicture(sample: SampleName, picture: string): string {
  return `samples/${sample}/${picture.replaceAll(" ", "-")}.png`;
}
