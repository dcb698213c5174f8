/** @file The sentences of the story. */

import { counted } from "../../../../src/foundation/words.js";
import type { ChannelsView, Rule } from "../engine/api.js";

export interface StoryPage {
  readonly title: string;
  readonly sentence: string;
}

const importance: Record<Rule, string> = {
  "grad-cam": "The mean of the colours of one tile says how important what it looks for is",
  "grad-cam++": "A mean of the reds of one tile, the strongest first, says how important what it looks for is",
  "xgrad-cam": "The mean of the colours of one tile, where it found something, says how important what it looks for is",
  "hires-cam": "This method takes no mean: each place of a tile keeps its own colour as its importance",
  "layer-cam": "This method takes no mean: each place of a tile keeps its own red as its importance",
};

/** @param zeros places that the ReLU sets to zero */
export function storyOf(
  { layer, request, channels, uniform }: ChannelsView,
  { name, zeros }: { readonly name: string; readonly zeros: number },
): readonly StoryPage[] {
  const some = channels.length < layer.channels ? `; these ${channels.length} matter most here` : "";
  return [
    {
      title: "What the network found",
      sentence: `The network looks for ${counted(layer.channels, "thing")} in your picture, and each tile shows where it found one: the brighter, the more${some}.`,
    },
    {
      title: `What helps “${name}”`,
      sentence: `Now ask each place: if the network found a little more here, would “${name}” score higher (red) or lower (blue)?${uniform ? " Each tile has one colour here, since the network takes the mean of it next." : ""}`,
    },
    {
      title: "How important each one is",
      sentence: `${importance[request.rule]}: to the right it speaks for “${name}”, to the left against it.`,
    },
    {
      title: "Add everything up",
      sentence: `Take each tile times its importance and add them all up, place by place. ${zeros > 0 ? `${counted(zeros, "place")} of ${layer.width * layer.height} end up against “${name}” and count as zero.` : "Whatever ends up below zero would count as zero."}`,
    },
    {
      title: "Lay it over the picture",
      sentence: `Enlarge the sum and lay it over the picture: it glows where the network looked to say “${name}”.`,
    },
  ];
}
