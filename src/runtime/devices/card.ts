/** @file The device of a runtime: chosen when the first session is opened, and left by sessions that it refuses. */

import { withFallback } from "../fallback.js";
import { closable } from "../ort-session.js";
import type { Session } from "../session.js";
import type { askDevice } from "./ask-device.js";
import { type ChosenDevice, chooseDevice } from "./choose-device.js";
import type { NodeDevice, Provider } from "./device.js";

export class Card {
  readonly #asked: NodeDevice;
  readonly #ask: typeof askDevice | undefined;
  readonly #tell: (sentence: string) => void;
  #choosing: Promise<ChosenDevice> | undefined;
  #chosen: ChosenDevice | undefined;
  #refused = false;

  /**
   * @param onDevice told each sentence once
   * @param ask default: `askDevice`
   */
  constructor(device: NodeDevice, onDevice?: ((sentence: string) => void) | undefined, ask?: typeof askDevice) {
    const told = new Set<string>();
    this.#asked = device;
    this.#ask = ask;
    this.#tell = (sentence) => {
      if (!told.has(sentence)) onDevice?.(sentence);
      told.add(sentence);
    };
  }

  /** What computes, behind the runtime's name; nothing where that is the processor. */
  get inWords(): string {
    if (this.#chosen === undefined) return ` (${this.#asked})`;
    const { device, provider, software } = this.#chosen;
    if (provider === undefined) return "";
    return ` (${device}${software ? " in software" : ""}${this.#refused ? ", in part cpu" : ""})`;
  }

  /** A session on the device; on the processor where the device is missing or refuses it. */
  async open(openOn: (provider?: Provider) => Promise<Session>): Promise<Session> {
    const { device, provider } = await this.#choose();
    if (provider === undefined) return openOn();
    const onFallback = (reason: string) => {
      this.#refused = true;
      this.#tell(`${device}: ${reason}; the processor goes on with it`);
    };
    return closable(await withFallback(() => openOn(provider), openOn, onFallback));
  }

  async #choose(): Promise<ChosenDevice> {
    this.#choosing ??= chooseDevice(this.#asked, this.#ask);
    this.#chosen = await this.#choosing;
    if (this.#chosen.note !== undefined) this.#tell(this.#chosen.note);
    return this.#chosen;
  }
}
