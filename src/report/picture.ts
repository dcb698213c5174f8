/** @file Pictures as a report holds them. */

/** A picture as a data URL, with its size in pixels. Small ones are enlarged without smoothing. */
export interface Picture {
  /** `data:image/png;base64,…`, also JPEG or WebP. */
  readonly src: string;
  readonly width: number;
  readonly height: number;
}
