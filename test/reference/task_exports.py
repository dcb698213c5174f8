"""Exports of other people's detectors and segmenters, with the boxes or classes that their own tools find in one image.

Run: python test/reference/task_exports.py FOLDER [NAME ...]    (transformers 5.18, timm 1.0, torch 2.13, torchvision 0.28, onnx 1.23)
Then: npm run bench -- tasks --folder FOLDER

Weights are random, with the biases of the classes set so that some boxes pass: what is compared is how outputs are read, and gradients. Each
model gives one more output, `features`, at which PyTorch computes ReLU(sum_k dS/dA_k * A_k) of the surest boxes' class scores. Nothing of this
enters the project: FOLDER lies elsewhere.
"""
import json, os, sys, warnings
import numpy as np, onnx, torch
from torch import nn

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
folder, wanted = sys.argv[1], sys.argv[2:]
os.makedirs(folder, exist_ok=True)
CONFIDENCE, BOXES = 0.3, 8


class Features(nn.Module):
    """The outputs of a model that it is read by, and the features of one of its modules."""

    def __init__(self, model, module, outputs, call):
        super().__init__()
        self.model, self.outputs, self.call, self.features, self.shift = model, outputs, call, None, None
        module.register_forward_hook(self.keep)

    def keep(self, _, __, out):
        while not torch.is_tensor(out): out = out[0] if isinstance(out, (tuple, list)) else next(iter(out.values()))
        self.features = out
        if self.shift is not None: out.data.view(-1)[self.shift[0]] += self.shift[1]

    def forward(self, image):
        out = self.call(self.model, image)
        return (*(out[name] for name in self.outputs), self.features)


def odam(wrapped, image, score, tokens=slice(None)):
    """The map at the features, [h, w]; of tokens [1, n, c] those of the grid; in float64."""
    for p in wrapped.parameters(): p.requires_grad_(True)
    wrapped.double()
    outputs = wrapped(image.double())
    features = wrapped.features
    (gradient,) = torch.autograd.grad(score(outputs), features)
    if not agrees(wrapped, image, score, gradient): gradient = differences(wrapped, image, score, range(gradient.numel())).view_as(gradient)
    with torch.no_grad(): evidence = torch.relu((gradient * features).sum(1 if features.dim() == 4 else 2))[0]
    wrapped.float()
    return (evidence if features.dim() == 4 else evidence[tokens]).flatten().tolist()


def agrees(wrapped, image, score, gradient):
    """Some models cut their gradient off, for training. A file does not say where, and computes on: its gradient is that of its function."""
    places = range(3, gradient.numel(), max(1, gradient.numel() // 8))
    return torch.allclose(differences(wrapped, image, score, places), gradient.flatten()[list(places)], rtol=1e-3, atol=1e-9)


def differences(wrapped, image, score, places, step=1e-6):
    """Central differences of the score by single features."""
    def at(place, by):
        wrapped.shift = (place, by)
        with torch.no_grad(): return score(wrapped(image.double())).item()
    found = [(at(place, step) - at(place, -step)) / (2 * step) for place in places]
    wrapped.shift = None
    return torch.tensor(found, dtype=torch.float64)


def save(name, wrapped, image, outputs, expected):
    path = os.path.join(folder, name)
    with torch.no_grad():
        torch.onnx.export(wrapped, image, path + ".onnx", opset_version=17, dynamo=False, input_names=["pixel_values"], output_names=[*outputs, "features"])
    np.save(path + ".npy", image.numpy())
    with open(path + ".json", "w") as file: json.dump(expected, file)
    print(f"{name}: {os.path.getsize(path + '.onnx') / 1e6:.1f} MB, {expected['task']}, {len(expected.get('boxes', []))} boxes", flush=True)


def raise_until(found, raise_by, least=3, most=20):
    """Raises the classes' biases until enough boxes pass."""
    for _ in range(400):
        boxes = found()
        if least <= len(boxes): return boxes[:most]
        raise_by(0.05)
    raise SystemExit("no boxes")


def corners(boxes, height, width):
    cx, cy, w, h = boxes.unbind(-1)
    return torch.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], -1) * torch.tensor([width, height, width, height])


def heads_of(model, parts):
    return [m for n, m in model.named_modules() if isinstance(m, nn.Linear) and any(part in n for part in parts)]


def transformer_detector(name, make, module, size, softmax, tokens=slice(None), gain=1.3):
    torch.manual_seed(0)
    model = make().eval()
    spread(model, gain)
    height, width = size
    image = torch.rand(1, 3, height, width)
    call = lambda m, x: m(pixel_values=x)
    wrapped = Features(model, module(model), ["logits", "pred_boxes"], call)
    heads = heads_of(model, ["class_labels_classifier", "class_embed", "enc_score_head"])
    classes = None

    def found():
        with torch.no_grad(): logits, boxes, _ = wrapped(image)
        p = logits[0].softmax(-1)[:, :-1] if softmax else logits[0].sigmoid()
        score, label = p.max(-1)
        keep = torch.nonzero(score >= CONFIDENCE).flatten()
        keep = keep[score[keep].argsort(descending=True)]
        sides = corners(boxes[0], height, width)
        return [{"box": sides[i].tolist(), "score": score[i].item(), "class": int(label[i]), "row": int(i)} for i in keep]

    def raise_by(by):
        for head in heads:
            with torch.no_grad():
                if softmax: head.bias[:-1] += by
                else: head.bias += by

    boxes = raise_until(found, raise_by)
    for box in boxes[:3]: box["map"] = odam(wrapped, image, lambda out: out[0][0, box["row"], box["class"]], tokens)
    save(name, wrapped, image, ["logits", "pred_boxes"], {"task": "detection", "boxes": boxes})


def spread(model, gain=1.3):
    """Deviations as after training: those of the start leave all queries and places alike."""
    for name, module in model.named_modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)) and module.weight.requires_grad:
            # Large offsets would look beyond the image, where everything is zero.
            size = 0.1 if "sampling_offsets" in name else gain
            nn.init.normal_(module.weight, 0, size / (module.weight[0].numel() ** 0.5))
        if isinstance(module, nn.Embedding): nn.init.normal_(module.weight)
    for name, parameter in model.named_parameters():
        if name.endswith(("tokens", "position_embeddings")): nn.init.normal_(parameter)


def segmenter(name, make, module, size, outputs=("logits",), call=lambda m, x: m(pixel_values=x)):
    torch.manual_seed(0)
    model = make().eval()
    spread(model)
    image = torch.rand(1, 3, *size)
    wrapped = Features(model, module(model), list(outputs), call)
    with torch.no_grad(): logits = wrapped(image)[0]
    shares = torch.bincount(logits[0].argmax(0).flatten(), minlength=logits.shape[1]) / logits[0, 0].numel()
    first = int(shares.argmax())
    region = (logits[0].argmax(0) == first).float()
    score = lambda out: (out[0][0, first] * region).sum() / region.sum()
    expected = {"task": "segmentation", "shares": shares.tolist(), "class": first, "map": odam(wrapped, image, score)}
    save(name, wrapped, image, outputs, expected)


def hf(name, **config):
    import transformers
    kind = getattr(transformers, name)
    return kind(kind.config_class(**config))


def resnet(**more):
    from transformers import ResNetConfig
    return ResNetConfig(embedding_size=16, hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 1, 1], layer_type="basic", **more)


small = dict(d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, num_labels=7)
timm_free = dict(use_timm_backbone=False, use_pretrained_backbone=False, backbone=None)
last = lambda part: (lambda model: [m for n, m in model.named_modules() if n.endswith(part)][-1])


def hgnet():
    return dict(num_labels=7, d_model=32, encoder_hidden_dim=32, encoder_in_channels=[32, 48, 64], encoder_ffn_dim=64, decoder_in_channels=[32, 32, 32],
                decoder_ffn_dim=64, decoder_attention_heads=4, encoder_attention_heads=4, decoder_layers=2, num_queries=30, num_denoising=0)


makers = {
    "detr": lambda n: transformer_detector(n, lambda: hf("DetrForObjectDetection", **small, **timm_free, num_queries=20, backbone_config=resnet(out_features=["stage4"])), last("encoder.stages.3"), (128, 160), True),
    "conditional-detr": lambda n: transformer_detector(n, lambda: hf("ConditionalDetrForObjectDetection", **small, **timm_free, num_queries=20, backbone_config=resnet(out_features=["stage4"])), last("encoder.stages.3"), (128, 160), False),
    "table-transformer": lambda n: transformer_detector(n, lambda: hf("TableTransformerForObjectDetection", **small, **timm_free, num_queries=20, backbone_config=resnet(out_features=["stage4"])), last("encoder.stages.3"), (128, 160), True),
    "dab-detr": lambda n: transformer_detector(n, lambda: hf("DabDetrForObjectDetection", **{k if k != "d_model" else "hidden_size": v for k, v in small.items()}, **timm_free, num_queries=20, backbone_config=resnet(out_features=["stage4"])), last("encoder.stages.3"), (128, 160), False),
    "deformable-detr": lambda n: transformer_detector(n, lambda: hf("DeformableDetrForObjectDetection", **small, **timm_free, num_queries=20, num_feature_levels=3, backbone_config=resnet(out_features=["stage2", "stage3", "stage4"])), last("encoder.stages.3"), (128, 160), False),
    "yolos": lambda n: transformer_detector(n, lambda: hf("YolosForObjectDetection", hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64, image_size=[128, 160], patch_size=16, num_detection_tokens=20, num_labels=7), lambda m: m.vit.encoder.layer[1], (128, 160), True, slice(1, 81)),
    "rt-detr": lambda n: transformer_detector(n, lambda: hf("RTDetrForObjectDetection", **hgnet(), backbone_config=resnet_rt(), use_pretrained_backbone=False, use_timm_backbone=False), last("pan_blocks.1"), (128, 128), False),
    "rt-detr-v2": lambda n: transformer_detector(n, lambda: hf("RTDetrV2ForObjectDetection", **hgnet(), backbone_config=resnet_rt(), use_pretrained_backbone=False, use_timm_backbone=False), last("pan_blocks.1"), (128, 128), False),
    "d-fine": lambda n: transformer_detector(n, lambda: hf("DFineForObjectDetection", **hgnet(), backbone_config=resnet_rt(), use_pretrained_backbone=False, use_timm_backbone=False), last("encoder.stages.3"), (128, 128), False),
    "segformer": lambda n: segmenter(n, lambda: hf("SegformerForSemanticSegmentation", hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 1, 1], num_attention_heads=[1, 2, 3, 4], decoder_hidden_size=32, num_labels=7), lambda m: m.decode_head.activation, (128, 160)),
    "upernet": lambda n: segmenter(n, lambda: hf("UperNetForSemanticSegmentation", backbone_config=resnet(out_features=["stage1", "stage2", "stage3", "stage4"]), hidden_size=32, use_auxiliary_head=False, num_labels=7, use_pretrained_backbone=False, use_timm_backbone=False), lambda m: m.decode_head.fpn_bottleneck, (128, 160)),
    "mobilevit-deeplab": lambda n: segmenter(n, lambda: hf("MobileViTForSemanticSegmentation", num_labels=7, image_size=128), lambda m: m.segmentation_head.aspp, (128, 128)),
    "mobilenet-v2-deeplab": lambda n: segmenter(n, lambda: hf("MobileNetV2ForSemanticSegmentation", num_labels=7), lambda m: m.segmentation_head.conv_projection, (128, 128)),
    "beit": lambda n: segmenter(n, lambda: hf("BeitForSemanticSegmentation", hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=64, image_size=128, patch_size=16, out_indices=[1, 2, 3, 4], num_labels=7, use_auxiliary_head=False), lambda m: m.decode_head.bottleneck, (128, 128)),
    "dpt": lambda n: segmenter(n, lambda: hf("DPTForSemanticSegmentation", hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=64, image_size=128, patch_size=16, backbone_out_indices=[0, 1, 2, 3], neck_hidden_sizes=[16, 16, 16, 16], fusion_hidden_size=16, num_labels=7, use_auxiliary_head=False), lambda m: m.head.head[3], (128, 128)),
    "deeplab-v3": lambda n: torch_segmenter(n, "deeplabv3_mobilenet_v3_large", lambda m: m.classifier[3]),
    "lr-aspp": lambda n: torch_segmenter(n, "lraspp_mobilenet_v3_large", lambda m: m.classifier.cbr),
    "fcn": lambda n: torch_segmenter(n, "fcn_resnet50", lambda m: m.classifier[2]),
}


def resnet_rt():
    from transformers import RTDetrResNetConfig
    return RTDetrResNetConfig(embedding_size=16, hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 1, 1], layer_type="basic", out_features=["stage2", "stage3", "stage4"])


def torch_segmenter(name, kind, module):
    from torchvision.models import segmentation
    make = lambda: getattr(segmentation, kind)(weights=None, weights_backbone=None, num_classes=7)
    segmenter(name, make, module, (128, 160), ("out",), lambda m, x: m(x))


for name in wanted or makers:
    try: makers[name](name)
    except Exception as error: print(f"{name}: not exported: {type(error).__name__}: {str(error)[:300]}", flush=True)
