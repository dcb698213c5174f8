/** @file The types that figures of signals, volumes and clips are drawn with. */

import type { GridPicture } from "../../grid/grid-picture.js";
import type { ColorBar } from "../../map/colormap.js";
import type { GridMap } from "../../map/grid-map.js";
import type { OverlayOptions } from "../../map/overlay.js";
import type { Pen } from "../lines.js";
import type { FigurePlatform } from "../panel.js";
import type { FigureRow } from "../row-parts.js";

/** The explanation of one class of a signal, volume or clip. */
export interface GridRow extends FigureRow {
  /** The raw map of any resolution, covering the whole input. */
  readonly map: GridMap;
}

/** A row with the scale of its colours. */
export interface ScaledGridRow {
  readonly row: GridRow;
  readonly bar: ColorBar;
}

/** A figure while its elements are gathered. */
export interface GridPen extends Pen {
  readonly picture: GridPicture;
  readonly platform: FigurePlatform;
  readonly blending: Pick<OverlayOptions, "blend" | "opacity">;
  /** Where what is drawn begins and ends. */
  readonly left: number;
  readonly right: number;
  readonly barAt: number;
}
