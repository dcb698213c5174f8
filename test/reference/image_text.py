"""Networks that compare images with texts: exports with what PyTorch and the makers' tokenizers give.

Run: python test/reference/image_text.py                       writes test/fixtures/image-text
     python test/reference/image_text.py FOLDER [NAME ...]     writes exports of full size to FOLDER, which lies elsewhere
Then: npm run bench -- texts --folder FOLDER
(transformers 5.18, open_clip 3.3, tokenizers 0.23, torch 2.13, onnx 1.23)

Weights are random. A map is that of a score in float64: `cosine` of the first text, and `softmax`, that text's share among all (for SigLIP
`sigmoid`, its own probability). Grad-CAM is mean_ij(dS/dA_k) A_k, HiResCAM dS/dA_k * A_k, both summed over k and before their ReLU, at the
module whose name is `layer`. LeGrad (Bousselham et al., 2024) is written down here from the paper: for each of the last two blocks l the score
s_l of the mean of its tokens (of its tokens themselves, where an attention pools them) in the place of the last block's, and
mean over heads and rows of ReLU(ds_l/dA_l); of a pool's attention where there is one. There s_l is the log-odds of a probability.
"""
import functools, json, os, sys, warnings
import numpy as np, torch
import torch.nn.functional as F

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", RAYON_NUM_THREADS="1")
warnings.filterwarnings("ignore")
torch.set_num_threads(2)
torch.backends.mha.set_fastpath_enabled(False)
here = os.path.dirname(os.path.abspath(__file__))
TEXTS = ["a photo of a dog", "a red circle on a blue ground", "two cats"]

# --- tokenizers (trained anew in each run, which breaks ties in an order of its own) -------------------------------------------------------------------------------------------------------------------------

CORPUS = """a photo of a dog and a cat on the grass. a red circle and a small blue square in the snow at night. two cats sleep in the sun,
three birds sing on a tree; the quick brown fox jumps over the lazy dog. an old man reads a book near the window, a child plays with a ball.
un café près de la forêt, naïve façade, Ein schöner Tag für Übung, el niño pequeño, смешная собака, 犬と猫, 写真.
photos of trees, photographs of houses, paintings of rivers; bright yellow stars and dark green leaves 12 345 6789.""".split("\n")


@functools.cache
def trained_bpe(vocabulary=400):
    """As CLIP's tokenizer.json is: byte-level BPE with </w> at the ends of words."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    tokenizer = Tokenizer(models.BPE(unk_token="<|endoftext|>", end_of_word_suffix="</w>", continuing_subword_prefix="", fuse_unk=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    split = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(split), behavior="removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    trainer = trainers.BpeTrainer(vocab_size=vocabulary - 2, end_of_word_suffix="</w>", initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    made = json.loads(tokenizer.to_str())
    for token in ("<|startoftext|>", "<|endoftext|>"): made["model"]["vocab"][token] = len(made["model"]["vocab"])
    tokenizer = Tokenizer.from_str(json.dumps(made))
    tokenizer.add_special_tokens(["<|startoftext|>", "<|endoftext|>"])
    bos, eos = (tokenizer.token_to_id(t) for t in ("<|startoftext|>", "<|endoftext|>"))
    tokenizer.post_processor = processors.RobertaProcessing(("<|endoftext|>", eos), ("<|startoftext|>", bos), trim_offsets=False, add_prefix_space=False)
    return tokenizer


def bpe(longest=16):
    return trained_bpe(), {"model_max_length": longest, "pad_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "bos_token": "<|startoftext|>", "tokenizer_class": "CLIPTokenizer"}


@functools.cache
def trained_unigram(vocabulary=220):
    """As SigLIP's tokenizer.json is: SentencePiece's unigrams, </s> at the end and for padding."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    tokenizer = Tokenizer(models.Unigram())
    punctuation = r"[!\"\#\$%\&'\(\)\*\+,\-\.:;=\?@\[\\\]\^_`\{\|\}\~]"
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(punctuation), ""), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    trainer = trainers.UnigramTrainer(vocab_size=vocabulary, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    eos = tokenizer.token_to_id("</s>")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", eos)])
    return tokenizer


def unigram(longest=16):
    return trained_unigram(), {"model_max_length": longest, "pad_token": "</s>", "eos_token": "</s>", "unk_token": "<unk>", "tokenizer_class": "SiglipTokenizer"}


def tokens(tokenizer, config, texts, length):
    """[texts, length]: cut so that the end stays, and filled up."""
    tokenizer.enable_truncation(length)
    tokenizer.enable_padding(length=length, pad_token=config["pad_token"], pad_id=tokenizer.token_to_id(config["pad_token"]))
    ids = torch.tensor([tokenizer.encode(text).ids for text in texts])
    tokenizer.no_truncation(); tokenizer.no_padding()
    return ids


def save_tokenizer(folder, tokenizer, config):
    tokenizer.save(os.path.join(folder, "tokenizer.json"), pretty=False)
    with open(os.path.join(folder, "tokenizer_config.json"), "w") as file: json.dump(config, file)


def save_processor(folder, size, is_siglip):
    half = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "size": {"height": size, "width": size}, "image_processor_type": "SiglipImageProcessor"}
    clip = {"image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711], "size": {"shortest_edge": size},
            "crop_size": {"height": size, "width": size}, "do_center_crop": True, "image_processor_type": "CLIPImageProcessor"}
    with open(os.path.join(folder, "preprocessor_config.json"), "w") as file: json.dump({**(half if is_siglip else clip), "resample": 3, "rescale_factor": 1 / 255}, file)


# --- maps -------------------------------------------------------------------------------------------------------------------------------

def scores_of(cosines, scale, bias):
    logits = cosines * scale + bias
    return {"cosine": cosines[0, 0], "softmax": logits.softmax(1)[0, 0], "sigmoid": logits.sigmoid()[0, 0]}


def odds_of(cosines, scale, bias):
    """The logarithms of p / (1 - p): maps of several blocks are added up, and each probability would weigh its own by p (1 - p)."""
    probabilities = scores_of(cosines, scale, bias)
    return {name: p if name == "cosine" else torch.logit(p) for name, p in probabilities.items()}


class Hook:
    def __init__(self, module): self.handle = module.register_forward_hook(self.keep)
    def keep(self, _, __, out): self.value = out[0] if isinstance(out, tuple) else out


def planes(value, skip):
    """[C, H, W] of tokens [1, T, C] or of a map [1, C, H, W]."""
    if value.dim() == 4: return value[0]
    grid = value[0, skip:]
    side = int(grid.shape[0] ** 0.5)
    return grid.T.reshape(-1, side, side)


def cams(embed, image, text, module, skip, scale, bias, wanted):
    """By score and method: the evidence at a module, [H, W]."""
    hook = Hook(module)
    vector = F.normalize(embed(image), dim=-1)
    scores = scores_of(vector @ text.T, scale, bias)
    hook.handle.remove()
    maps = {}
    for name in wanted:
        (gradient,) = torch.autograd.grad(scores[name], hook.value, retain_graph=True)
        a, g = planes(hook.value, skip), planes(gradient, skip)
        maps[name] = {"grad-cam": (g.mean((1, 2))[:, None, None] * a).sum(0), "hires-cam": (g * a).sum(0)}
    return scores, maps


class Softmaxes:
    """All softmaxes of rank 3 and 4 that are computed inside."""
    def __enter__(self):
        self.kept, self.real = [], F.softmax
        def softmax(*args, **more):
            out = self.real(*args, **more)
            if out.dim() > 2 and out.requires_grad: self.kept.append(out)
            return out
        F.softmax = torch.nn.functional.softmax = softmax
        return self
    def __exit__(self, *_): F.softmax = torch.nn.functional.softmax = self.real


def legrad(embed, image, text, blocks, finish, skip, scale, bias, wanted):
    hooks = [Hook(block) for block in blocks]
    with Softmaxes() as made: embed(image)
    attentions = made.kept[: len(blocks)]
    for hook in hooks: hook.handle.remove()
    maps = {name: 0 for name in wanted}
    for hook, attention in list(zip(hooks, attentions))[-2:]:
        z = hook.value
        with Softmaxes() as pool: vector = finish(z.mean(1, keepdim=True).expand_as(z) if skip else z)
        scores = odds_of(F.normalize(vector, dim=-1) @ text.T, scale, bias)
        looked = pool.kept[0] if pool.kept else attention
        for name in wanted:
            (g,) = torch.autograd.grad(scores[name], looked, retain_graph=True)
            row = torch.relu(g).reshape(-1, *g.shape[-2:]).mean(0).mean(0)[skip:]
            side = int(row.shape[0] ** 0.5)
            maps[name] = maps[name] + row.reshape(side, side) / 2
    return maps


def spread(model, gain=1.0):
    """Deviations as after training: those of the start leave all places alike."""
    torch.manual_seed(1)
    for module in model.modules():
        if isinstance(module, (torch.nn.Linear, torch.nn.Conv2d)):
            torch.nn.init.normal_(module.weight, 0, gain / (module.weight[0].numel() ** 0.5))
            if module.bias is not None: torch.nn.init.normal_(module.bias, 0, 0.1)
        if isinstance(module, torch.nn.Embedding): torch.nn.init.normal_(module.weight)
        if isinstance(module, torch.nn.LayerNorm):
            torch.nn.init.normal_(module.weight, 1, 0.2); torch.nn.init.normal_(module.bias, 0, 0.2)
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.running_mean, 0, 0.2); torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5); torch.nn.init.normal_(module.bias, 0, 0.2)


# --- networks ---------------------------------------------------------------------------------------------------------------------------

class Both(torch.nn.Module):
    """What transformers.js' exports give."""
    def __init__(self, model, masked): super().__init__(); self.model, self.masked = model, masked
    def forward(self, input_ids, pixel_values, attention_mask=None):
        out = self.model(input_ids=input_ids, pixel_values=pixel_values, **({"attention_mask": attention_mask} if self.masked else {}))
        return out.logits_per_image, out.logits_per_text, out.text_embeds, out.image_embeds


class Call(torch.nn.Module):
    def __init__(self, model, call): super().__init__(); self.model, self.call = model, call
    def forward(self, *args): return self.call(self.model, *args)


def export(path, model, args, inputs, outputs, axes):
    with torch.no_grad():
        torch.onnx.export(model, args, path, opset_version=17, dynamo=False, input_names=inputs, output_names=outputs, dynamic_axes=axes)
    print(f"{path}: {os.path.getsize(path) / 1e6:.2f} MB", flush=True)


def listed(maps):
    return {score: {name: value.detach().flatten().tolist() for name, value in of.items()} for score, of in maps.items()}


def write(folder, name, image, expected):
    image.numpy().astype(np.float32).tofile(os.path.join(folder, f"{name}.f32"))
    expected = {"image": list(image.shape), "texts": TEXTS, **expected}
    with open(os.path.join(folder, f"{name}.json"), "w") as file: json.dump(rounded(expected), file)


def rounded(value):
    if isinstance(value, dict): return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list): return [rounded(each) for each in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def hugging_face(folder, name, kind, config, tokenizer_of, length, split):
    """CLIP or SigLIP of transformers: both networks in one file, or each in its own."""
    import transformers
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(0)
    model = getattr(transformers, kind)(config).eval()
    model.set_attn_implementation("eager")
    spread(model)
    is_siglip = kind == "SiglipModel"
    save_processor(folder, config.vision_config.image_size, is_siglip)
    with torch.no_grad():
        model.logit_scale.fill_(np.log(30.0))
        if is_siglip: model.logit_bias.fill_(-2.0)
    tokenizer, settings = tokenizer_of(longest=length)
    save_tokenizer(folder, tokenizer, settings)
    ids = tokens(tokenizer, settings, TEXTS, length)
    size = config.vision_config.image_size
    torch.manual_seed(2)
    image = torch.randn(1, 3, size, size)
    n, t = {0: "text_batch_size", 1: "sequence_length"}, {0: "image_batch_size", 1: "num_channels", 2: "height", 3: "width"}
    outputs = ["logits_per_image", "logits_per_text", "text_embeds", "image_embeds"]
    mask = torch.ones_like(ids)
    pool = (lambda out: out.pooler_output) if is_siglip else None
    if split:
        one = {0: "batch_size"}
        text = Call(model, (lambda m, x: m.text_model(x).pooler_output) if is_siglip else (lambda m, x: m.text_projection(m.text_model(x).pooler_output)))
        vision = Call(model, (lambda m, x: m.vision_model(x).pooler_output) if is_siglip else (lambda m, x: m.visual_projection(m.vision_model(x).pooler_output)))
        out = "pooler_output" if is_siglip else None
        export(os.path.join(folder, "text_model.onnx"), text, (ids,), ["input_ids"], [out or "text_embeds"], {"input_ids": n, out or "text_embeds": one})
        export(os.path.join(folder, "vision_model.onnx"), vision, (image,), ["pixel_values"], [out or "image_embeds"], {"pixel_values": t, out or "image_embeds": one})
    elif is_siglip:
        export(os.path.join(folder, f"{name}.onnx"), Both(model, False), (ids, image), ["input_ids", "pixel_values"], outputs, {"input_ids": n, "pixel_values": t, outputs[0]: {0: "image_batch_size", 1: "text_batch_size"}})
    else:
        export(os.path.join(folder, f"{name}.onnx"), Both(model, True), (ids, image, mask), ["input_ids", "pixel_values", "attention_mask"], outputs, {"input_ids": n, "attention_mask": n, "pixel_values": t, outputs[0]: {0: "image_batch_size", 1: "text_batch_size"}})
    model.double()
    with torch.no_grad():
        text = model.text_model(ids).pooler_output
        text = F.normalize(text if is_siglip else model.text_projection(text), dim=-1)
    vision = model.vision_model
    embed = (lambda x: vision(x).pooler_output) if is_siglip else (lambda x: model.visual_projection(vision(x).pooler_output))
    finish = (lambda z: vision.head(vision.post_layernorm(z))) if is_siglip else (lambda z: model.visual_projection(vision.post_layernorm(z[:, 0])))
    skip = 0 if is_siglip else 1
    # The files of single networks do not hold the scale: 100 is assumed, without a bias.
    scale, bias = (100.0, 0.0) if split else (model.logit_scale.exp().item(), model.logit_bias.item() if is_siglip else 0.0)
    wanted = ["cosine", "sigmoid" if is_siglip and not split else "softmax"]
    last = len(vision.encoder.layers) - 1
    layer = "post_layernorm" if is_siglip else f"encoder.layers.{last}.layer_norm1"
    module = vision.get_submodule(layer)
    image64 = image.double()
    scores, maps = cams(embed, image64, text, module, skip, scale, bias, wanted)
    seen = legrad(embed, image64, text, vision.encoder.layers, finish, skip, scale, bias, wanted)
    for score in wanted: maps[score]["legrad"] = seen[score]
    cosines = (F.normalize(embed(image64), dim=-1) @ text.T)[0]
    finish_scores(folder, "vision_model" if split else name, image, cosines, scale, bias, wanted, maps, layer)


def finish_scores(folder, name, image, cosines, scale, bias, wanted, maps, layer):
    logits = cosines * scale + bias
    probabilities = logits.sigmoid() if "sigmoid" in wanted else logits.softmax(0)
    write(folder, name, image, {"layer": layer, "score": wanted[1], "cosines": cosines.tolist(), "probabilities": probabilities.tolist(), "maps": listed(maps)})


def open_clip_network(folder, name, model, tokenizer_of, length, skip):
    """OpenCLIP, as its users export it: names of their own, one image and text at a time, vectors and the scale."""
    os.makedirs(folder, exist_ok=True)
    model.eval()
    spread(model)
    with torch.no_grad(): model.logit_scale.fill_(np.log(30.0))
    tokenizer, settings = tokenizer_of(longest=length)
    save_tokenizer(folder, tokenizer, settings)
    ids = tokens(tokenizer, settings, TEXTS, length)
    size = model.visual.image_size if isinstance(model.visual.image_size, int) else model.visual.image_size[0]
    torch.manual_seed(2)
    image = torch.randn(1, 3, size, size)
    export(os.path.join(folder, f"{name}.onnx"), model, (image, ids[:1]), ["image", "text"], ["image_features", "text_features", "logit_scale"], {})
    model.double()
    with torch.no_grad(): text = model.encode_text(ids, normalize=True)
    layer = "layer4" if skip == 0 else f"transformer.resblocks.{len(model.visual.transformer.resblocks) - 1}.ln_1"
    module = model.visual.get_submodule(layer)
    scale, wanted, image64 = model.logit_scale.exp().item(), ["cosine", "softmax"], image.double()
    scores, maps = cams(model.encode_image, image64, text, module, skip, scale, 0.0, wanted)
    cosines = (model.encode_image(image64, normalize=True) @ text.T)[0]
    finish_scores(folder, name, image, cosines, scale, 0.0, wanted, maps, layer)


def clip_config(vocabulary, vision=None, text=None, projection=16):
    from transformers import CLIPConfig
    vision = vision or dict(hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4, image_size=32, patch_size=8)
    text = text or dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=16)
    return CLIPConfig(vision_config={**vision, "projection_dim": projection}, text_config={**text, "vocab_size": vocabulary, "projection_dim": projection, "bos_token_id": vocabulary - 2, "eos_token_id": vocabulary - 1, "pad_token_id": 1}, projection_dim=projection)


def siglip_config(vocabulary, vision=None, text=None):
    from transformers import SiglipConfig
    vision = vision or dict(hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4, image_size=32, patch_size=8)
    text = text or dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=16)
    return SiglipConfig(vision_config=vision, text_config={**text, "vocab_size": vocabulary, "bos_token_id": None, "eos_token_id": 1, "pad_token_id": 1, "projection_size": vision["hidden_size"]})


def small_open_clip():
    import open_clip
    from open_clip.model import CLIPTextCfg, CLIPVisionCfg
    torch.manual_seed(0)
    return open_clip.CLIP(16, CLIPVisionCfg(layers=(1, 1, 1, 1), width=4, head_width=16, image_size=64), CLIPTextCfg(context_length=16, vocab_size=400, width=16, heads=2, layers=2))


def size_of(make): return make()[0].get_vocab_size()


# --- texts ------------------------------------------------------------------------------------------------------------------------------

def strings(count=1000, seed=0):
    """Texts of all kinds: accents, emoji, other scripts, white space, long ones, an empty one."""
    import random
    draw = random.Random(seed)
    words = " ".join(CORPUS).split() + ["naïve", "Ångström", "ÉCOLE", "don't", "it's", "we're", "O'Neil", "état-major", "🐶", "👩‍👩‍👧", "🇫🇷", "❤️", "😀😀", "狗和猫", "犬", "собака", "кот", "كلب", "חתול",
        "ทดสอบ", "한국어", "ñandú", "e\u0301te\u0301", "ﬁne", "½", "№5", "x²", "1,000.50", "3D", "C++", "#dog", "@cat", "a_b", "--", "...", "“quoted”", "<b>", "&amp;", "\u200bzero", "ß", "İ", "ǆ", "\u00a0", "\t", "\n", "  "]
    texts = ["", " ", "a", "A DOG", "🐶🐱", "a  dog\n", "." * 50, "dog " * 200, "狗" * 150, "x" * 500]
    while len(texts) < count:
        texts.append((" " if draw.random() < 0.9 else "").join(draw.choice(words) for _ in range(draw.choice([1, 2, 3, 5, 8, 13, 40, 90]))))
    return texts


def token_goldens(path):
    """What the makers' library gives, with the end kept where a text is cut to `length`, and not filled up."""
    texts, cases = strings(), {}
    for name, make, length in (("clip", bpe, 32), ("siglip", unigram, 24)):
        tokenizer, _ = make()
        tokenizer.enable_truncation(length)
        cases[name] = {"length": length, "ids": [tokenizer.encode(text).ids for text in texts]}
        tokenizer.no_truncation()
    with open(path, "w") as file: json.dump({"texts": texts, **cases}, file, ensure_ascii=False, separators=(",", ":"))


def clip_tokenizer(folder):
    """CLIP's own tokenizer, made of the merges that OpenCLIP carries, with the numbers that transformers and OpenCLIP give."""
    import gzip, open_clip
    from transformers import CLIPTokenizer
    from open_clip.tokenizer import bytes_to_unicode, default_bpe
    os.makedirs(folder, exist_ok=True)
    merges = [tuple(line.split()) for line in gzip.open(default_bpe()).read().decode().split("\n")[1 : 49152 - 256 - 2 + 1]]
    alphabet = list(bytes_to_unicode().values())
    words = [*alphabet, *(c + "</w>" for c in alphabet), *("".join(pair) for pair in merges), "<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=merges)
    tokenizer.save_pretrained(folder)
    texts = strings()
    theirs = tokenizer(texts, truncation=True, max_length=77)["input_ids"]
    open_ids = open_clip.SimpleTokenizer()(texts)
    # OpenCLIP mends and unescapes texts first, so that some read otherwise.
    ours = [row[: (row == 49407).nonzero()[0, 0] + 1].tolist() for row in open_ids]
    same = [i for i in range(len(texts)) if ours[i] == theirs[i]]
    print(f"transformers and OpenCLIP agree on {len(same)} of {len(texts)} texts; the first others: {[texts[i][:40] for i in range(len(texts)) if i not in set(same)][:8]}")
    with open(os.path.join(folder, "tokens.json"), "w") as file: json.dump({"texts": texts, "clip": {"length": 77, "ids": theirs}}, file)


def main():
    if len(sys.argv) == 1:
        folder = os.path.join(here, "../fixtures/image-text")
        hugging_face(os.path.join(folder, "clip"), "model", "CLIPModel", clip_config(size_of(bpe)), bpe, 16, False)
        hugging_face(os.path.join(folder, "clip-split"), "model", "CLIPModel", clip_config(size_of(bpe)), bpe, 16, True)
        hugging_face(os.path.join(folder, "siglip"), "model", "SiglipModel", siglip_config(size_of(unigram)), unigram, 16, False)
        open_clip_network(os.path.join(folder, "open-clip-resnet"), "model", small_open_clip(), bpe, 16, 0)
        token_goldens(os.path.join(folder, "tokens.json"))
        return
    folder, wanted = sys.argv[1], sys.argv[2:]
    for name, make in full.items():
        if not wanted or name in wanted: make(os.path.join(folder, name))


B32 = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, image_size=224, patch_size=32)
TEXT = dict(hidden_size=512, intermediate_size=2048, num_hidden_layers=12, num_attention_heads=8, max_position_embeddings=77)
SIGLIP_TEXT = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, max_position_embeddings=64)
full = {
    "clip-vit-b-32": lambda folder: hugging_face(folder, "model", "CLIPModel", clip_config(size_of(bpe), B32, TEXT, 512), bpe, 77, False),
    "clip-vit-b-16": lambda folder: hugging_face(folder, "model", "CLIPModel", clip_config(size_of(bpe), {**B32, "patch_size": 16}, TEXT, 512), bpe, 77, False),
    "clip-vit-b-32-split": lambda folder: hugging_face(folder, "model", "CLIPModel", clip_config(size_of(bpe), B32, TEXT, 512), bpe, 77, True),
    "siglip-b-16": lambda folder: hugging_face(folder, "model", "SiglipModel", siglip_config(size_of(unigram), {**B32, "patch_size": 16}, SIGLIP_TEXT), unigram, 64, False),
    "siglip-b-16-split": lambda folder: hugging_face(folder, "model", "SiglipModel", siglip_config(size_of(unigram), {**B32, "patch_size": 16}, SIGLIP_TEXT), unigram, 64, True),
    "open-clip-rn50": lambda folder: open_clip_network(folder, "model", open_clip_model("RN50"), bpe, 77, 0),
    "clip-tokenizer": clip_tokenizer,
    "open-clip-vit-b-32": lambda folder: open_clip_network(folder, "model", open_clip_model("ViT-B-32"), bpe, 77, 1),
}


def open_clip_model(name):
    import open_clip
    torch.manual_seed(0)
    return open_clip.create_model(name)


if __name__ == "__main__":
    main()
