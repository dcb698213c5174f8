"""What transformers' and timm's own processors make of two pictures, for many settings: test/fixtures/cases/preprocessing/goldens.json.

Run: python test/reference/preprocessing.py    (transformers 5.18.0, timm 1.0.29, torchvision 0.28.0, torch 2.13.0, Pillow 12.3.0)
"""
import json, os, tempfile, warnings
import numpy as np
from PIL import Image
warnings.filterwarnings("ignore")
import transformers
from transformers import AutoImageProcessor
from timm.data import create_transform, resolve_data_config

IMAGENET = dict(image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
HALF = dict(image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5])


def picture(w, h):
    """Triangle waves: the test draws the same."""
    x, y = np.meshgrid(np.arange(w), np.arange(h))
    wave = lambda t: np.abs(t % 510 - 255)
    return Image.fromarray(np.stack([wave(2 * x + y), wave(x + 3 * y), wave(5 * x + 2 * y)], -1).astype(np.uint8))


pictures = {"wide": picture(300, 200), "tall": picture(90, 160)}

hf = {
    "vit": dict(image_processor_type="ViTImageProcessor", size=dict(height=224, width=224), **HALF),
    "vit of numbers only": dict(image_processor_type="ViTFeatureExtractor", size=192, resample=3, do_normalize=False),
    "vit that says nothing": dict(image_processor_type="ViTImageProcessor"),
    "vit, fast": dict(image_processor_type="ViTImageProcessorFast", size=dict(height=96, width=160), resample=2, **IMAGENET),
    "vit in a pair": dict(image_processor_type="ViTImageProcessor", size=[96, 160]),
    "vit with nulls": dict(image_processor_type="ViTImageProcessor", size=dict(height=64, width=64), crop_size=None, do_center_crop=None),
    "nearest": dict(image_processor_type="ViTImageProcessor", size=64, resample=0),
    "lanczos": dict(image_processor_type="ViTImageProcessor", size=64, resample=1),
    "bilinear": dict(image_processor_type="ViTImageProcessor", size=64, resample=2),
    "bicubic": dict(image_processor_type="ViTImageProcessor", size=64, resample=3),
    "box": dict(image_processor_type="ViTImageProcessor", size=64, resample=4),
    "hamming": dict(image_processor_type="ViTImageProcessor", size=64, resample=5),
    "enlarged with lanczos": dict(image_processor_type="ViTImageProcessor", size=dict(height=300, width=340), resample=1),
    "another factor": dict(image_processor_type="ViTImageProcessor", size=64, rescale_factor=1 / 127.5, do_normalize=False),
    "no factor": dict(image_processor_type="ViTImageProcessor", size=64, do_rescale=False, do_normalize=False),
    "no factor, normalised": dict(image_processor_type="ViTImageProcessor", size=64, do_rescale=False, image_mean=[123.7, 116.3, 103.5], image_std=[58.4, 57.1, 57.4]),
    "deit": dict(image_processor_type="DeiTImageProcessor", size=dict(height=256, width=256), crop_size=dict(height=224, width=224), resample=3, **IMAGENET),
    "deit, old": dict(feature_extractor_type="DeiTFeatureExtractor", size=256, crop_size=224, do_center_crop=True, resample=3, **IMAGENET),
    "deit that says nothing": dict(image_processor_type="DeiTImageProcessor"),
    "deit of another size": dict(image_processor_type="DeiTImageProcessor", size=438, crop_size=384),
    "deit without a crop": dict(image_processor_type="DeiTImageProcessor", do_center_crop=False, size=dict(height=64, width=64)),
    "beit": dict(image_processor_type="BeitImageProcessor", size=dict(height=256, width=256), crop_size=dict(height=224, width=224), do_center_crop=True),
    "beit that says nothing": dict(image_processor_type="BeitImageProcessor"),
    "clip": dict(image_processor_type="CLIPImageProcessor"),
    "clip, old": dict(feature_extractor_type="CLIPFeatureExtractor", size=224, crop_size=224, do_center_crop=True, do_resize=True, do_normalize=True, resample=3, image_mean=[0.48145466, 0.4578275, 0.40821073], image_std=[0.26862954, 0.26130258, 0.27577711]),
    "clip of 336": dict(image_processor_type="CLIPImageProcessor", size=dict(shortest_edge=336), crop_size=dict(height=336, width=336)),
    "clip, crop of two sides": dict(image_processor_type="CLIPImageProcessor", size=dict(shortest_edge=160), crop_size=dict(height=96, width=144)),
    "clip, crop larger than the picture": dict(image_processor_type="CLIPImageProcessor", size=dict(shortest_edge=120), crop_size=dict(height=160, width=160), do_normalize=False),
    "siglip": dict(image_processor_type="SiglipImageProcessor", size=dict(height=224, width=224)),
    "blip": dict(image_processor_type="BlipImageProcessor"),
    "convnext of a number": dict(feature_extractor_type="ConvNextFeatureExtractor", size=224, crop_pct=0.875, resample=3, **IMAGENET),
    "convnext of an edge": dict(image_processor_type="ConvNextImageProcessor", size=dict(shortest_edge=224), crop_pct=0.95, resample=3, **IMAGENET),
    "convnext without crop_pct": dict(image_processor_type="ConvNextImageProcessor", size=dict(shortest_edge=160), resample=3, **IMAGENET),
    "convnext of 384": dict(image_processor_type="ConvNextImageProcessor", size=dict(shortest_edge=384), crop_pct=0.875, resample=3, **IMAGENET),
    "convnext that says nothing": dict(image_processor_type="ConvNextImageProcessor"),
    "levit": dict(image_processor_type="LevitImageProcessor"),
    "levit of a number": dict(feature_extractor_type="LevitFeatureExtractor", size=192, crop_size=192, do_center_crop=True, **IMAGENET),
    "levit of two sides": dict(image_processor_type="LevitImageProcessor", size=dict(height=240, width=250)),
    "mobilenet 1": dict(image_processor_type="MobileNetV1ImageProcessor"),
    "mobilenet 2": dict(image_processor_type="MobileNetV2ImageProcessor", size=dict(shortest_edge=180), crop_size=dict(height=160, width=160)),
    "mobilevit": dict(image_processor_type="MobileViTImageProcessor", size=dict(shortest_edge=288), crop_size=dict(height=256, width=256), do_flip_channel_order=True),
    "mobilevit, old": dict(feature_extractor_type="MobileViTFeatureExtractor", size=288, crop_size=256, do_center_crop=True, resample=2, do_flip_channel_order=True),
    "mobilevit that does not flip": dict(image_processor_type="MobileViTImageProcessor", size=dict(shortest_edge=144), crop_size=dict(height=128, width=128), do_flip_channel_order=False),
    "efficientnet": dict(image_processor_type="EfficientNetImageProcessor", size=dict(height=224, width=224), resample=0, include_top=True, image_mean=[0.485, 0.456, 0.406], image_std=[0.47853944, 0.4732864, 0.47434163]),
    "efficientnet without a top": dict(image_processor_type="EfficientNetImageProcessor", size=dict(height=96, width=96), resample=2, include_top=False),
    "efficientnet with an offset": dict(image_processor_type="EfficientNetImageProcessor", do_center_crop=True, size=dict(height=346, width=346), crop_size=dict(height=289, width=289), resample=2, rescale_factor=1 / 127.5, rescale_offset=True, do_normalize=False, include_top=False),
    "efficientnet, offset and normalised": dict(image_processor_type="EfficientNetImageProcessor", size=dict(height=96, width=96), resample=2, rescale_factor=1 / 127.5, rescale_offset=True, include_top=True),
    "efficientnet that says nothing": dict(image_processor_type="EfficientNetImageProcessor"),
    "bit": dict(image_processor_type="BitImageProcessor", size=dict(shortest_edge=256), crop_size=dict(height=224, width=224), resample=3, **IMAGENET),
    "bit that says nothing": dict(image_processor_type="BitImageProcessor"),
    "poolformer": dict(image_processor_type="PoolFormerImageProcessor"),
    "poolformer of 0.95": dict(image_processor_type="PoolFormerImageProcessor", size=dict(shortest_edge=192), crop_size=dict(height=192, width=192), crop_pct=0.95),
    "poolformer of two sides": dict(image_processor_type="PoolFormerImageProcessor", size=dict(height=192, width=192), crop_size=dict(height=192, width=192), crop_pct=0.9),
    "pvt": dict(image_processor_type="PvtImageProcessor"),
    "segformer": dict(image_processor_type="SegformerImageProcessor", size=dict(height=128, width=192)),
    "perceiver": dict(image_processor_type="PerceiverImageProcessor"),
    "imagegpt": dict(image_processor_type="ImageGPTImageProcessor", size=dict(height=32, width=32), do_color_quantize=False),
    "dpt": dict(image_processor_type="DPTImageProcessor", size=dict(height=160, width=160), ensure_multiple_of=1, keep_aspect_ratio=False),
    "owl": dict(image_processor_type="OwlViTImageProcessor", size=dict(height=192, width=192)),
    "flava": dict(image_processor_type="FlavaImageProcessor"),
    "dinov3": dict(image_processor_type="DINOv3ViTImageProcessorFast"),
    "rt-detr": dict(image_processor_type="RTDetrImageProcessor", size=dict(height=160, width=160)),
}
named_by_the_model = {
    "a resnet by its model_type": (dict(size=dict(shortest_edge=160), crop_pct=0.875, **IMAGENET), dict(model_type="resnet")),
    "a swin by its model_type": (dict(size=160), dict(model_type="swin")),
    "a dinov2 by its model_type": (dict(size=dict(shortest_edge=160), crop_size=144), dict(model_type="dinov2")),
}
timm = {
    "timm": dict(input_size=[3, 224, 224], mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225], interpolation="bicubic", crop_pct=0.875, crop_mode="center"),
    "timm of 0.95": dict(input_size=[3, 224, 224], mean=[0.5, 0.5, 0.5], std=[0.5, 0.5, 0.5], interpolation="bilinear", crop_pct=0.95),
    "timm without interpolation": dict(input_size=[3, 160, 160], crop_pct=0.9),
    "timm of two sides": dict(input_size=[3, 144, 192], interpolation="bicubic", crop_pct=0.95),
    "timm, squashed": dict(input_size=[3, 144, 192], interpolation="bicubic", crop_pct=0.9, crop_mode="squash"),
    "timm, squashed whole": dict(input_size=[3, 144, 144], interpolation="lanczos", crop_pct=1.0, crop_mode="squash"),
    "timm, with a border": dict(input_size=[3, 144, 144], mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225], interpolation="bilinear", crop_pct=1.0, crop_mode="border"),
    "timm, whole": dict(input_size=[3, 160, 160], interpolation="nearest", crop_pct=1.0),
}


def facts(values):
    """Size, channel means, and values at nine places of each channel."""
    values = np.asarray(values, np.float64)
    _, h, w = values.shape
    rows, columns = [[size * part // 8 for part in (1, 4, 6)] for size in (h, w)]
    samples = values[:, rows][:, :, columns]
    return dict(size=[h, w], mean=np.round(values.mean((1, 2)), 4).tolist(), samples=np.round(samples, 3).ravel().tolist())


def processor_of(folder, settings):
    """The processor with Pillow's own arithmetic where there is one; by the name of its class where the architecture names none."""
    name = settings.get("image_processor_type", settings.get("feature_extractor_type"))
    if name is None: return AutoImageProcessor.from_pretrained(folder, backend="pil")
    name = name.removesuffix("Fast").replace("FeatureExtractor", "ImageProcessor")
    kind = getattr(transformers, name + "Pil", None) or getattr(transformers, name)
    return kind.from_pretrained(folder)


def by_transformers(settings, config):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {"preprocessor_config.json": settings, "config.json": config}.items():
            if content: json.dump(content, open(os.path.join(folder, name), "w"))
        processor = processor_of(folder, settings)
        return {name: facts(processor(image, return_tensors="np")["pixel_values"][0]) for name, image in pictures.items()}


def by_timm(settings):
    transform = create_transform(**resolve_data_config({}, pretrained_cfg=settings), is_training=False)
    return {name: facts(transform(image).numpy()) for name, image in pictures.items()}


cases = []
for name, settings in hf.items():
    cases.append(dict(name=name, files={"preprocessor_config.json": settings}, expected=by_transformers(settings, None)))
for name, (settings, config) in named_by_the_model.items():
    cases.append(dict(name=name, files={"preprocessor_config.json": settings, "config.json": config}, expected=by_transformers(settings, config)))
for name, settings in timm.items():
    cases.append(dict(name=name, files={"config.json": dict(architecture="net", pretrained_cfg=settings)}, expected=by_timm(settings)))
out = os.path.join(os.path.dirname(__file__), "..", "fixtures", "cases", "preprocessing", "goldens.json")
with open(out, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
print(len(cases), "cases")
