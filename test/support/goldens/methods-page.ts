/** @file The page of all methods, written from what they say of themselves. */

import { metrics } from "../../../src/evaluate/metrics/index.js";
import { type CamMethod, isPassMethod } from "../../../src/explain/method.js";
import { methods } from "../../../src/explain/methods/index.js";

/** The page `docs/methods.md`. */
export function methodsPage(): string {
  const lines = methods.map((method) => {
    const { name, title, paper, at = "layer", needsGradient, classBlind } = method;
    const cells = [
      `\`${name}\``,
      title,
      paper,
      at === "image" ? "pixels" : at,
      classBlind ? "no" : "yes",
      needsGradient ? "yes" : "no",
    ];
    return `| ${[...cells, runsOf(method), worksOnOf(method)].join(" | ")} |`;
  });
  return `# Methods

Written by \`npm run methods\` from what the methods say of themselves. The name is what \`--method\` and the library take; each method's file in \`src/explain/methods\` gives its equation. How far each is from other tools is measured in [conformance](conformance.md).

| name | method | paper | explains | asks for the class | gradient | runs of the network | works on |
|---|---|---|---|---|---|---|---|
${lines.join("\n")}

*Asks for the class*: a method that does not is blind for it: its map of an image is the same for all classes. It may lie on the object and still not tell why the network preferred one class to another (\`fovea trust --sanity\` compares the maps of two classes).

*Gradient*: every operator behind what is explained must have a differentiation rule; methods that need none also explain models that compute in whole numbers. *Runs* are for one class and one image, with the default numbers of samples; the gradient of what lies behind a late layer costs a few per cent of a run, that down to the pixels about two runs.

Guided backpropagation and Guided Grad-CAM show edges of the image more than reasons: they hardly change when the network's weights are randomised (Adebayo et al., NeurIPS 2018).

## Metrics

What \`fovea trust\` measures of a map; each metric's file in \`src/evaluate/metrics\` gives its definition. *Baselines* are random maps as coarse as the method's, a Gaussian around the centre, and one that is the same everywhere: they are measured beside every method. Localisation needs images of which it is known where the object is.

| name | metric | paper | asks for | better | baselines | costs for one map | weakness |
|---|---|---|---|---|---|---|---|
${metrics.map(metricLine).join("\n")}
`;
}

function metricLine({
  name,
  title,
  paper,
  kind,
  better,
  baseline,
  passes,
  weakness,
}: (typeof metrics)[number]): string {
  return `| ${[`\`${name}\``, title, paper, kind, better, baseline, passes, weakness].join(" | ")} |`;
}

function runsOf(method: CamMethod): string {
  if (isPassMethod(method)) {
    if (method.masks === "channels") return "1, and what lies behind the layer once for each channel";
    if (method.at === "image") return method.samples ? `${method.samples}` : "one for each patch";
    return method.samples ? `${method.samples} for each channel` : "one for each channel";
  }
  if ("sampling" in method) return `${method.sampling(method.samples).length}, each with its gradient`;
  return method.needsGradient ? "1, with its gradient" : "1";
}

function worksOnOf({ worksOn, needsGradient }: CamMethod): string {
  return worksOn ?? (needsGradient ? "all with a gradient" : "all");
}
