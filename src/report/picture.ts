/** @file Pictures as a report holds them, and the scales of their colours. */

/** A picture as a data URL, with its size in pixels. Small ones are enlarged without smoothing. */
export interface Picture {
  /** `data:image/png;base64,…`, also JPEG or WebP. */
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

export interface ColourScale {
  readonly name: string;
  /** Evenly spaced colours, as `#rrggbb` or `rgb(r, g, b)`; at least 2. */
  readonly stops: readonly string[];
}
