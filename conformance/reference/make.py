"""Makes the kit's cases: networks with seeded weights, exported files, inputs, and the maps of the first implementation.

    python3.11 -m venv env && env/bin/pip install torch==2.13.0 numpy==2.4.6 onnx==1.23.1 onnxscript==0.7.2 keras==3.15.1 tensorflow-cpu==2.21.0
    env/bin/python reference/make.py [CASE...]
    env/bin/python reference/second.py

A case that PyTorch's own float32 does not compute within 3e-5 is refused: a difference in the table is then one of definition, and not
of rounding.
"""

import json
import os
import shutil
import sys
import warnings

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")
warnings.filterwarnings("ignore")
kit = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, kit)

import numpy as np
import onnx
import torch
import torch.nn as nn

import first
import networks
from cases import CASES, KINDS
from methods import METHODS

MANIFEST = os.path.join(kit, "manifest.json")
ROUNDING = 3e-5
RECTIFIERS = {"Relu", "LeakyRelu", "Clip"}


def seeded(case):
    """Weights that tell classes apart, and statistics of normalisation that are none of a network just made."""
    torch.manual_seed(case.seed)
    network = getattr(networks, case.network)()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.5)
                module.running_var.uniform_(0.5, 1.5)
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(0, 0.5)
            elif isinstance(module, (nn.Conv2d, nn.Linear)) and not case.whole and case.layout == "NCHW":
                module.weight.mul_(2)
    return network.eval()


def picture(case):
    source = np.random.default_rng(case.seed)
    values = source.integers(-2, 3, case.input) if case.whole else source.normal(size=case.input)
    return values.astype(np.float32)


def classes_of(case, scores):
    order = np.argsort(-scores, 1)
    if case.classes == "each":
        return [int(order[i, i]) for i in range(len(order))]
    if isinstance(case.classes, int):
        return [case.classes] * len(scores)
    return order[:, ["highest", "second"].index(case.classes)].tolist()


def export(case, network, images, path):
    x, names = torch.from_numpy(images), {"input_names": ["input"], "output_names": ["output"]}
    if case.exporter.startswith("torch.export"):
        how = {"dynamo": True, "optimize": case.exporter == "torch.export", "external_data": False, "verbose": False, "dynamic_shapes": ({0: torch.export.Dim("N")},)}
        x = torch.cat([x, x])
    else:
        # Normalisations stay as they are: folded into weights they would be rounded.
        how = {"dynamo": False, "training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False, "dynamic_axes": {"input": {0: "N"}, "output": {0: "N"}}}
    torch.onnx.export(network, (x,), path, opset_version=20, **how, **names)
    model = onnx.load(path)
    strip(model)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def strip(model):
    """Traces of the program that was exported, which are no part of the network."""
    model.ClearField("metadata_props")
    for each in [model.graph, *model.graph.node, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        each.doc_string = ""
        each.ClearField("metadata_props")
    model.graph.ClearField("value_info")


def names_in(path, case, network, images):
    """Values of the file: its input, the scores before its end, and the one that equals what leaves the layer in PyTorch."""
    from onnx_tensorflow import Network

    import tensorflow as tf

    file = Network(path)
    double = network.double()
    subject = first.Subject(case, double, torch.from_numpy(images).double(), 0)
    activation = subject.at_layer(subject.image)[0].detach().numpy()
    values = file.run({file.input: tf.constant(images, tf.float64)})
    network.float()
    same = lambda value: tf.is_tensor(value) and value.shape == activation.shape and np.abs(value - activation).max() < 1e-9 * np.abs(activation).max()
    layer = next((name for node in file.graph.node for name in node.output if same(values[name])), None)
    if layer is None:
        raise ValueError(f"no value of the file equals the layer {case.layer}")
    scores = file.output
    if case.end:
        scores = next(node.input[0] for node in file.graph.node if scores in node.output)
    return {"file": "model.onnx", "exporter": case.exporter, "input": file.input, "layer": layer, "scores": scores}, {node.op_type for node in file.graph.node}


def methods_of(case, network, images, classes, operators):
    scores = first.Subject(case, network, torch.from_numpy(images), 0).scores(torch.from_numpy(images)).detach().numpy()
    left = set(case.without)
    if case.head is None:
        left.add("cam")
    if min(scores[i, label] for i, label in enumerate(classes)) <= 0.1:
        left.add("ablation-cam")
    if not operators & RECTIFIERS:
        left.add("guided-backprop")
    if any(size % 4 for size in case.input[2:]):
        left.add("occlusion")
    return [name for name in METHODS if name not in left]


def noise_of(case):
    return np.load(os.path.join(kit, "noise", "x".join(map(str, case.input[1:])) + ".npy"))


def checked(case, network, images, classes, names):
    """The maps in float64, which float32 must reproduce."""
    import load

    noise = noise_of(case)
    rough = first.maps_of(case, network, images, classes, noise, names, torch.float32)
    maps = first.maps_of(case, network, images, classes, noise, names)
    for name in names:
        error = max(load.relative(a.astype(np.float64), b, METHODS[name][0]) for a, b in zip(rough[name], maps[name]))
        if not error <= ROUNDING:
            raise ValueError(f"{name}: float32 differs by {error:.1e}: choose another seed")
    return maps


def make(case):
    folder = os.path.join(kit, "cases", case.name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "maps"))
    network, images = seeded(case), picture(case)
    np.save(os.path.join(folder, "weights.npy"), networks.flat_weights(network).numpy())
    np.save(os.path.join(folder, "input.npy"), images)
    export(case, network, images, os.path.join(folder, "model.onnx"))
    file, operators = names_in(os.path.join(folder, "model.onnx"), case, network, images)
    scores = first.Subject(case, network, None, 0).scores(torch.from_numpy(images)).detach().numpy()
    classes = classes_of(case, scores)
    names = methods_of(case, network, images, classes, operators)
    for name, values in checked(case, network, images, classes, names).items():
        np.save(os.path.join(folder, "maps", name + ".npy"), np.ascontiguousarray(values))
    entry = {
        "name": case.name,
        "kind": case.kind,
        "about": case.about,
        "classes": classes,
        "layout": case.layout,
        "grid": case.grid,
        "end": case.end,
        "onnx": file,
        "torch": {"network": case.network, "layer": case.layer, "call": case.call, "head": case.head},
        "methods": names,
    }
    if case.keras:
        import networks_keras

        entry["keras"] = networks_keras.save(case, network.float(), images, os.path.join(folder, "model.keras"))
    return entry


def write_manifest(entries):
    manifest = {
        "version": json.load(open(os.path.join(kit, "package.json")))["version"],
        "made": {"python": sys.version.split()[0], "torch": torch.__version__, "numpy": np.__version__, "onnx": onnx.__version__},
        "kinds": KINDS,
        "methods": {name: dict(zip(("kind", "title", "equation", "paper"), entry)) for name, entry in METHODS.items()},
        "cases": [entries[case.name] for case in CASES if case.name in entries],
    }
    with open(MANIFEST, "w", encoding="utf-8") as file:
        file.write(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def main(asked):
    old = json.load(open(MANIFEST))["cases"] if os.path.exists(MANIFEST) else []
    entries = {entry["name"]: entry for entry in old}
    write_manifest(entries)
    refused = []
    for case in CASES:
        if not asked or case.name in asked:
            try:
                entries[case.name] = make(case)
            except (ValueError, KeyError, TypeError) as error:
                refused.append(f"{case.name}: {error}")
                continue
            write_manifest(entries)
            print(f"{case.name:24} {len(entries[case.name]['methods'])} maps", flush=True)
    if refused:
        raise SystemExit("\n".join(refused))


if __name__ == "__main__":
    main(set(sys.argv[1:]))
