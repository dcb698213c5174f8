/** @file AttnLRP: relevance propagation through attention. */

import { gammaRule } from "../../autodiff/relevance/linear-rules.js";
import type { Composite } from "../../autodiff/relevance/relevance.js";
import { transformers } from "../../model/layers/attention.js";
import type { GradientMethod, Naming } from "../method.js";
import { relevanceAtImage } from "./parts/relevance.js";

function attnLrpWith(naming: Naming, paper: string, composite: Composite): GradientMethod {
  return {
    ...naming,
    paper,
    family: "relevance",
    worksOn: transformers,
    at: "image",
    needsGradient: true,
    build: (op, inputs) => relevanceAtImage(op, inputs, composite),
  };
}

const conservative = attnLrpWith(
  { name: "cp-lrp", title: "CP-LRP", aliases: ["conservative-lrp", "conservative-propagation"] },
  "Ali et al., ICML 2022",
  { stopsAtSoftmax: true },
);

const withGamma = attnLrpWith(
  { name: "attn-lrp-gamma", title: "AttnLRP-γ", aliases: ["attnlrp-gamma"] },
  "Achtibat et al., ICML 2024",
  { convolution: gammaRule(0.25), dense: gammaRule(0.05), stopsAtSoftmax: true },
);

/**
 * Achtibat et al., "AttnLRP: Attention-Aware Layer-Wise Relevance Propagation for Transformers", ICML 2024: LRP-ε in linear layers,
 * softmax linearised at its input (proposition 3.1), products of two activations share evenly between both (propositions 3.2 and
 * 3.3), functions of single numbers pass all on (eq. 9), and what a normalisation divides by is constant (proposition 3.4). CP-LRP
 * is Ali et al., "XAI for Transformers: Better Explanations through Conservative Propagation", ICML 2022.
 */
export const attnLrp: GradientMethod = attnLrpWith(
  {
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
  },
  "Achtibat et al., ICML 2024",
  {},
);
