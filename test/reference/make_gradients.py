"""Gradients of recurrent layers, grid samples and aligned regions, as PyTorch's autograd has them, beside the files that it exports.

Needs torch==2.13.0 torchvision==0.28.0 onnx==1.23.1. Run: python test/reference/make_gradients.py
Writes test/fixtures/gradients/NAME.onnx and NAME.json: inputs, the weights of the output's elements, and the gradient of the
weighted sum with respect to each floating input.
"""

import json
import os

os.environ["TORCHDYNAMO_DISABLE"] = "1"

import onnx
import torch
import torch.nn.functional as F
from torch import nn
from onnx import TensorProto, helper
from torchvision.ops import roi_align

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "gradients")


class Recurrent(nn.Module):
    """All outputs of a layer, side by side."""

    def __init__(self, layer, states=()):
        super().__init__()
        self.layer = layer
        self.given = bool(states)

    def forward(self, x, *states):
        lstm = isinstance(self.layer, nn.LSTM)
        start = (states if lstm else states[0]) if self.given else None
        y, last = self.layer(x, start)
        parts = [y] + (list(last) if lstm else [last])
        return torch.cat([part.flatten() for part in parts])


class Packed(nn.Module):
    """Sequences of different lengths, the longest first."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
        y, last = self.layer(packed)
        y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
        return torch.cat([y.flatten(), *[part.flatten() for part in last]])


class Sample(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.options = options

    def forward(self, x, grid):
        return F.grid_sample(x, grid, **self.options)


class Align(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.options = options

    def forward(self, x, regions):
        return roi_align(x, regions, **self.options)


def export_align(path, options, x, regions):
    """As torchvision's exporter writes it, which needs torchvision's compiled operators."""
    rows, columns = options["output_size"]
    attributes = dict(
        coordinate_transformation_mode="half_pixel" if options["aligned"] else "output_half_pixel",
        output_height=rows, output_width=columns, spatial_scale=options["spatial_scale"],
        sampling_ratio=max(options["sampling_ratio"], 0), mode="avg",
    )
    nodes = [
        helper.make_node("Gather", ["input1", "first"], ["batch"], axis=1),
        helper.make_node("Cast", ["batch"], ["pictures"], to=TensorProto.INT64),
        helper.make_node("Slice", ["input1", "one", "five", "one"], ["boxes"]),
        helper.make_node("RoiAlign", ["input0", "boxes", "pictures"], ["output"], **attributes),
    ]
    infos = [helper.make_tensor_value_info(f"input{i}", TensorProto.FLOAT, each.shape) for i, each in enumerate((x, regions))]
    constants = [
        helper.make_tensor("first", TensorProto.INT64, [], [0]),
        helper.make_tensor("one", TensorProto.INT64, [1], [1]),
        helper.make_tensor("five", TensorProto.INT64, [1], [5]),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [len(regions), x.shape[1], rows, columns])
    graph = helper.make_graph(nodes, "align", infos, [output], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8), path)


def tensor(value):
    values = value.detach().numpy().flatten()
    return {"dims": list(value.shape), "values": [float(str(v)) if value.is_floating_point() else int(v) for v in values]}


def note(name, model, inputs, seed):
    torch.manual_seed(seed)
    model = model.eval()
    path = os.path.join(OUT, f"{name}.onnx")
    is_align = isinstance(model, Align)
    if is_align:
        export_align(path, model.options, *inputs)
    else:
        names = [f"input{i}" for i in range(len(inputs))]
        torch.onnx.export(model, inputs, path, opset_version=16, dynamo=False, input_names=names, output_names=["output"])
    wrt = [i for i, each in enumerate(inputs) if each.is_floating_point() and not (is_align and i == 1)]
    leaves = [each.detach().clone().requires_grad_(i in wrt) for i, each in enumerate(inputs)]
    y = model(*leaves)
    weights = torch.randn(y.shape)
    (y * weights).sum().backward()
    case = {
        "inputs": [tensor(each) for each in inputs],
        "output": tensor(y),
        "weights": tensor(weights),
        "gradients": {f"input{i}": tensor(leaves[i].grad) for i in wrt},
    }
    with open(os.path.join(OUT, f"{name}.json"), "w") as file:
        json.dump(case, file, separators=(",", ":"))
        file.write("\n")


def recurrent(name, kind, seed, states=0, batch_first=False, **options):
    torch.manual_seed(seed)
    layer = kind(3, 4, batch_first=batch_first, **options)
    directions = (2 if options.get("bidirectional") else 1) * options.get("num_layers", 1)
    x = torch.randn(2, 5, 3) if batch_first else torch.randn(5, 2, 3)
    given = tuple(torch.randn(directions, 2, 4) for _ in range(states))
    note(name, Recurrent(layer, given), (x, *given), seed)


def main():
    os.makedirs(OUT, exist_ok=True)
    recurrent("lstm", nn.LSTM, 1, states=2)
    recurrent("lstm-two-layers-both-ways", nn.LSTM, 2, batch_first=True, bidirectional=True, num_layers=2)
    recurrent("gru-both-ways", nn.GRU, 3, states=1, bidirectional=True)
    recurrent("gru-without-bias", nn.GRU, 4, batch_first=True, bias=False)
    recurrent("rnn-both-ways", nn.RNN, 5, states=1, bidirectional=True)
    recurrent("rnn-relu", nn.RNN, 6, nonlinearity="relu")
    torch.manual_seed(7)
    note("lstm-lengths", Packed(nn.LSTM(3, 4, batch_first=True, bidirectional=True)), (torch.randn(3, 5, 3), torch.tensor([5, 3, 1])), 7)
    torch.manual_seed(8)
    x, grid = torch.randn(2, 3, 5, 6), torch.rand(2, 3, 4, 2) * 3 - 1.5
    seed = 10
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding_mode in ("zeros", "border", "reflection"):
            for align_corners in (False, True):
                corners = "corners" if align_corners else "edges"
                sample = Sample(mode=mode, padding_mode=padding_mode, align_corners=align_corners)
                note(f"sample-{mode}-{padding_mode}-{corners}", sample, (x, grid), seed)
                seed += 1
    torch.manual_seed(9)
    x = torch.randn(2, 3, 9, 11)
    # Without its compiled operators torchvision does not count samples beside the picture as zero: none is so far outside.
    regions = torch.tensor([[0, 2.3, 1.4, 17.2, 14.6], [1, -1.2, 3.1, 9.7, 17.3], [0, 5.5, 5.1, 6.2, 6.4], [1, 14.1, 9.3, 21.5, 17.6]])
    for aligned in (False, True):
        for sampling_ratio in (-1, 2):
            options = dict(output_size=(3, 4), spatial_scale=0.5, sampling_ratio=sampling_ratio, aligned=aligned)
            ratio = "adaptive" if sampling_ratio < 0 else f"ratio-{sampling_ratio}"
            note(f"align-{ratio}-{'half-pixel' if aligned else 'output-half-pixel'}", Align(**options), (x, regions), seed)
            seed += 1


if __name__ == "__main__":
    main()
