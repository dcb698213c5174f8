/** @file Canvases whose pixels come from numbers. */

/**
 * The context of a canvas of that size, empty. Its pixels lie in memory, not on the graphics card: they are written whole, again and
 * again, and to wait for a card's drawing would hold up the page.
 */
export function emptyCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  // Setting a size, also the same, gives the canvas new memory.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
