/** @file The place that is read: under the mouse or finger, or moved by keys. */

export interface Place {
  /** A pixel of the image: column and row. */
  readonly x: number;
  readonly y: number;
}

export interface CursorOptions {
  /** The part that the pointer moves over and that takes keys. */
  readonly stage: HTMLElement;
  readonly image: HTMLImageElement;
  /** Whether there is a map to be read. */
  readonly ready: () => boolean;
  /** The place where the keys begin and that Home leads to; undefined while there is no map. */
  readonly strongest: () => Place | undefined;
  /** Called with every new place, and with undefined when there is none any more. */
  readonly onMove: (place: Place | undefined, by: "pointer" | "keys") => void;
  readonly onToggle: () => void;
}

/** Watches the stage. */
export function followCursor({ stage, image, ready, strongest, onMove, onToggle }: CursorOptions): void {
  let place: Place | undefined;
  const move = (to: Place | undefined, by: "pointer" | "keys") => {
    place = to && { x: clamp(to.x, image.naturalWidth), y: clamp(to.y, image.naturalHeight) };
    onMove(place, by);
  };

  const point = ({ clientX, clientY }: PointerEvent) => {
    if (!ready()) return;
    const { left, top, width, height } = image.getBoundingClientRect();
    const [across, down] = [(clientX - left) / width, (clientY - top) / height];
    move({ x: Math.floor(across * image.naturalWidth), y: Math.floor(down * image.naturalHeight) }, "pointer");
  };
  stage.addEventListener("pointermove", point);
  stage.addEventListener("pointerdown", point);
  // A finger that has gone leaves its reading.
  stage.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && move(undefined, "pointer"));

  stage.addEventListener("focus", () => {
    if (stage.matches(":focus-visible") && place === undefined) move(strongest(), "keys");
  });
  stage.addEventListener("blur", () => move(undefined, "keys"));
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const from = place ?? strongest();
    const step = event.shiftKey ? 1 : Math.max(1, Math.round(Math.max(image.naturalWidth, image.naturalHeight) / 32));
    const [across, down] = directions[event.key] ?? [0, 0];
    if (event.key === " ") onToggle();
    else if (event.key === "Escape" && place) move(undefined, "keys");
    else if (event.key === "Home") move(strongest(), "keys");
    else if (event.key in directions && from) move({ x: from.x + step * across, y: from.y + step * down }, "keys");
    else return;
    event.preventDefault();
  });
}

const directions: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function clamp(position: number, length: number): number {
  return Math.min(length - 1, Math.max(0, position));
}
