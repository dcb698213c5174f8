/** @file The steps of methods of pixels as code, with the numbers of the moment as comments. */

import type { PixelMethod, PixelsView } from "../engine/api.js";
import { largest } from "../rows.js";
import { fixed } from "../words.js";
import { completenessOf, mapOf } from "./sums.js";

export interface PixelCode {
  readonly view: PixelsView;
  readonly model: string;
  readonly picture: string;
  readonly className: (index: number) => string;
}

const quoted = (text: string) => JSON.stringify(text);
const fileName = (name: string) => (/\.\w+$/.test(name) ? name : `${name}.png`);

function numbersOf(view: PixelsView) {
  const whole = mapOf(view, view.at.length);
  const complete = completenessOf(view);
  return {
    score: fixed(view.score, 4),
    peak: largest(whole).toPrecision(3),
    sum: complete && fixed(complete.sum, 4),
    rise: complete && fixed(complete.rise, 4),
    start: complete && fixed(complete.start, 4),
    starts: view.request.baseline ?? "zero",
  };
}

const does: Record<PixelMethod, string> = {
  "integrated-gradients": "mean gradient × (picture − beginning), summed over the colours",
  "smooth-grad": "the largest mean gradient of the colours",
  "gradient-x-input": "gradient × input, summed over the colours",
  gradient: "the largest gradient of the colours",
};

export function typescriptOf({ view, model, picture, className }: PixelCode): string {
  const { method, minus, against } = view.request;
  const { score, peak, sum, rise, starts } = numbersOf(view);
  const onWay = method === "integrated-gradients";
  const target = minus === undefined ? "" : `.explaining(classMinus(${minus}))`;
  const loaded = `loadModel(${quoted(model)})`;
  const options = [
    `method: ${quoted(method)}`,
    ...(onWay ? [`baseline: ${quoted(starts)}`] : []),
    ...(view.at.length > 1 ? [`samples: ${view.at.length / Math.max(1, view.ways.length)}`] : []),
    ...(against ? ["against: true"] : []),
    'include: ["attribution"]',
  ];
  const end = onWay
    ? `
const { attributed, total } = explanation.completeness;
attributed.data[0]; // the sum of the map: ${sum}
total.data[0]; // y(picture) − y(beginning): ${rise}
`
    : "";
  return `import { ${minus === undefined ? "" : "classMinus, "}loadModel } from "fovea";

const model = await ${target ? `(await ${loaded})${target}` : loaded};
const { input } = await model.readImage(${quoted(fileName(picture))});
const explainer = await model.explainer({ ${options.join(", ")} });
const explanation = await explainer.explain(input, { classes: [${view.target}] }); // ${quoted(className(view.target))}
const one = explanation.at(0); // y before softmax: ${score}

explanation.attribution; // of each colour of each pixel
one.evidence(); // ${does[method]}; the largest is ${peak}
const map = one.map(); // its ReLU
${end}`;
}

/** How the gradients are summed in PyTorch. */
export function pytorchOf({ view, className }: PixelCode): string {
  const { method, minus, against } = view.request;
  const y = minus === undefined ? `scores[${view.target}]` : `(scores[${view.target}] - scores[${minus}])`;
  const head = `import torch

# "model" gives scores before softmax, "x" is the picture as the network takes it, [1, ${view.layer.channels}, ${view.layer.height}, ${view.layer.width}]
def gradient(x):
    x = x.detach().requires_grad_()
    scores = model(x)[0]
    y = ${against ? "-" : ""}${y}  # ${quoted(className(view.target))}
    return torch.autograd.grad(y, x)[0]

`;
  return head + pytorchSums[method](view);
}

const pytorchSums: Record<PixelMethod, (view: PixelsView) => string> = {
  "integrated-gradients": integratedPytorch,
  "smooth-grad": (view) => `sigma = 0.15 * (x.max() - x.min())
total = torch.zeros_like(x)
for _ in range(${view.at.length}):  # 1 a sample  2 its gradient
    total += gradient(x + sigma * torch.randn_like(x))
L = (total / ${view.at.length}).abs().amax(dim=1)  # 3  the largest is about ${numbersOf(view).peak}: the noise differs
`,
  "gradient-x-input": (view) => `L = (gradient(x) * x).sum(dim=1)  # the largest is ${numbersOf(view).peak}
`,
  gradient: (view) => `L = gradient(x).abs().amax(dim=1)  # the largest is ${numbersOf(view).peak}
`,
};

const pytorchStarts = {
  zero: "torch.zeros_like(x)",
  black: "preprocess(black)",
  white: "preprocess(white)",
  blur: "torchvision.transforms.functional.gaussian_blur(x, 31, 5.0)",
} as const;

function integratedPytorch(view: PixelsView): string {
  const { peak, sum, rise, start } = numbersOf(view);
  const each = view.at.length / view.ways.length;
  const starts = view.ways.map((way) => `    ${pytorchStarts[way.start]},`).join("\n");
  const note = view.ways.some((way) => way.start === "black" || way.start === "white")
    ? "  # pictures of one colour, prepared as x was"
    : "";
  return `from numpy.polynomial.legendre import leggauss

starts = [${note}
${starts}
]
nodes, weights = leggauss(${each})
L = 0
for start in starts:
    total = torch.zeros_like(x)
    for at, weight in zip((nodes + 1) / 2, weights / 2):
        step = start + float(at) * (x - start)  # 1  the way
        total += float(weight) * gradient(step)  # 2  the mean gradient
    L = L + (total * (x - start)).sum(dim=1) / len(starts)  # 3  the largest is ${peak}
L.sum()  # ${sum}; y(picture) - y(start) = ${fixed(view.score, 4)} - (${start}) = ${rise}
`;
}
