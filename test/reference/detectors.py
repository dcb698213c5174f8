"""Detectors in miniature, in the layouts of real exports, with PyTorch's boxes and one map for each box: test/fixtures/detectors.

Run: python test/reference/detectors.py    (torch 2.13, torchvision 0.28, onnx 1.23, numpy 2.4)

The networks are random but for the biases of their classes, which let some boxes pass. Boxes: the surest first, each that overlaps no surer one of its class by more than OVERLAP (torchvision's box_iou). Maps: autograd of the
box's class score before its sigmoid (of a product the sum of logarithms) at the input of the level's head, ReLU(sum_k dS/dA_k * A_k)
(Zhao and Chan, ICLR 2023). Masks: sigmoid(coefficients @ prototypes) before it is cut at 1/2, zero outside the box, whose cells are those
that begin in it (crop_mask of YOLACT and Ultralytics).
"""
import json, os, warnings
import numpy as np, onnx, torch
import torch.nn.functional as F
from torch import nn
from torchvision.ops import box_iou

warnings.filterwarnings("ignore")
folder = os.path.join(os.path.dirname(__file__), "..", "fixtures", "detectors")
os.makedirs(folder, exist_ok=True)
SIZE, CLASSES, STRIDES, WIDTH = 64, 4, (8, 16, 32), 8
CONFIDENCE, OVERLAP = 0.3, 0.45


def conv(a, b, k=3, s=1): return nn.Sequential(nn.Conv2d(a, b, k, s, k // 2), nn.SiLU())


class Neck(nn.Module):
    """A backbone of four stages, a top-down and a bottom-up path: one map for each of the strides 8, 16, 32."""

    def __init__(self):
        super().__init__()
        w = WIDTH
        self.stem = nn.Sequential(conv(3, w, 3, 2), conv(w, w, 3, 2))
        self.c3, self.c4, self.c5 = conv(w, w, 3, 2), conv(w, w, 3, 2), conv(w, w, 3, 2)
        self.p4, self.p3 = conv(2 * w, w), conv(2 * w, w)
        self.d4, self.n4 = conv(w, w, 3, 2), conv(2 * w, w)
        self.d5, self.n5 = conv(w, w, 3, 2), conv(2 * w, w)

    def forward(self, x):
        c3 = self.c3(self.stem(x)); c4 = self.c4(c3); c5 = self.c5(c4)
        p4 = self.p4(torch.cat([F.interpolate(c5, scale_factor=2.0), c4], 1))
        p3 = self.p3(torch.cat([F.interpolate(p4, scale_factor=2.0), c3], 1))
        n4 = self.n4(torch.cat([self.d4(p3), p4], 1))
        n5 = self.n5(torch.cat([self.d5(n4), c5], 1))
        return [p3, n4, n5]


def grid(stride):
    side = SIZE // stride
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    return torch.stack([x, y], -1).reshape(-1, 2).float()


class V8(nn.Module):
    """Decoupled heads, a distribution for each side, no objectness: [1, 4 + classes, cells]."""
    BINS = 4

    def __init__(self):
        super().__init__()
        w = WIDTH
        self.neck = Neck()
        self.box = nn.ModuleList(nn.Sequential(conv(w, w), conv(w, w), nn.Conv2d(w, 4 * self.BINS, 1)) for _ in STRIDES)
        self.cls = nn.ModuleList(nn.Sequential(conv(w, w), conv(w, w), nn.Conv2d(w, CLASSES, 1)) for _ in STRIDES)
        self.dfl = nn.Conv2d(self.BINS, 1, 1, bias=False)
        self.dfl.weight.data[:] = torch.arange(self.BINS).float().view(1, self.BINS, 1, 1)
        self.points = torch.cat([grid(s) + 0.5 for s in STRIDES]).T[None]
        self.strides = torch.cat([torch.full((1, 1, (SIZE // s) ** 2), float(s)) for s in STRIDES], 2)

    def head(self, maps):
        raw = torch.cat([torch.cat([b(m), c(m)], 1).flatten(2) for m, b, c in zip(maps, self.box, self.cls)], 2)
        sides, logits = raw.split([4 * self.BINS, CLASSES], 1)
        n, _, cells = sides.shape
        distances = self.dfl(sides.view(n, 4, self.BINS, cells).transpose(2, 1).softmax(1)).view(n, 4, cells)
        before, after = distances.chunk(2, 1)
        first, last = self.points - before, self.points + after
        boxes = torch.cat([(first + last) / 2, last - first], 1) * self.strides
        return boxes, logits

    def forward(self, x):
        boxes, logits = self.head(self.neck(x))
        return torch.cat([boxes, logits.sigmoid()], 1)

    def rows(self, out): return out[0, :4].T, out[0, 4:].T
    def score(self, maps, row, c): return self.head(maps)[1][0, c, row]
    def raise_classes(self, by):
        for h in self.cls: h[2].bias.data += by


class Seg(V8):
    """With coefficients of masks behind the classes, and prototypes: [1, 4 + classes + MASKS, cells], [1, MASKS, side, side]."""
    MASKS, SIDE = 5, SIZE // 4

    def __init__(self):
        super().__init__()
        w = WIDTH
        self.mask = nn.ModuleList(nn.Sequential(conv(w, w), nn.Conv2d(w, self.MASKS, 1)) for _ in STRIDES)
        self.proto = nn.Sequential(conv(w, w), nn.Upsample(scale_factor=2.0), conv(w, w), nn.Conv2d(w, self.MASKS, 1))

    def forward(self, x):
        maps = self.neck(x)
        boxes, logits = self.head(maps)
        coefficients = torch.cat([h(m).flatten(2) for h, m in zip(self.mask, maps)], 2)
        return torch.cat([boxes, logits.sigmoid(), coefficients], 1), self.proto(maps[0])

    def rows(self, out): return super().rows(out[0][:, :4 + CLASSES])

    def masks(self, out, found):
        rows, prototypes = out
        scale = self.SIDE / SIZE
        y, x = torch.meshgrid(torch.arange(self.SIDE), torch.arange(self.SIDE), indexing="ij")
        for left, top, right, bottom, _, _, row in found:
            mask = (rows[0, 4 + CLASSES:, row] @ prototypes[0].flatten(1)).sigmoid().view(self.SIDE, self.SIDE)
            yield mask * (x >= left * scale) * (x < right * scale) * (y >= top * scale) * (y < bottom * scale)


class EndToEnd(V8):
    """The rows with the highest scores, chosen by the network: [1, 20, 6]."""
    ROWS = 20

    def forward(self, x):
        boxes, logits = self.head(self.neck(x))
        boxes, scores = boxes.transpose(1, 2), logits.sigmoid().transpose(1, 2)
        best = scores.amax(-1).topk(self.ROWS)[1].unsqueeze(-1)
        boxes, scores = boxes.gather(1, best.expand(-1, -1, 4)), scores.gather(1, best.expand(-1, -1, CLASSES))
        top, index = scores.flatten(1).topk(self.ROWS)
        boxes = boxes.gather(1, torch.div(index, CLASSES, rounding_mode="floor").unsqueeze(-1).expand(-1, -1, 4))
        first, size = boxes.chunk(2, 2)
        return torch.cat([first - size / 2, first + size / 2, top.unsqueeze(-1), (index % CLASSES).unsqueeze(-1).float()], 2)


class V5(nn.Module):
    """Three anchors for each cell, objectness: [1, 3 cells, 5 + classes]."""
    ANCHORS = torch.tensor([[[6., 8], [10, 8], [8, 14]], [[14, 12], [20, 26], [24, 16]], [[40, 30], [30, 44], [50, 50]]])

    def __init__(self):
        super().__init__()
        self.neck = Neck()
        self.heads = nn.ModuleList(nn.Conv2d(WIDTH, 3 * (5 + CLASSES), 1) for _ in STRIDES)

    def raw(self, maps):
        side = [SIZE // s for s in STRIDES]
        return [h(m).view(-1, 3, 5 + CLASSES, n, n).permute(0, 1, 3, 4, 2).contiguous() for h, m, n in zip(self.heads, maps, side)]

    def forward(self, x):
        out = []
        for i, (level, stride) in enumerate(zip(self.raw(self.neck(x)), STRIDES)):
            n = SIZE // stride
            xy, wh, conf = level.sigmoid().split((2, 2, CLASSES + 1), 4)
            cell = grid(stride).view(1, 1, n, n, 2) - 0.5
            xy = (xy * 2 + cell) * stride
            wh = (wh * 2) ** 2 * self.ANCHORS[i].view(1, 3, 1, 1, 2)
            out.append(torch.cat([xy, wh, conf], 4).view(-1, 3 * n * n, 5 + CLASSES))
        return torch.cat(out, 1)

    def rows(self, out): return out[0, :, :4], out[0, :, 5:] * out[0, :, 4:5]

    def score(self, maps, row, c):
        rows = torch.cat([r.view(1, -1, 5 + CLASSES) for r in self.raw(maps)], 1)[0, row]
        return F.logsigmoid(rows[4]) + F.logsigmoid(rows[5 + c])

    def raise_classes(self, by):
        for h in self.heads: h.bias.data.view(3, -1)[:, 4:] += by


class X(nn.Module):
    """Offsets as they come out of the convolutions, objectness: [1, cells, 5 + classes]."""

    def __init__(self):
        super().__init__()
        w = WIDTH
        self.neck = Neck()
        self.stems = nn.ModuleList(conv(w, w, 1) for _ in STRIDES)
        self.cls_convs = nn.ModuleList(nn.Sequential(conv(w, w), conv(w, w)) for _ in STRIDES)
        self.reg_convs = nn.ModuleList(nn.Sequential(conv(w, w), conv(w, w)) for _ in STRIDES)
        self.cls = nn.ModuleList(nn.Conv2d(w, CLASSES, 1) for _ in STRIDES)
        self.reg = nn.ModuleList(nn.Conv2d(w, 4, 1) for _ in STRIDES)
        self.obj = nn.ModuleList(nn.Conv2d(w, 1, 1) for _ in STRIDES)

    def parts(self, maps):
        out = []
        for i, m in enumerate(maps):
            m = self.stems[i](m)
            r = self.reg_convs[i](m)
            out.append((self.reg[i](r), self.obj[i](r), self.cls[i](self.cls_convs[i](m))))
        return out

    def forward(self, x):
        levels = [torch.cat([r, o.sigmoid(), c.sigmoid()], 1).flatten(2) for r, o, c in self.parts(self.neck(x))]
        return torch.cat(levels, 2).permute(0, 2, 1)

    def rows(self, out):
        out = out[0]
        cells = torch.cat([grid(s) for s in STRIDES])
        strides = torch.cat([torch.full(((SIZE // s) ** 2, 1), float(s)) for s in STRIDES])
        return torch.cat([(out[:, :2] + cells) * strides, out[:, 2:4].exp() * strides], 1), out[:, 5:] * out[:, 4:5]

    def score(self, maps, row, c):
        rows = torch.cat([torch.cat([o, k], 1).flatten(2) for _, o, k in self.parts(maps)], 2)[0, :, row]
        return F.logsigmoid(rows[0]) + F.logsigmoid(rows[1 + c])

    def raise_classes(self, by):
        for h in [*self.cls, *self.obj]: h.bias.data += by


def corners(boxes):
    return torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], 1)


def chosen(net, out):
    """Boxes as the makers' own tools choose them: the best class of each row, suppression per class."""
    if isinstance(net, EndToEnd):
        kept = out[0][out[0, :, 4] >= CONFIDENCE]
        return [(*row[:4].tolist(), row[4].item(), int(row[5]), i) for i, row in enumerate(kept)]
    boxes, scores = net.rows(out)
    boxes, (best, classes) = corners(boxes), scores.max(1)
    sure = torch.nonzero(best >= CONFIDENCE).flatten()
    keep = []
    for r in sure[best[sure].argsort(descending=True)].tolist():
        surer = [k for k in keep if classes[k] == classes[r]]
        if not surer or box_iou(boxes[r][None], boxes[surer]).max() <= OVERLAP: keep.append(r)
    return [(*boxes[r].tolist(), best[r].item(), int(classes[r]), int(r)) for r in keep]


def strengthen(net):
    """Deviations as after training: those of PyTorch's start leave all cells alike."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d) and module.weight.requires_grad and module is not getattr(net, "dfl", None):
            nn.init.normal_(module.weight, 0, 1.6 / (module.weight[0].numel() ** 0.5))
            nn.init.normal_(module.bias, 0, 0.3)


def head_input(path, pattern):
    """The value that the convolution with a weight of this name reads."""
    graph = onnx.load(path).graph
    return next(n.input[0] for n in graph.node if n.op_type == "Conv" and n.input[1] == pattern)


def level_of(row, per_cell):
    for i, s in enumerate(STRIDES):
        n = per_cell * (SIZE // s) ** 2
        if row < n: return i
        row -= n


nets = {"v8": (V8, 1, "cls.{}.0.0.weight"), "v5": (V5, 3, "heads.{}.weight"), "x": (X, 1, "stems.{}.0.weight"), "end2end": (EndToEnd, 1, None), "seg": (Seg, 1, "cls.{}.0.0.weight")}
goldens = {"size": SIZE, "confidence": CONFIDENCE, "overlap": OVERLAP, "nets": {}}


def drawn(make, per_cell, seed):
    """A network, an image, and the boxes found in it."""
    torch.manual_seed(seed)
    net = make().eval()
    strengthen(net)
    image = torch.rand(1, 3, SIZE, SIZE)
    for by in np.arange(-6, 4, 0.1):
        net.raise_classes(float(by))
        found = chosen(net, net(image))
        if len(found) >= 6: return net, image, found
        net.raise_classes(-float(by))


for name, (make, per_cell, weight) in nets.items():
    for seed in range(100):
        net, image, found = drawn(make, per_cell, seed)
        levels = {level_of(box[-1], per_cell) for box in found} if weight else {0, 1}
        if len(levels) > 1 and len({box[-2] for box in found}) > 1: break
    path = os.path.join(folder, f"{name}.onnx")
    with torch.no_grad():
        torch.onnx.export(net, image, path, opset_version=17, dynamo=False, input_names=["images"], output_names=["output0", "output1"][:2 if name == "seg" else 1])
    boxes = []
    for *corner, score, c, row in found:
        box = {"box": corner, "score": score, "class": c, "row": row}
        if weight is not None:
            level = level_of(row, per_cell)
            maps = [m.detach().requires_grad_() for m in net.neck(image)]
            net.score(maps, row, c).backward()
            box["layer"] = head_input(path, weight.format(level))
            box["map"] = torch.relu((maps[level].grad * maps[level]).sum(1))[0].flatten().tolist()
        boxes.append(box)
    if name == "seg":
        for box, mask in zip(boxes, net.masks(net(image), found)): box["mask"] = mask.flatten().tolist()
    goldens["nets"][name] = {"seed": seed, "boxes": boxes}
    image.numpy().astype("<f4").tofile(os.path.join(folder, f"{name}.f32"))
    print(name, len(found), os.path.getsize(path), [b["class"] for b in boxes], [round(b["score"], 2) for b in boxes])
with open(os.path.join(folder, "goldens.json"), "w") as file: json.dump(goldens, file)
