/** @file AttnLRP: relevance propagation through attention. */

import { gammaRule } from "../../autodiff/relevance/linear-rules.js";
import { transformers } from "../../model/layers/attention.js";
import { relevanceMethod } from "./parts/relevance.js";

const paper = "Achtibat et al., ICML 2024";

const conservative = relevanceMethod({
  name: "cp-lrp",
  title: "CP-LRP",
  aliases: ["conservative-lrp", "conservative-propagation"],
  paper: "Ali et al., ICML 2022",
  worksOn: transformers,
  compositeOf: () => ({ stopsAtSoftmax: true }),
});

const withGamma = relevanceMethod({
  name: "attn-lrp-gamma",
  title: "AttnLRP-γ",
  aliases: ["attnlrp-gamma"],
  paper,
  worksOn: transformers,
  compositeOf: () => ({ convolution: gammaRule(0.25), dense: gammaRule(0.05), stopsAtSoftmax: true }),
});

/**
 * Achtibat et al., "AttnLRP: Attention-Aware Layer-Wise Relevance Propagation for Transformers", ICML 2024: LRP-ε in linear layers,
 * softmax linearised at its input (proposition 3.1), products of two activations share evenly between both (propositions 3.2 and
 * 3.3), functions of single numbers pass all on (eq. 9), and what a normalisation divides by is constant (proposition 3.4). CP-LRP
 * is Ali et al., "XAI for Transformers: Better Explanations through Conservative Propagation", ICML 2022.
 */
export const attnLrp = relevanceMethod({
  name: "attn-lrp",
  title: "AttnLRP",
  aliases: ["attnlrp", "attention-lrp"],
  variants: [
    { method: conservative, says: "Ali et al.: attention counts as constant, and all relevance goes to the values" },
    {
      method: withGamma,
      says: "what LXT's authors advise for pictures: CP-LRP in the attention, γ = 0.25 in convolutions and 0.05 in dense layers",
    },
  ],
  paper,
  worksOn: transformers,
  compositeOf: () => ({}),
});
