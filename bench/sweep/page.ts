/** @file The part of docs/conformance.md about the sweep over architectures. */

import { percent } from "../../src/foundation/words.js";
import type { Difference, Measured } from "./measure.js";

/** The largest permitted difference, relative to the array's maximum. */
const bar = 1e-4;

const quantities = ["scores", "cam", "hires"] as const;

/** Within the bar, or on a knife edge: where PyTorch's own float32 is no nearer to float64 than a quarter of ours. */
export function isNear({ ours, ours64, torch64 }: Difference): boolean {
  return ours <= bar || ours64 <= Math.max(bar, 4 * torch64);
}

/** Whether scores, activation and maps are PyTorch's. */
export function isNumbersRight(measured: Measured): boolean {
  const { activation = Number.NaN, cam, refused } = measured;
  return (
    refused === undefined &&
    // Grad-CAM's map is linear in the activation: how far PyTorch's float32 is off shows there.
    activation <= Math.max(bar, 4 * (cam?.torch64 ?? 0)) &&
    quantities.every((name) => {
      const difference = measured[name];
      return difference !== undefined && isNear(difference);
    })
  );
}

/** Whether also the layer is the practitioners'. */
export function isRight(measured: Measured): boolean {
  return isNumbersRight(measured) && measured.is !== undefined;
}

const start = "\n## Architectures\n";

/** The page with another section of this kind, which stands last. */
export function withSweepSection(markdown: string, section: string): string {
  return markdown.replace(sweepSectionIn(markdown), "") + section;
}

/** The section that `sweepSection` wrote into a page; empty where there is none. */
export function sweepSectionIn(markdown: string): string {
  const at = markdown.indexOf(start);
  return at < 0 ? "" : markdown.slice(at);
}

export function sweepSection(results: readonly Measured[]): string {
  const files = results.filter(({ notExported }) => notExported === undefined);
  const networks = [...new Set(results.map(({ name }) => name))];
  const numbers = files.filter(isNumbersRight).length;
  const layers = files.filter(({ is }) => is !== undefined).length;
  const early = files.filter(({ lastStage }) => lastStage === false).length;
  const edges = files.filter(
    (each) => isNumbersRight(each) && quantities.some((name) => (each[name]?.ours ?? 0) > bar),
  ).length;
  const of = (part: number) => `${part} of ${files.length} (${percent(part / files.length, 1)})`;
  return `${start}
Written by \`npm run sweep -- --python PATH\`, which needs Python with torch 2.13.0, torchvision 0.28.0, timm 1.0.29, transformers 5.18.0, onnx 1.23.1 and onnxscript. ${networks.length} architectures with seeded random weights, each exported by PyTorch's TorchScript and \`torch.export\` exporters with a fixed batch of one and with an open batch, where PyTorch can: ${files.length} files. Which layer practitioners explain was written down before (\`test/reference/sweep/networks.json\`).

- Scores, activation, Grad-CAM and HiResCAM at that layer, of two classes, are PyTorch's in ${of(numbers)}; the bar is 1e-4 of the array's maximum. In ${edges} of these a number is further from PyTorch's float32, on a knife edge: our distance from PyTorch's float64 is then at most four times that of its own float32 (marked ¹); an activation may differ by as much as four times the error of PyTorch's own Grad-CAM. A map that cancels to less than a hundredth of the sum of its parts' magnitudes is compared relative to that hundredth.
- \`auto\` takes the practitioners' layer in ${of(layers)}; it has more places than theirs in ${early}.

| architecture | ${["TorchScript, batch 1", "TorchScript", "torch.export, batch 1", "torch.export"].join(" | ")} | scores | Grad-CAM | HiResCAM | auto |
|---|:-:|:-:|:-:|:-:|--:|--:|--:|---|
${networks.map((name) => row(name, results)).join("\n")}
`;
}

function row(name: string, results: readonly Measured[]): string {
  const own = results.filter((each) => each.name === name);
  const cells = own.map((each) => {
    if (each.notExported !== undefined) return "–";
    return isNumbersRight(each) ? "✓" : `**${each.refused === undefined ? "differs" : "refused"}**`;
  });
  const worst = quantities.map((quantity) => {
    const differences = own.flatMap((each) => each[quantity] ?? []).sort((a, b) => b.ours - a.ours);
    const [first] = differences;
    return first ? `${first.ours.toExponential(1)}${first.ours > bar && isNear(first) ? " ¹" : ""}` : "";
  });
  const layers = [
    ...new Set(
      own.flatMap(({ auto, is, notExported }) =>
        notExported ? [] : [is === undefined ? `**${auto ?? "none"}**` : `\`${is}\``],
      ),
    ),
  ];
  return `| ${[name, ...cells, ...worst, layers.join(", ")].join(" | ")} |`;
}
