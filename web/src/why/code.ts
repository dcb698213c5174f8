/** @file The five steps as code, with the numbers of the moment as comments. */

import type { ChannelsView, Rule } from "./engine/api.js";
import { belowZero, largest, type Row } from "./rows.js";
import { decimalsFor, fixed, signed } from "./words.js";

export interface CodeSubject {
  readonly steps: ChannelsView;
  readonly rows: readonly Row[];
  readonly model: string;
  readonly picture: string;
  readonly className: (index: number) => string;
}

/** The numbers as one would print them. */
function numbersOf({ steps, rows }: CodeSubject) {
  const shown = rows.filter(({ i }) => i !== undefined);
  const decimals = decimalsFor(largest(shown.map(({ ownWeight }) => ownWeight ?? 0)), 3);
  const first = [...shown].sort((a, b) => b.part - a.part).slice(0, 3);
  const { channels, height, width } = steps.layer;
  return {
    shape: `${channels}, ${height}, ${width}`,
    activation: fixed(steps.peaks.activation, 2),
    gradient: steps.peaks.gradient.toPrecision(3).replaceAll("-", "−"),
    weights: first.map(({ channel, ownWeight }) => `#${channel} ${signed(ownWeight ?? 0, decimals)}`).join(", "),
    score: fixed(steps.score.score, 4),
    peak: fixed(largest(steps.evidence), 3),
    zeros: `${belowZero(steps.evidence)} of ${height * width} places become 0`,
  };
}

const quoted = (text: string) => JSON.stringify(text);
const fileName = (name: string) => (/\.\w+$/.test(name) ? name : `${name}.png`);

export function typescriptOf(subject: CodeSubject): string {
  const { steps, model, picture, className } = subject;
  const { rule, minus, against } = steps.request;
  const { shape, activation, gradient, weights, score, peak, zeros } = numbersOf(subject);
  const target = minus === undefined ? "" : `.explaining(classMinus(${minus}))`;
  const loaded = `loadModel(${quoted(model)})`;
  const options = [
    `method: ${quoted(rule)}`,
    `layer: ${quoted(steps.layer.name)}`,
    ...(against ? ["against: true"] : []),
    'include: ["activation", "gradient"]',
  ];
  return `import { ${minus === undefined ? "" : "classMinus, "}loadModel } from "fovea";
import { resizeMap } from "fovea/image";

const model = await ${target ? `(await ${loaded})${target}` : loaded};
const { input } = await model.readImage(${quoted(fileName(picture))});
const explainer = await model.explainer({ ${options.join(", ")} });
const explanation = await explainer.explain(input, { classes: [${steps.target}] }); // ${quoted(className(steps.target))}
const one = explanation.at(0); // y before softmax: ${score}

explanation.activation; // 1  A, [1, ${shape}]; the largest is ${activation}
explanation.gradient; // 2  ∂y/∂A, [1, 1, ${shape}]; the largest is ${gradient}
${steps.perPlace ? `explanation.gradient; // 3  the weights, ${rule === "layer-cam" ? "where they are positive" : "place by place"}` : `explanation.weights; // 3  α: ${weights}`}
one.evidence(); // 4  the sum; the largest is ${peak}
const map = one.map(); //    its ReLU: ${zeros}
resizeMap(map, ${steps.input.width}, ${steps.input.height}); // 5  as large as the network's input
`;
}

/** Step 3 in PyTorch. */
const pytorchWeights: Record<Rule, readonly string[]> = {
  "grad-cam": ["alpha = dA.mean(dim=(2, 3), keepdim=True)"],
  "grad-cam++": [
    "a = (dA**2 / (2 * dA**2 + A.sum((2, 3), keepdim=True) * dA**3)).nan_to_num()",
    "alpha = (a * dA.relu()).sum((2, 3), keepdim=True)",
  ],
  "xgrad-cam": ["alpha = ((A * dA).sum((2, 3), keepdim=True) / A.sum((2, 3), keepdim=True)).nan_to_num()"],
  "hires-cam": ["alpha = dA  # no mean"],
  "layer-cam": ["alpha = dA.relu()  # no mean"],
};

export function pytorchOf(subject: CodeSubject): string {
  const { steps, className } = subject;
  const { rule, minus, against } = steps.request;
  const { shape, activation, gradient, weights, score, peak, zeros } = numbersOf(subject);
  const { channels, height, width } = steps.layer;
  const difference = minus === undefined ? `scores[${steps.target}]` : `(scores[${steps.target}] - scores[${minus}])`;
  const tokens =
    steps.otherTokens === undefined
      ? []
      : [
          `# ${steps.otherTokens} of the tokens lie on no place of the picture`,
          `grid = lambda t: t[:, ${steps.otherTokens}:].transpose(1, 2).reshape(1, ${channels}, ${height}, ${width})`,
          "A, dA = grid(A), grid(dA)",
        ];
  const [firstWeights = "", ...moreWeights] = pytorchWeights[rule];
  return `import torch.nn.functional as F

kept = []  # "layer" is the module that gives ${quoted(steps.layer.name)}, "x" the picture as the network takes it
layer.register_forward_hook(lambda module, inputs, output: (output.retain_grad(), kept.append(output)) and None)
scores = model(x)[0]  # before softmax
y = ${against ? "-" : ""}${difference}  # ${quoted(className(steps.target))}: ${score}
y.backward()

A, dA = kept[0], kept[0].grad  # 1, 2  [1, ${shape}]; the largest are ${activation} and ${gradient}
${[...tokens, `${firstWeights}${moreWeights.length === 0 ? `  # 3  ${steps.perPlace ? "" : weights}`.trimEnd() : ""}`, ...moreWeights.map((line) => `${line}  # 3  ${weights}`)].join("\n")}
total = (alpha * A).sum(dim=1, keepdim=True)  # 4  the largest is ${peak}
L = F.relu(total)  #    ${zeros}
heat = F.interpolate(L, size=(${steps.input.height}, ${steps.input.width}), mode="bilinear", align_corners=False)  # 5
`;
}
