/** @file The ways people write each digit, as strokes through control points. */

/**
 * Control points x0, y0, x1, y1, … in a box of 100 by 100, y downwards. The pen runs smoothly through them;
 * a point given twice is a corner.
 */
export type Stroke = readonly number[];

export interface DigitShape {
  /** A person's name for it. */
  readonly name: string;
  /** How often it is written, relative to the digit's other shapes. */
  readonly weight: number;
  readonly strokes: readonly Stroke[];
}

/** For each digit its shapes. */
export const digitShapes: readonly (readonly DigitShape[])[] = [
  [
    shape("oval", 5, oval([50, 50], [33, 48], -75, -435)),
    shape("narrow", 2, oval([50, 50], [23, 48], -60, -425)),
    shape("leaning egg", 2, [62, 2, 34, 10, 16, 42, 20, 80, 44, 98, 72, 84, 84, 46, 74, 14, 52, 3, 40, 8]),
    shape("tail tucked in", 2, [60, 4, 30, 12, 15, 48, 28, 90, 58, 96, 82, 66, 80, 26, 62, 6, 46, 14, 44, 22]),
    shape("not quite closed", 1, oval([50, 50], [32, 48], -55, -385)),
    shape("slashed", 0.35, oval([50, 50], [34, 46], -75, -435), [92, -2, 50, 50, 10, 102]),
  ],
  [
    shape("stick", 5, [50, 0, 50, 50, 50, 100]),
    shape("bent stick", 2, [54, 0, 48, 30, 48, 66, 52, 100]),
    shape("flag", 3, [30, 22, 44, 12, 54, 0, 54, 0, 54, 50, 53, 100]),
    shape("flag and foot", 1.5, [30, 24, 42, 14, 53, 0, 53, 0, 52, 50, 52, 98], [26, 99, 52, 98, 80, 98]),
    shape("foot", 0.5, [51, 0, 50, 50, 50, 98], [28, 98, 50, 99, 74, 98]),
  ],
  [
    shape("round top, sharp base", 4, [12, 24, 28, 4, 58, 0, 80, 16, 78, 40, 48, 70, 8, 97, 8, 97, 50, 95, 96, 96]),
    shape(
      "loop at the base",
      4,
      [14, 22, 32, 3, 62, 4, 76, 26, 66, 56, 38, 86, 16, 96, 8, 84, 22, 74, 46, 84, 70, 98, 96, 88],
    ),
    shape("wave base", 2, [16, 20, 36, 2, 66, 6, 76, 30, 60, 60, 14, 94, 14, 94, 34, 84, 60, 94, 94, 92]),
    shape("flat top", 1, [14, 10, 46, 2, 76, 10, 78, 34, 50, 66, 12, 96, 12, 96, 50, 98, 90, 94]),
  ],
  [
    shape("two bows", 4, [14, 14, 38, 0, 70, 8, 72, 32, 40, 46, 40, 46, 76, 56, 82, 80, 52, 99, 10, 88]),
    shape("flat top", 1.5, [14, 5, 46, 4, 80, 4, 80, 4, 60, 24, 42, 42, 42, 42, 74, 50, 84, 76, 56, 98, 10, 92]),
    shape(
      "loop in the middle",
      1.5,
      [16, 12, 42, 0, 72, 10, 68, 34, 46, 50, 34, 46, 44, 40, 74, 54, 80, 82, 50, 99, 12, 86],
    ),
    shape("soft waist", 2, [18, 10, 48, 0, 72, 16, 64, 38, 44, 48, 68, 56, 80, 76, 54, 98, 12, 92]),
    shape("small top", 1.5, [24, 10, 46, 0, 66, 10, 62, 28, 38, 38, 38, 38, 76, 46, 86, 72, 58, 98, 12, 94]),
  ],
  [
    shape("open", 4, [22, 4, 16, 32, 12, 56, 12, 56, 50, 54, 92, 50], [74, 2, 70, 50, 66, 100]),
    shape("closed", 2.5, [68, 0, 38, 34, 8, 66, 8, 66, 50, 65, 96, 63], [68, 0, 68, 50, 68, 100]),
    shape("round cup", 2, [16, 4, 10, 30, 22, 52, 48, 54, 76, 44], [80, 2, 74, 50, 68, 100]),
    shape("wide and low", 1, [30, 6, 20, 34, 8, 60, 8, 60, 50, 60, 96, 56], [62, 26, 60, 60, 58, 100]),
    shape("in one line", 1.5, [20, 2, 14, 28, 12, 50, 12, 50, 44, 52, 78, 40, 80, 4, 80, 4, 76, 52, 70, 100]),
  ],
  [
    shape(
      "in one line",
      3,
      [86, 4, 56, 5, 30, 6, 30, 6, 26, 24, 22, 46, 22, 46, 54, 36, 82, 54, 76, 86, 44, 100, 8, 90],
    ),
    shape(
      "roof apart",
      3,
      [28, 8, 24, 26, 20, 46, 20, 46, 52, 36, 80, 54, 74, 88, 42, 99, 8, 88],
      [30, 6, 60, 5, 92, 0],
    ),
    shape("like an S", 2, [88, 6, 56, 2, 32, 10, 24, 34, 40, 46, 68, 56, 74, 80, 50, 98, 10, 92]),
    shape("long roof", 1.5, [100, 2, 62, 6, 30, 10, 30, 10, 20, 44, 20, 44, 44, 42, 64, 58, 62, 84, 38, 98, 6, 94]),
  ],
  [
    shape("curved", 4, [70, 0, 38, 18, 16, 54, 22, 88, 50, 100, 76, 86, 74, 62, 50, 54, 26, 66, 18, 80]),
    shape("straight back", 2, [58, 0, 34, 32, 18, 66, 26, 92, 50, 99, 72, 86, 66, 66, 44, 62, 24, 76]),
    shape("big belly", 2, [62, 2, 30, 22, 12, 58, 20, 90, 50, 100, 82, 84, 80, 54, 52, 44, 24, 58, 16, 72]),
    shape("curled in", 1.5, [72, 4, 40, 14, 18, 48, 18, 84, 46, 100, 74, 88, 76, 66, 54, 56, 36, 66, 36, 80]),
    shape("lying loop", 1, [44, 0, 24, 30, 14, 66, 26, 94, 60, 98, 88, 84, 78, 68, 50, 70, 22, 84]),
  ],
  [
    shape("plain", 4, [10, 8, 48, 6, 86, 4, 86, 4, 62, 48, 44, 100]),
    shape("barred", 1.5, [10, 8, 48, 5, 86, 4, 86, 4, 64, 48, 44, 100], [32, 54, 56, 51, 82, 48]),
    shape("serif", 1.5, [10, 24, 11, 8, 11, 8, 50, 6, 88, 4, 88, 4, 62, 50, 46, 100]),
    shape("swung", 3, [8, 14, 30, 4, 58, 8, 86, 4, 84, 22, 62, 58, 52, 100]),
    shape("upright", 1.5, [14, 10, 46, 8, 78, 4, 78, 4, 72, 50, 68, 100]),
  ],
  [
    shape(
      "one line",
      5,
      [76, 16, 50, 1, 26, 14, 34, 36, 58, 52, 76, 74, 60, 97, 32, 97, 20, 76, 40, 54, 66, 36, 78, 14],
    ),
    shape("two rings", 2, oval([50, 25], [23, 24], 90, -280), oval([50, 74], [29, 26], -90, -450)),
    shape(
      "open at the top",
      1.5,
      [82, 8, 52, 2, 26, 16, 36, 38, 62, 54, 76, 76, 56, 98, 30, 94, 22, 74, 42, 54, 68, 34, 88, 20],
    ),
    shape("slim", 1.5, [66, 12, 50, 1, 34, 12, 38, 34, 56, 54, 66, 76, 54, 98, 36, 94, 32, 74, 46, 52, 62, 32, 67, 10]),
  ],
  [
    shape("straight tail", 4, [76, 12, 46, 2, 20, 22, 26, 46, 52, 48, 76, 16, 76, 16, 74, 56, 70, 100]),
    shape("hooked tail", 2, [78, 18, 54, 2, 24, 12, 18, 36, 40, 50, 68, 38, 78, 18, 82, 52, 68, 92, 38, 100, 16, 90]),
    shape("leaning tail", 2.5, [78, 14, 52, 0, 26, 18, 28, 42, 54, 46, 80, 14, 80, 14, 66, 56, 44, 100]),
    shape("ring and stick", 2, oval([46, 26], [30, 26], -10, -372), [78, 14, 77, 56, 76, 100]),
    shape("small ring", 1, [70, 10, 46, 0, 26, 18, 34, 40, 58, 38, 71, 12, 71, 12, 70, 54, 66, 100]),
  ],
];

function shape(name: string, weight: number, ...strokes: Stroke[]): DigitShape {
  return { name, weight, strokes };
}

/** An arc of an ellipse from one angle to another in degrees; 0 points right, 90 down. */
function oval(
  [x, y]: readonly [number, number],
  [rx, ry]: readonly [number, number],
  from: number,
  to: number,
): Stroke {
  const steps = Math.ceil(Math.abs(to - from) / 60);
  return Array.from({ length: steps + 1 }, (_, i) => ((from + ((to - from) * i) / steps) * Math.PI) / 180).flatMap(
    (angle) => [x + rx * Math.cos(angle), y + ry * Math.sin(angle)],
  );
}
