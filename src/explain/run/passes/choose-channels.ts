/** @file The choice among a layer's channels, for methods that run the network for each. */

/** Some of a layer's channels. */
export interface ChosenChannels {
  /** The most active first. */
  readonly channels: readonly number[];
  /** The others' share of all activation, from 0 to 1. */
  readonly neglected: number;
}

/**
 * The `most` channels with the largest activation; all of them, in the network's own order, where that is not said.
 * @param energies the sum of each channel's activation by magnitude
 */
export function chooseChannels(energies: ArrayLike<number>, most?: number): ChosenChannels {
  const all = Array.from(energies, (_, channel) => channel);
  if (most === undefined || most >= all.length) return { channels: all, neglected: 0 };
  const energy = (channel: number) => energies[channel] ?? 0;
  const sorted = all.sort((a, b) => energy(b) - energy(a) || a - b);
  const total = (channels: readonly number[]) => channels.reduce((sum, channel) => sum + energy(channel), 0);
  const whole = total(sorted);
  return { channels: sorted.slice(0, most), neglected: whole > 0 ? total(sorted.slice(most)) / whole : 0 };
}
