"""Pictures read by convolutions and then, column by column or place by place, by a recurrent layer, and Grad-CAM of class 1.

Needs torch==2.13.0 onnx==1.23.1 onnxscript numpy. Run: python test/reference/make_recurrent.py
Writes NAME.onnx and NAME.npy, the raw map [8, 16] at the last convolution's ReLU by autograd, for x.npy in
test/fixtures/cases/recurrent. There model.onnx is Crnn(dim=12, fold="mean") as PyTorch 1.13 exported it, seeds and all, and
gold.npy its map [1, 8, 16].
"""

import os

import numpy as np
import onnx
import torch
from torch import nn

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "cases", "recurrent")


class Crnn(nn.Module):
    def __init__(self, layer=nn.LSTM, fold="mean", read="last", **options):
        super().__init__()
        torch.manual_seed(6)
        self.features = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 12, 3, 2, 1), nn.ReLU())
        self.layer = layer(12 * 8 if fold == "stack" else 12, 8, **options)
        self.linear = nn.Linear(16 if options.get("bidirectional") else 8, 4)
        self.fold, self.read, self.batch_first = fold, read, options.get("batch_first", False)

    def tail(self, a):
        """Rows are averaged ("mean"), stacked into the channels ("stack"), or places follow in reading order ("places")."""
        steps = {"mean": lambda: a.mean(2), "stack": lambda: a.flatten(1, 2), "places": lambda: a.flatten(2)}[self.fold]()
        steps = steps.permute(0, 2, 1) if self.batch_first else steps.permute(2, 0, 1)
        y, last = self.layer(steps)
        if self.read == "state":
            return self.linear((last[0] if isinstance(last, tuple) else last)[0])
        y = y if self.batch_first else y.transpose(0, 1)
        return self.linear(y[:, -1] if self.read == "last" else y.mean(1))

    def forward(self, x):
        return self.tail(self.features(x))


def without_traces(path):
    """The exporter notes where in whose files each node comes from: no business of the file's readers."""
    model = onnx.load(path)
    for part in [model, model.graph, *model.functions, *model.graph.node, *model.graph.value_info]:
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.save(model, path)


def note(name, model, dynamic=False, dynamo=False):
    model = model.eval()
    x = torch.tensor(np.load(os.path.join(OUT, "x.npy")))
    path = os.path.join(OUT, f"{name}.onnx")
    names = dict(input_names=["input"], output_names=["output"])
    if dynamo:
        torch.onnx.export(model, (x,), path, dynamo=True, external_data=False, **names)
        without_traces(path)
    else:
        axes = {"input": {0: "batch"}} if dynamic else None
        torch.onnx.export(model, (x,), path, opset_version=17, dynamo=False, dynamic_axes=axes, **names)
    a = model.features(x).detach().requires_grad_(True)
    model.tail(a)[0, 1].backward()
    cam = torch.relu((a.grad.mean((2, 3), keepdim=True) * a).sum(1))[0]
    np.save(os.path.join(OUT, f"{name}.npy"), cam.detach().numpy())


def main():
    note("stacked-two-layers", Crnn(fold="stack", num_layers=2, bidirectional=True, batch_first=True), dynamic=True)
    note("gru-over-places", Crnn(nn.GRU, fold="places", read="mean", bidirectional=True, batch_first=True))
    note("last-state", Crnn(read="state", batch_first=True))
    note("rnn-dynamo", Crnn(nn.RNN, fold="stack", read="mean", bidirectional=True), dynamo=True)


if __name__ == "__main__":
    main()
