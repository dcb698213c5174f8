"""PyTorch's numbers and ONNX files for the networks of networks.json. `npm run sweep` starts it and asks for one network a line.

Versions of the figures in docs/conformance.md: torch 2.13.0, torchvision 0.28.0, timm 1.0.29, transformers 5.18.0, onnx 1.23.1, onnxscript 0.5.
For each network it writes input.npy, logits.npy, cam.npy and hires.npy [2, h, w] of two classes at the first layer (before the ReLU),
scale.npy [2], the largest sum of |activation x gradient| over channels, their float64 twins, activation-K.npy [C, h, w] of each layer,
and the exports that PyTorch can make.
"""
import io, json, os, sys, warnings, logging, contextlib
warnings.filterwarnings("ignore"); logging.disable(logging.ERROR)
import numpy as np, torch

# PyTorch's own messages go the other way: answers alone are written to standard output.
answers = os.fdopen(os.dup(1), "w"); os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
torch.set_num_threads(int(os.environ.get("SWEEP_THREADS", "1")))
here = os.path.dirname(os.path.abspath(__file__))
classes = [1, 7]


def find(name):
    for family in json.load(open(os.path.join(here, "networks.json")))["families"]:
        for network, layers in family["networks"].items():
            if f"{family['library']}/{network}" == name:
                args = {**family.get("args", {}), **family.get("arguments", {}).get(network, {})}
                size = family.get("sizes", {}).get(network, family["size"])
                if "img_size" in args: args["img_size"] = size
                return family["library"], network, args, size, layers, family.get("skips", {}).get(network, family.get("skip", 0))
    raise KeyError(name)


def build(library, network, args):
    if library == "timm":
        import timm
        return timm.create_model(network, pretrained=False, num_classes=10, **args)
    if library == "torchvision":
        import torchvision
        more = {"init_weights": True} if network in ("googlenet", "inception_v3") else {}
        if network == "VisionTransformer": return torchvision.models.VisionTransformer(num_classes=10, **args)
        return torchvision.models.get_model(network, weights=None, num_classes=10, **more)
    import transformers
    config = getattr(transformers, network + "Config")(num_labels=10, **args)
    model = getattr(transformers, network + "ForImageClassification")(config)
    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__(); self.model = model
        def forward(self, image): return self.model(image).logits
    return Logits()


def randomise(model, size):
    """Weights that let every layer count: no zero or tiny scales, statistics of BatchNorm as of real features."""
    torch.manual_seed(0)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout): module.p = 0.0
        if type(module).__name__ == "DropPath": module.drop_prob = 0.0
        if hasattr(module, "momentum") and hasattr(module, "running_var"):
            module.momentum = None; module.reset_running_stats()
    for name, p in model.named_parameters():
        with torch.no_grad():
            is_norm = p.ndim == 1 and name.endswith("weight")
            if is_norm: p.uniform_(0.5, 1.5)
            elif p.ndim == 1 and name.endswith("bias"): p.normal_(0, 0.1)
            elif p.abs().max() < 1e-3 or (p.ndim <= 1 and p.numel() > 1 and p.std() == 0): p.uniform_(0.1, 0.5)
    model.train()
    with torch.no_grad(): model(torch.randn(4, 3, size, size))
    model.eval()
    return model


def module_at(model, path):
    at = model.model if hasattr(model, "model") and not hasattr(model, path.split(".")[0]) else model
    for part in path.split("."):
        at = at[int(part)] if part.lstrip("-").isdigit() else getattr(at, part)
    return at


@contextlib.contextmanager
def capture(model, layer, keep):
    """Keeps what a layer gives, as a tensor that knows its gradient."""
    def hook(value):
        value = value[0] if isinstance(value, (tuple, list)) else value
        value = getattr(value, "last_hidden_state", value)
        keep.append(value)
        return None
    if layer == "forward_features":
        original = model.forward_features
        def wrapped(*args, **kwargs):
            value = original(*args, **kwargs); hook(value); return value
        model.forward_features = wrapped
        try: yield
        finally: del model.forward_features
    else:
        handle = module_at(model, layer).register_forward_hook(lambda _m, _i, out: hook(out))
        try: yield
        finally: handle.remove()


def activation(model, x, layer):
    name = layer[5:-1] if layer.startswith("relu(") else layer
    kept = []
    with capture(model, name, kept): y = model(x)
    a = kept[-1]
    return (torch.relu(a) if name != layer else a), a, y


def places(t, layout, skip):
    """A tensor of the layer as [C, h, w] of the first image."""
    t = t[0]
    if layout == "nchw": return t
    if layout == "nhwc": return t.permute(2, 0, 1)
    square = lambda count: int(round(count ** 0.5)) ** 2 == count
    t = t[skip if square(t.shape[0] - skip) else 0:]
    side = int(round(t.shape[0] ** 0.5))
    return t.reshape(side, side, -1).permute(2, 0, 1)


def layout_of(a, skip):
    if a.ndim == 3: return "tokens"
    # Channels outnumber places in every network here.
    return "nchw" if a.shape[1] >= a.shape[3] else "nhwc"


def maps(model, x, layer, skip):
    name = layer[5:-1] if layer.startswith("relu(") else layer
    model.requires_grad_(True)
    out = {"cam": [], "hires": [], "scale": []}
    for c in classes:
        a, tapped, y = activation(model, x, name)
        (g,) = torch.autograd.grad(y[0, c], tapped)
        layout = layout_of(a, skip)
        A, G = places(a.detach(), layout, skip), places(g, layout, skip)
        out["cam"].append((A * G.mean((1, 2), keepdim=True)).sum(0).numpy())
        out["hires"].append((A * G).sum(0).numpy())
        out["scale"].append((A * G).abs().sum(0).max().numpy())
    return {k: np.stack(v) for k, v in out.items()}, y.detach().numpy(), layout


def export(model, x, path, dynamic, exporter):
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        if exporter == "torchscript":
            torch.onnx.export(model, (x,), path, opset_version=17, dynamo=False, input_names=["image"], output_names=["scores"],
                              dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}} if dynamic else None)
        else:
            shapes = ({0: torch.export.Dim("batch", min=1, max=64)},) if dynamic else None
            x = torch.cat([x, x]) if dynamic else x
            torch.onnx.export(model, (x,), path, dynamo=True, dynamic_shapes=shapes, input_names=["image"], output_names=["scores"],
                              external_data=False)


def make(name, folder, forms):
    library, network, args, size, layers, skip = find(name)
    torch.manual_seed(0)
    model = randomise(build(library, network, args), size)
    x = torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(9))
    save = lambda file, value: np.save(os.path.join(folder, file), np.ascontiguousarray(value, dtype=np.float32))
    save("input.npy", x.numpy())
    exports = {}
    for form in forms:
        exporter, kind = form.split("-")
        try:
            model.requires_grad_(False)
            export(model, x, os.path.join(folder, form + ".onnx"), kind == "dynamic", exporter)
            exports[form] = "ok"
        except BaseException as error:
            exports[form] = f"{type(error).__name__}: {str(error).strip().splitlines()[0][:120] if str(error).strip() else ''}"
    result, logits, layout = maps(model, x, layers[0], skip)
    for k, layer in enumerate(layers):
        with torch.no_grad(): a = activation(model, x, layer)[0]
        save(f"activation-{k}.npy", places(a, layout_of(a, skip), skip).numpy())
    save("logits.npy", logits)
    for key, value in result.items(): save(key + ".npy", value)
    try:
        exact = build(library, network, args)
        exact.load_state_dict(model.state_dict())
        exact = exact.double().eval()
        doubled, logits64, _ = maps(exact, x.double(), layers[0], skip)
        save("logits64.npy", logits64)
        for key, value in doubled.items(): save(key + "64.npy", value)
    except Exception as error:
        exports["float64"] = str(error)[:120]
    return {"name": name, "layers": layers, "layout": layout, "skip": skip, "exports": exports}


print(json.dumps({"ready": True, "torch": torch.__version__}), file=answers, flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try: answer = make(request["name"], request["folder"], request["forms"])
    except BaseException as error:
        answer = {"name": request["name"], "error": f"{type(error).__name__}: {str(error)[:300]}"}
    print(json.dumps(answer), file=answers, flush=True)
