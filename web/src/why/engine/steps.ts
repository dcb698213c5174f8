/** @file The steps of maps of one model: those of channels, and those of pixels. */

import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { ChannelSteps } from "./channels.js";
import { PixelSteps } from "./pixels.js";

export class Steps {
  readonly channels: ChannelSteps;
  readonly pixels: PixelSteps;

  constructor(model: LoadedModel) {
    this.channels = new ChannelSteps(model);
    this.pixels = new PixelSteps(model);
  }

  async close(): Promise<void> {
    await this.channels.close();
    await this.pixels.close();
  }
}
