/** @file Strokes of the brush: kept as points in the picture's pixels, painted alike in the page and in the worker. */

export interface Stroke {
  /** A CSS colour; undefined erases: it is the ground's, which the worker knows. */
  readonly color?: string | undefined;
  /** Diameter in the picture's pixels. */
  readonly width: number;
  /** x and y in turns, in the picture's pixels. */
  readonly points: readonly number[];
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** @param ground the colour of erased parts, in CSS */
export function paintStrokes(context: Context, strokes: readonly Stroke[], ground: string): void {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { color = ground, width, points } of strokes) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i] as number, points[i + 1] as number];
      if (i === 0) context.moveTo(x, y);
      context.lineTo(x, y);
    }
    context.stroke();
  }
}
