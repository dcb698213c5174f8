"""Exports of the YOLO family by its makers' own code, with the boxes that this code finds in one image, and ODAM's maps of them.

Run: python test/reference/yolo_exports.py FOLDER REPOSITORIES [NAME ...]    (torch 2.13, torchvision 0.28, onnx 1.23)
Then: npm run bench -- tasks --folder FOLDER

REPOSITORIES holds the trees of github.com/Megvii-BaseDetection/YOLOX (yolox), ultralytics/yolov5, WongKinYiu/yolov7 and THU-MIG/yolov10 (a fork
of Ultralytics' package) under these last names. They are run where they are, as references: nothing of them, no export and no weight enters the
project. Besides torch they import loguru, tabulate, requests, pandas, matplotlib, seaborn, opencv-python-headless, psutil and py-cpuinfo.

Weights are random, batch normalisation is set to what one batch shows, and the biases of each level's classes are raised until the level gives
boxes. Boxes are decoded by the makers and chosen by the plain definition of non-maximum suppression for each class. The map of a box is
ReLU(sum_k dS/dA_k * A_k) in float64 at the features that its level's head reads, with S the score before its sigmoid, or the sum of the
logarithms of the factors; they keep the names features_0, features_1, ... inside the file, whose outputs are those of the makers' exports.
"""
import ast, importlib, importlib.abc, importlib.machinery, json, multiprocessing, os, sys, types, warnings
from unittest.mock import MagicMock
import numpy as np, onnx, torch
from torch import nn

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
folder, repositories, wanted = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
os.makedirs(folder, exist_ok=True)
CONFIDENCE, OVERLAP, CLASSES = 0.3, 0.45, 7
NAMES = {i: f"kind {i}" for i in range(CLASSES)}


class Watched(nn.Module):
    """A model with the outputs of its file, and what the modules that read its levels are given."""

    def __init__(self, model, readers, outputs):
        super().__init__()
        self.model, self.outputs = model, outputs
        self.features, self.apart, self.shift = [None] * len(readers), False, None
        for level, module in enumerate(readers): module.register_forward_pre_hook(lambda _, given, level=level: self.keep(level, given[0]))

    def keep(self, level, x):
        if self.apart: x = x.detach().clone(memory_format=torch.contiguous_format).requires_grad_()
        if self.shift is not None and self.shift[0] == level: x.data.flatten(2)[:, :, self.shift[1]] *= 1 + self.shift[2]
        self.features[level] = x
        return (x,) if self.apart else None

    def forward(self, image):
        return (*self.outputs(self.model(image)), *self.features)


def spread(model, gain=1.3, decoder=0.6):
    """Deviations as after training: those of the start leave all places alike. Decoders that refine boxes step by step magnify float32's errors."""
    for name, module in model.named_modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)) and module.weight.requires_grad:
            size = 0.1 if "sampling_offsets" in name else decoder if isinstance(module, nn.Linear) else gain
            nn.init.normal_(module.weight, 0, size / (module.weight[0].numel() ** 0.5))
        if isinstance(module, nn.Embedding): nn.init.normal_(module.weight)


def normalise(model, images, least):
    """Batch normalisation by what these images show; channels that hardly vary stay so, else float32 would be too coarse for a comparison."""
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms: norm.momentum = 1.0; norm.train()
    with torch.no_grad(): model(images)
    for norm in norms: norm.running_var.copy_(torch.maximum(norm.running_var, least * norm.running_mean**2)); norm.eval()


def corners(boxes):
    return torch.cat([boxes[:, :2] - boxes[:, 2:4] / 2, boxes[:, :2] + boxes[:, 2:4] / 2], 1)


def intersection_over_union(box, others):
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    area = lambda b: (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    shared = np.clip(sides, 0, None).prod(1)
    return shared / (area(box) + area(others) - shared)


def chosen(boxes, scores, suppress):
    """Greedy: the surest box of a class drops those of the class that overlap it by more than the limit. Each row has its best class."""
    boxes, best, label = boxes.numpy().astype(np.float64), scores.max(1).values.numpy(), scores.argmax(1).numpy()
    found = []
    for row in np.argsort(-best, kind="stable"):
        if best[row] < CONFIDENCE: break
        rivals = [each["row"] for each in found if each["class"] == label[row]]
        if suppress and rivals and intersection_over_union(boxes[row], boxes[rivals]).max() > OVERLAP: continue
        found.append({"box": boxes[row].tolist(), "score": float(best[row]), "class": int(label[row]), "row": int(row)})
    return found


def raise_levels(levels, found, each=2, most=20):
    """Raises the biases of the classes, level by level, until all levels give boxes."""
    for biases in levels:
        for bias in biases: bias.data -= 8
    for level, biases in enumerate(levels):
        for step in (0.5, 0.05):
            while len(found()) < each * (level + 1):
                for bias in biases: bias.data += step
            if step > 0.05:
                for bias in biases: bias.data -= step
    boxes = found()
    if not 3 <= len(boxes) <= most: raise SystemExit(f"{len(boxes)} boxes")
    return boxes


def odam(watched, image, score):
    """The level that the score reads, and the map there. A model may cut its gradient off: then by differences, which a file's gradient is."""
    watched.double()
    watched.apart = True
    value = score(watched.model(image.double()))
    gradients = torch.autograd.grad(value, watched.features, allow_unused=True)
    level = max(range(len(gradients)), key=lambda i: 0 if gradients[i] is None else float(gradients[i].abs().max()))
    evidence = (gradients[level] * watched.features[level].detach()).sum(1)[0].flatten()
    places = evidence.abs().topk(3).indices
    if not torch.allclose(differences(watched, image, score, level, places), evidence[places], rtol=1e-4):
        evidence = differences(watched, image, score, level, torch.arange(len(evidence)))
        print("the gradient is not that of the function: by central differences", flush=True)
    watched.apart = False
    watched.float()
    return level, torch.relu(evidence).tolist()


def differences(watched, image, score, level, places, step=1e-6):
    """sum_k dS/dA_k * A_k at places: how the score changes as all channels of a place grow by a share."""
    def at(place, by):
        watched.shift = (level, place, by)
        with torch.no_grad(): return float(score(watched.model(image.double())))
    found = [(at(place, step) - at(place, -step)) / (2 * step) for place in places.tolist()]
    watched.shift = None
    return torch.tensor(found, dtype=torch.float64)


def log_share(p): return torch.log(p)
def logit(p): return torch.log(p) - torch.log1p(-p)


def save(name, watched, image, outputs, boxes, opset, metadata):
    path = os.path.join(folder, name)
    features = [f"features_{level}" for level in range(len(watched.features))]
    with torch.no_grad():
        torch.onnx.export(watched, image, path + ".onnx", opset_version=opset, dynamo=False, input_names=["images"], output_names=[*outputs, *features])
    file = onnx.load(path + ".onnx")
    kept = [each for each in file.graph.output if each.name not in features]
    file.graph.value_info.extend(each for each in file.graph.output if each.name in features)
    del file.graph.output[:]
    file.graph.output.extend(kept)
    for key, value in metadata.items(): file.metadata_props.add(key=key, value=str(value))
    onnx.save(file, path + ".onnx")
    np.save(path + ".npy", image.numpy())
    with open(path + ".json", "w") as written: json.dump({"task": "detection", "count": len(boxes), "boxes": boxes}, written)
    shapes = ["x".join(str(d.dim_value or d.dim_param) for d in each.type.tensor_type.shape.dim) for each in kept]
    levels = sorted({box["layer"] for box in boxes if "layer" in box})
    print(f"{name}: {os.path.getsize(path + '.onnx') / 1e6:.1f} MB, outputs {', '.join(shapes)}, {len(boxes)} boxes, maps at {', '.join(levels)}", flush=True)


def detector(name, model, readers, levels, read, target, outputs, names=("output0",), size=(128, 160), largest=1, fuse=None, suppress=True,
             opset=17, metadata={}, ready=lambda: None, maps=4, least=0.1):
    """
    read: what the model gives -> boxes [R, 4] by corners, scores [R, C]; target: ..., row, class -> what a map explains
    levels: of the model, after fusing -> biases of the classes, by level
    """
    torch.manual_seed(0)
    model.eval()
    spread(model)
    images = largest * (torch.rand(4, 3, *size) > 0.5).float()
    image = images[:1].clone()
    normalise(model, images, least)
    with torch.no_grad():
        if fuse: fuse(model)
    ready()
    watched = Watched(model, readers(), outputs).eval()

    def found():
        with torch.no_grad(): boxes, scores = read(model(image))
        return chosen(boxes, scores, suppress)

    boxes = raise_levels(levels(), found, 2 if len(levels()) > 1 else 6)
    for box in boxes[:maps] + boxes[-2:]:
        if "map" in box: continue
        level, box["map"] = odam(watched, image, lambda out: target(out, box["row"], box["class"]))
        box["layer"] = f"features_{level}"
    return watched, image, lambda: save(name, watched, image, names, boxes, opset, metadata)


def use(repository):
    sys.path.insert(0, os.path.join(repositories, repository))
    os.chdir(os.path.join(repositories, repository))


class Blank(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules of a package that building a model does not need."""

    def __init__(self, *packages): self.packages = packages
    def find_spec(self, name, path=None, target=None):
        if any(name == each or name.startswith(each + ".") for each in self.packages): return importlib.machinery.ModuleSpec(name, self, is_package=True)
    def create_module(self, spec): return None
    def exec_module(self, module): blank(module)


def blank(module): module.__getattr__ = lambda name: MagicMock() if not name.startswith("__") else (_ for _ in ()).throw(AttributeError(name))


def parts(bias, boxes_of_cell, *columns):
    """Views of a bias, by its columns for each box of a cell."""
    rows = bias.data.view(boxes_of_cell, -1)
    return [View(rows[:, column]) for column in columns]


class View:
    """Numbers of a parameter as if they were one."""
    def __init__(self, data): self.data = data


def with_objectness(rows, row, label): return log_share(rows[0, row, 4]) + log_share(rows[0, row, 5 + label])
def read_objectness(rows): return corners(rows[0]), rows[0, :, 4:5] * rows[0, :, 5 : 5 + CLASSES]


def yolox(name, kind, decoded):
    use("yolox")
    from yolox.exp import get_exp
    from yolox.models.network_blocks import SiLU
    from yolox.utils import replace_module
    exp = get_exp(None, kind)
    exp.num_classes = CLASSES
    model = exp.get_model()
    head = model.head

    def decode(out):
        return out if head.decode_in_inference else head.decode_outputs(out, dtype=out.type())

    replace_module(model, nn.SiLU, SiLU)
    head.decode_in_inference = decoded
    biases = lambda: [[c.bias, o.bias] for c, o in zip(head.cls_preds, head.obj_preds)]
    _, _, write = detector(name, model, lambda: head.stems, biases, lambda out: read_objectness(decode(out)), with_objectness, lambda out: (out,),
                           ("output",), largest=255, opset=11, least=0.3)
    write()


def yolov5(name, config, size=(128, 160)):
    """Its package of helpers is Ultralytics'; of that the fork's, with blanks for what is newer."""
    sys.path.insert(0, os.path.join(repositories, "yolov10"))
    use("yolov5")
    sys.meta_path.append(Blank("ultralytics"))
    for each in ["utils", "utils.ops", "utils.torch_utils", "utils.metrics", "utils.checks", "utils.files", "utils.patches", "utils.plotting", "data.converter", "data.build", "data.utils"]:
        module = importlib.import_module(f"ultralytics.{each}")
        if not hasattr(module, "__getattr__"): blank(module)
    from models.yolo import DetectionModel, SegmentationModel
    masks = "seg" in config
    model = (SegmentationModel if masks else DetectionModel)(config, nc=CLASSES)
    head = model.model[-1]
    head.inplace = False
    biases = lambda: [parts(m.bias, head.na, slice(4, 5 + CLASSES)) for m in head.m]
    first = lambda out: out[0] if isinstance(out, (tuple, list)) else out

    def ready(): head.export = True

    _, _, write = detector(name, model, lambda: head.m, biases, lambda out: read_objectness(first(out)), lambda out, row, label: with_objectness(first(out), row, label),
                           lambda out: tuple(out) if masks else (first(out),), ("output0", "output1")[: 1 + masks], size=size, fuse=lambda m: m.fuse(), ready=ready,
                           metadata={"stride": int(max(model.stride)), "names": NAMES})
    write()


def yolov7(name, config, end_to_end=False):
    use("yolov7")
    from models.experimental import End2End
    from models.yolo import Model
    model = Model(config, nc=CLASSES)
    head = model.model[-1]
    biases = lambda: [parts(m.bias, head.na, slice(4, 5 + CLASSES)) for m in head.m]

    def raw(out): return torch.cat([each.flatten(1, 3) for each in out[1]], 1)

    def target(out, row, label):
        rows = raw(out).sigmoid()
        return logit(rows[0, row, 4] * rows[0, row, 5 + label]) if end_to_end else with_objectness(rows, row, label)

    watched, image, write = detector(name, model, lambda: head.m, biases, lambda out: read_objectness(out[0]), target, lambda out: (out,), ("output",),
                                     fuse=lambda m: m.fuse(), opset=12)
    if end_to_end: watched.model = End2End(model, 100, OVERLAP, CONFIDENCE, 640, None, CLASSES)
    else: head.concat = True
    write()


def ultralytics(name, config, size=(128, 160), make="DetectionModel", task="detect", least=0.1):
    use("yolov10")
    tasks = importlib.import_module("ultralytics.nn.tasks")
    heads = importlib.import_module("ultralytics.nn.modules.head")
    blocks = importlib.import_module("ultralytics.nn.modules.block")
    model = getattr(tasks, make)(config, nc=CLASSES, verbose=False)
    head = model.model[-1]
    chooses, queries, masks, turned = (isinstance(head, kind) for kind in (heads.v10Detect, heads.RTDETRDecoder, heads.Segment, heads.OBB))

    def enclosing(rows):
        import ultralytics.utils.ops as ops
        points = ops.xywhr2xyxyxyxy(torch.cat([rows[:4], rows[-1:]]).T)
        return torch.cat([points.amin(1), points.amax(1)], 1)

    def ready():
        head.export, head.format = True, "onnx"
        for each in model.modules():
            if isinstance(each, blocks.C2f): each.forward = each.forward_split
        # The fork's exports give all boxes by their corners, for YOLOv10; Ultralytics' own give centres and sizes.
        if chooses or queries: return
        decode = type(head).decode_bboxes

        def by_centre(boxes, anchors):
            head.export = False
            try: return decode(head, boxes, anchors)
            finally: head.export = True
        head.decode_bboxes = by_centre

    first = lambda out: out[0] if isinstance(out, (tuple, list)) else out

    def read(out):
        rows = first(out)[0]
        # Turned boxes by the upright ones that hold them, as Ultralytics' own results give them besides.
        if turned: return enclosing(rows), rows[4 : 4 + CLASSES].T
        if chooses: return rows[:, :4], rows[:, 4:5] * nn.functional.one_hot(rows[:, 5].long(), CLASSES)
        height, width = size
        if queries: return corners(rows) * torch.tensor([width, height, width, height]), rows[:, 4:]
        return corners(rows.T), rows[4 : 4 + CLASSES].T

    def target(out, row, label):
        rows = first(out)[0]
        return logit(rows[row, 4] if chooses else rows[row, 4 + label] if queries else rows[4 + label, row])

    if queries: readers, biases = (lambda: [head.input_proj[-1]]), (lambda: [[each.bias for each in (head.enc_score_head, *head.dec_score_head)]])
    else:
        branches = head.one2one_cv3 if chooses else head.cv3
        readers, biases = (lambda: branches), (lambda: [[branch[-1].bias] for branch in branches])
    metadata = {"description": f"Ultralytics {name} model", "author": "Ultralytics", "stride": int(max(model.stride)), "task": task, "batch": 1, "imgsz": list(size), "names": NAMES}
    if task == "pose": metadata["kpt_shape"] = head.kpt_shape
    _, _, write = detector(name, model, readers, biases, read, target, lambda out: tuple(out) if masks else (first(out),), ("output0", "output1")[: 1 + masks], size=size,
                           fuse=lambda m: m.fuse(verbose=False), suppress=not (chooses or queries), ready=ready, metadata=metadata, least=least)
    write()


makers = {
    "yolox-nano": lambda n: yolox(n, "yolox-nano", False),
    "yolox-nano-decoded": lambda n: yolox(n, "yolox-nano", True),
    "yolox-s": lambda n: yolox(n, "yolox-s", False),
    "yolox-s-decoded": lambda n: yolox(n, "yolox-s", True),
    "yolov3-tiny": lambda n: yolov5(n, "models/hub/yolov3-tiny.yaml"),
    "yolov5n": lambda n: yolov5(n, "models/yolov5n.yaml"),
    "yolov5n-seg": lambda n: yolov5(n, "models/segment/yolov5n-seg.yaml"),
    "yolov5n6": lambda n: yolov5(n, "models/hub/yolov5n6.yaml", (128, 192)),
    "yolov7-tiny": lambda n: yolov7(n, "cfg/deploy/yolov7-tiny.yaml"),
    "yolov7-tiny-nms": lambda n: yolov7(n, "cfg/deploy/yolov7-tiny.yaml", True),
    "yolov10n": lambda n: ultralytics(n, "yolov10n.yaml", make="YOLOv10DetectionModel"),
    "yolov3u-tiny": lambda n: ultralytics(n, "yolov3-tiny.yaml"),
    "yolov5nu": lambda n: ultralytics(n, "yolov5n.yaml"),
    "yolov6n": lambda n: ultralytics(n, "yolov6n.yaml"),
    "yolov8n": lambda n: ultralytics(n, "yolov8n.yaml"),
    "yolov8n-p2": lambda n: ultralytics(n, "yolov8n-p2.yaml"),
    "yolov8n-p6": lambda n: ultralytics(n, "yolov8n-p6.yaml", (128, 192)),
    "yolov8n-seg": lambda n: ultralytics(n, "yolov8n-seg.yaml", make="SegmentationModel", task="segment"),
    "yolov8n-pose": lambda n: ultralytics(n, "yolov8n-pose.yaml", make="PoseModel", task="pose"),
    "yolov8n-obb": lambda n: ultralytics(n, "yolov8n-obb.yaml", make="OBBModel", task="obb"),
    "yolov9c": lambda n: ultralytics(n, "yolov9c.yaml", least=1),
    "rtdetr-l": lambda n: ultralytics(n, "rtdetr-l.yaml", (128, 160), make="RTDETRDetectionModel"),
}


def run(name):
    try: makers[name](name)
    except (Exception, SystemExit) as error:
        if os.environ.get("TRACE"): raise
        print(f"{name}: not exported: {type(error).__name__}: {str(error)[:300]}", flush=True)


# Not made unless it is named: Fovea does not read [boxes, 7] (image, corners, class, score).
unread = ["yolov7-tiny-nms"]

# The repositories' packages have the same names: a process for each.
for name in wanted or [each for each in makers if each not in unread]:
    process = multiprocessing.get_context("fork").Process(target=run, args=(name,))
    process.start()
    process.join()
