/** @file Layer-wise relevance propagation. */

import {
  alphaBetaRule,
  boxRule,
  epsilonRule,
  flatRule,
  gammaRule,
  plusRule,
} from "../../autodiff/relevance/linear-rules.js";
import { pixelBounds } from "./parts/pixel-bounds.js";
import { relevanceMethod } from "./parts/relevance.js";

const paper = "Bach et al., PLOS ONE 2015";

const epsilonPlus = relevanceMethod({
  name: "lrp-epsilon-plus",
  title: "LRP-ε+",
  aliases: ["epsilon-plus", "lrp-zplus", "lrp-plus"],
  paper,
  compositeOf: () => ({ convolution: plusRule }),
});

const epsilon = relevanceMethod({
  name: "lrp-epsilon",
  title: "LRP-ε",
  aliases: ["lrp-0", "lrp-zero"],
  paper,
  compositeOf: () => ({ convolution: epsilonRule }),
});

const gamma = relevanceMethod({
  name: "lrp-gamma",
  title: "LRP-γ",
  aliases: ["epsilon-gamma-box", "lrp-epsilon-gamma-box"],
  paper,
  compositeOf: (inputs) => ({ first: boxRule(pixelBounds(inputs)), convolution: gammaRule(0.25) }),
});

const alpha2Beta1 = relevanceMethod({
  name: "lrp-alpha2-beta1",
  title: "LRP-α2β1",
  aliases: ["lrp-alpha-beta", "epsilon-alpha2-beta1-flat"],
  paper,
  compositeOf: () => ({ first: flatRule, convolution: alphaBetaRule(2, 1) }),
});

/**
 * Bach et al., "On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation", PLOS ONE 2015:
 * the score is the relevance of the last layer, and each layer shares its own among its inputs by what they contributed. Which rule
 * a layer gets depends on its depth (Montavon et al., "Layer-Wise Relevance Propagation: An Overview", 2019; Kohlbrenner et al.,
 * "Towards Best Practice in Explaining Neural Network Decisions with LRP", IJCNN 2020). Here, as zennit's composite
 * `EpsilonPlusFlat`: ε in dense layers, z⁺ in convolutions, and shares of the same size in the first layer; ε is 1e-6. What biases
 * took is missing in the attribution's sum, which every explanation holds beside the score.
 */
export const lrp = relevanceMethod({
  name: "lrp",
  title: "LRP",
  aliases: ["layer-wise-relevance-propagation", "layerwise-relevance-propagation", "epsilon-plus-flat"],
  variants: [
    {
      method: epsilonPlus,
      says: "zennit's `EpsilonPlus`: z⁺ in the first layer as well, so colours of one pixel differ",
    },
    {
      method: epsilon,
      says: "ε = 1e-6 in all layers: nearly LRP-0, and in a network of rectifiers nearly gradient x input",
    },
    {
      method: gamma,
      says: "zennit's `EpsilonGammaBox`: γ = 0.25 in convolutions, and zᴮ, which knows the range of pixels, in the first layer",
    },
    {
      method: alpha2Beta1,
      says: "zennit's `EpsilonAlpha2Beta1Flat`: negative contributions count as well, α = 2, β = 1",
    },
  ],
  paper,
  compositeOf: () => ({ first: flatRule, convolution: plusRule }),
});
