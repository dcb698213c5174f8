"""The cases: which network, layer, input and class each has, and what it is there for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    # Cases of one kind are compared together in the table.
    kind: str
    about: str
    # A function of networks.py.
    network: str
    layer: str
    input: tuple = (1, 3, 12, 12)
    # Of each image: "highest", "second" (by its score), or an index.
    classes: str | int = "highest"
    exporter: str = "TorchScript"
    # How the layer's value lies: NCHW, NHWC, or tokens (N, tokens, C) with (rows, columns, tokens before the grid).
    layout: str = "NCHW"
    grid: tuple | None = None
    # The linear layer that CAM reads; None where CAM is not defined.
    head: str | None = "fc"
    # Which of the layer's calls is meant.
    call: int = 0
    # The network's output is behind a softmax or sigmoid; scores are before it.
    end: str | None = None
    whole: bool = False
    # Methods that float32 can't compute here, or that ask too much of the case.
    without: tuple = ()
    keras: bool = False
    seed: int = 1


KINDS = {
    "pooled": "an average and one linear layer behind the layer",
    "deeper": "more of the network behind the layer",
    "flatten": "flattened or hidden linear layers behind the layer",
    "in-place": "the layer's value is overwritten by what follows it",
    "negative": "the layer has negative activations",
    "blank": "the map is negative everywhere: blank behind its ReLU",
    "ties": "maximum pooling, with and without ties",
    "end": "the network ends in a softmax or sigmoid; the score is before it",
    "batch": "several images with a class each",
    "shared": "the layer runs twice; its first run is explained",
    "tokens": "tokens of a transformer, [N, T, C], or places with the channels last, [N, H, W, C]",
}

dynamo = {"exporter": "torch.export"}
# Optimised, normalisations would be folded into weights, which rounds them.
plain_dynamo = {"exporter": "torch.export, not optimised"}
vit = {"layout": "NTC", "head": None}

CASES = [
    Case("plain", "pooled", "convolutions, maximum pooling, global average", "plain", "relu2", keras=True),
    Case("plain-dynamo", "pooled", "the same network by the newer exporter", "plain", "relu2", **dynamo),
    Case("resnet", "pooled", "residual blocks with batch normalisation", "resnet", "layer2", keras=True),
    Case("resnet-dynamo", "pooled", "the same network by the newer exporter", "resnet", "layer2", **plain_dynamo),
    Case("densenet", "pooled", "channels joined block by block", "densenet", "relu"),
    Case("mobilenet", "pooled", "depthwise convolutions and ReLU6", "mobilenet", "last", keras=True),
    Case("inception", "pooled", "branches side by side", "inception", "mixed"),
    Case("senet", "pooled", "squeeze and excitation", "senet", "layer1", seed=2),
    Case("group-norm", "pooled", "group normalisation", "group_norm", "relu2"),
    Case("grouped", "pooled", "grouped convolutions", "grouped", "relu3"),
    Case("dilated", "pooled", "dilated convolutions", "dilated", "relu3", keras=True),
    Case("strided-odd", "pooled", "strides that leave pixels over, of 13x11 pixels", "strided", "relu3", (1, 3, 13, 11)),
    Case("wide", "pooled", "a picture of 8x20 pixels", "plain", "relu2", (1, 3, 8, 20), keras=True),
    Case("one-channel", "pooled", "a grey picture", "grey", "relu2", (1, 1, 12, 12), keras=True),
    Case("upsampled", "pooled", "a transposed convolution", "upsampled", "relu3"),
    Case("not-predicted", "pooled", "the class with the second highest score", "resnet", "layer2", classes="second"),
    Case("plain-early", "deeper", "the layer before the pooling", "plain", "relu1", head=None, keras=True),
    Case("resnet-early", "deeper", "a stage before the last", "resnet", "layer1", head=None),
    Case("resnet-early-dynamo", "deeper", "the same network by the newer exporter", "resnet", "layer1", head=None, **plain_dynamo),
    Case("senet-early", "deeper", "the layer before the gate", "senet", "stem", head=None, seed=2),
    Case("hidden-behind-mean", "flatten", "a hidden linear layer behind the global average", "hidden_behind_mean", "relu2", head=None),
    Case("flatten", "flatten", "one linear layer of all places: HiResCAM's sum is the score less the bias", "flat", "relu2", head=None, keras=True),
    Case("dense", "flatten", "two linear layers of all places, as in VGG", "dense", "relu1", head=None, keras=True),
    Case("in-place-conv", "in-place", "a convolution before nn.ReLU(inplace=True)", "inplace_conv", "conv2", head=None),
    Case("in-place-norm", "in-place", "a batch normalisation before nn.ReLU(inplace=True)", "inplace", "bn2", head=None),
    Case("in-place-sum", "in-place", "a normalisation to which the shortcut is added in place", "inplace_residual", "layer1.bn2", head=None),
    Case("unrectified", "negative", "a convolution, then the average", "unrectified", "conv2", keras=True),
    Case("elu", "negative", "exponential linear units", "elu", "act2", keras=True),
    Case("leaky", "negative", "leaky rectifiers, a stage before the last", "leaky", "act2", head=None),
    Case("hard-swish", "negative", "MobileNetV3: hard-swish and gates", "mobilenet_swish", "last"),
    Case("swish", "negative", "EfficientNet: SiLU and gates", "efficientnet", "last"),
    Case("convnext", "negative", "ConvNeXt: layer normalisation and GELU", "convnext", "block2"),
    Case("negative-map", "blank", "all of the class's weights are negative", "negative_row", "relu2", classes=0, keras=True),
    Case("ties", "ties", "whole numbers: windows hold their maximum several times; the first one counts", "ties", "relu1", head=None, whole=True, without=("integrated-gradients",)),
    Case("max-head", "ties", "a global maximum in the place of the average", "max_head", "relu2", head=None),
    Case("softmax-saturated", "end", "a softmax whose probability is 1 but for rounding", "saturated", "relu2", end="softmax", without=("occlusion",), keras=True),
    Case("sigmoid", "end", "one score behind a sigmoid", "one_score", "relu2", end="sigmoid", classes=0, keras=True),
    Case("batch", "batch", "three images, three classes", "resnet", "layer2", (3, 3, 12, 12), "each", keras=True),
    Case("shared-layer", "shared", "two branches with one layer", "shared", "shared", head=None),
    Case("vit", "tokens", "a class token before 4x4 places", "vit", "blocks.1.norm1", grid=(4, 4, 1), **vit),
    Case("vit-dynamo", "tokens", "the same network by the newer exporter", "vit", "blocks.1.norm1", grid=(4, 4, 1), **vit, **dynamo),
    Case("vit-mean", "tokens", "no class token: the mean of all places", "vit_mean", "blocks.1.norm1", grid=(4, 4, 0), **vit),
    Case("windows", "tokens", "attention in shifted windows, channels last", "windows", "blocks.1.norm2", layout="NHWC", head=None),
    Case("convnext-inside", "tokens", "the normalisation inside a ConvNeXt block, channels last", "convnext", "block2.norm", layout="NHWC", head=None),
]
