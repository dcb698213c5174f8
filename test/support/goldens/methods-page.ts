/** @file The page of all methods, written from what they say of themselves. */

import { metrics } from "../../../src/evaluate/metrics/index.js";
import { boxMethods } from "../../../src/explain/boxes/box-method.js";
import { defaultBoxMethod } from "../../../src/explain/boxes/box-options.js";
import { type CamMethod, isPassMethod } from "../../../src/explain/method.js";
import { methods } from "../../../src/explain/methods/index.js";
import { random } from "../../../src/foundation/random.js";

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

Written by \`npm run methods\` from what the methods say of themselves. The name is what \`--method\` and the library take; each method's file in \`src/explain/methods\` gives its equation. With whose code each is compared, and how far it is from it, says [conformance](conformance.md).

| name | method | paper | explains | asks for the class | gradient | runs of the network | works on |
|---|---|---|---|---|---|---|---|
${lines.join("\n")}

*Asks for the class*: a method that does not is blind for it: its map of an image is the same for all classes. It may lie on the object and still not tell why the network preferred one class to another (\`fovea trust --sanity\` compares the maps of two classes).

*Gradient*: every operator behind what is explained must have a differentiation rule; methods that need none also explain models that compute in whole numbers. *Runs* are for one class and one image, with the default numbers of samples; the gradient of what lies behind a late layer costs a few per cent of a run, that down to the pixels about two runs.

Integrated gradients are of the way from a baseline to the image. By default that is the zero of the network's input (the mean colour where the preprocessing subtracts one, black elsewhere); \`--baseline black\`, \`white\`, \`blur\` or \`several\` (the mean over the first three) choose another, and a note says which was taken. What looks like the baseline gets nothing.

GradientSHAP and expected gradients draw a baseline for each sample: from black, white and blur, or from the images of \`--baseline FOLDER\`. Expected gradients are meant for such images. Without \`--noise\` the two are the same expectation. The output says how far the attribution is from the score less the mean score of the baselines: that is the error of sampling.

KernelSHAP and LIME hide superpixels of the image, about 50 or \`--superpixels\`, and fit a linear model to the scores. KernelSHAP hides by the zero of the network's input, and its values are exact where there are no more coalitions than samples. LIME hides by each superpixel's mean colour, which hides little where a superpixel has one colour. \`--baseline\` chooses another for either. Each run of the network counts as one of \`--samples\`.

RefineCAM multiplies the Layer-CAM maps of the explained layer and of the next two larger sizes before it.

## Variants

Where the authors' code, the paper's letter or a well-known library has another form that draws another picture, it is a method of its own. It is taken as a method is: \`--method full-grad-authors\`.

| name | form of | what differs |
|---|---|---|
${variantLines().join("\n")}

SS-CAM takes 10 samples of noise for each channel where its paper has 35: \`--samples 35\`.

Guided backpropagation and Guided Grad-CAM show edges of the image more than reasons: they hardly change when the network's weights are randomised (Adebayo et al., NeurIPS 2018).

## Methods of boxes

Of the boxes of a detector all of the above can be taken, and these. The default there is \`${defaultBoxMethod}\` (of one box it is ODAM).

| name | method | paper | gradient | runs of the network |
|---|---|---|---|---|
${boxMethods.map((method) => `| \`${method.name}\` | ${method.title} | ${method.paper} | ${method.needsGradient ? "yes" : "no"} | ${runsOf(method)} |`).join("\n")}

## Metrics

What \`fovea trust\` measures of a map; each metric's file in \`src/evaluate/metrics\` gives its definition. *Baselines* are random maps as coarse as the method's, a Gaussian around the centre, and one that is the same everywhere: they are measured beside every method. Localisation needs images of which it is known where the object is.

| name | metric | paper | asks for | better | baselines | costs for one map | weakness |
|---|---|---|---|---|---|---|---|
${metrics.map(metricLine).join("\n")}
`;
}

function variantLines(): string[] {
  return methods.flatMap(({ title, variants = [] }) =>
    variants.map(({ method, says }) => `| ${[`\`${method.name}\``, title, says].join(" | ")} |`),
  );
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
  if ("sampling" in method) return `${method.sampling(method.samples, random(1)).length}, each with its gradient`;
  return method.needsGradient ? "1, with its gradient" : "1";
}

function worksOnOf({ worksOn, needsGradient }: CamMethod): string {
  return worksOn ?? (needsGradient ? "all with a gradient" : "all");
}
