/**
 * @file Image processors of Hugging Face's transformers: what each does where its preprocessor_config.json is silent, in that file's own
 * fields (defaults of transformers 5.18), and the architectures that use it.
 */

import type { Json } from "../../../formats/json.js";

/** How the size of a processor is meant, where it is not plainly resized to or cut from the middle. */
export type SizeRule = "convnext" | "levit" | "poolformer" | "perceiver";

export interface ProcessorType {
  readonly defaults: Json;
  readonly rule?: SizeRule;
  /** Architectures, as `model_type` of config.json calls them. */
  readonly models: readonly string[];
}

const square = (side: number): Json => ({ size: { height: side, width: side } });
const shortest = (side: number): Json => ({ size: { shortest_edge: side }, default_to_square: false });
const crop = (side: number, on = true): Json => ({ do_center_crop: on, crop_size: { height: side, width: side } });
const detection: Json = { size: { shortest_edge: 800, longest_edge: 1333 }, default_to_square: false };

const half: Json = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const imageNet: Json = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const clip: Json = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};
const plain: Json = { do_normalize: false };

const bilinear: Json = { resample: 2 };
const bicubic: Json = { resample: 3 };

function type(defaults: readonly Json[], models: string, rule?: SizeRule): ProcessorType {
  return { defaults: Object.assign({}, ...defaults), models: models.split(" "), ...(rule ? { rule } : {}) };
}

/** By the name without `ImageProcessor` or `FeatureExtractor`. */
export const processorTypes: Readonly<Record<string, ProcessorType>> = {
  Beit: type([square(224), crop(224, false), half, bicubic], "beit data2vec-vision"),
  Bit: type([shortest(224), crop(224), clip, bicubic], "bit dinov2 dinov2_with_registers focalnet hiera pixio"),
  Blip: type([square(384), clip, bicubic], "blip blip-2 instructblip"),
  CLIP: type(
    [shortest(224), crop(224), clip, bicubic],
    "clip aimv2 aimv2_vision_model altclip clip_vision_model git groupvit kosmos-2 metaclip_2 mlcd xclip",
  ),
  ChineseCLIP: type([shortest(224), crop(224), clip, bicubic], "chinese_clip"),
  ConditionalDetr: type([detection, imageNet, bilinear], "conditional_detr"),
  ConvNext: type(
    [shortest(384), { crop_pct: 0.875 }, half, bicubic],
    "convnext convnextv2 cvt regnet resnet van",
    "convnext",
  ),
  DINOv3ViT: type([square(224), imageNet, bilinear], "dinov3_vit dinov3_convnext"),
  DPT: type([square(384), half, bicubic], "dpt depth_anything"),
  DeformableDetr: type([detection, imageNet, bilinear], "deformable_detr lw_detr"),
  DeiT: type([square(256), crop(224), half, bicubic], "deit"),
  DepthPro: type([square(1536), half, bilinear], "depth_pro"),
  Detr: type([detection, imageNet, bilinear], "detr table-transformer omdet-turbo"),
  Donut: type([{ size: { height: 2560, width: 1920 }, do_pad: true }, half, bilinear], "donut-swin"),
  EfficientFormer: type([shortest(224), crop(224), imageNet, bicubic], "efficientformer"),
  EfficientNet: type(
    // With a top where it normalises at all, unless the file says so.
    [square(346), crop(289, false), { include_top: undefined }, half, bicubic],
    "efficientnet align",
  ),
  Flava: type([square(224), crop(224), clip, bicubic], "flava"),
  GLPN: type([plain, bilinear], "glpn"),
  GroundingDino: type([detection, imageNet, bilinear], "grounding-dino mm-grounding-dino"),
  ImageGPT: type([square(256), half, bilinear], "imagegpt"),
  Levit: type([shortest(224), crop(224), imageNet, bicubic], "levit", "levit"),
  MaskFormer: type([detection, imageNet, bilinear], "maskformer"),
  Mask2Former: type([detection, imageNet, bilinear], "mask2former"),
  MobileNetV1: type([shortest(256), crop(224), half, bilinear], "mobilenet_v1"),
  MobileNetV2: type([shortest(256), crop(224), half, bilinear], "mobilenet_v2"),
  MobileViT: type([shortest(224), crop(256), plain, { do_flip_channel_order: true }, bicubic], "mobilevit mobilevitv2"),
  OneFormer: type([detection, imageNet, bilinear], "oneformer"),
  OwlViT: type([square(768), crop(768, false), clip, bicubic], "owlvit"),
  Owlv2: type([square(960), { do_pad: true, padding: 127.5 }, clip, bilinear], "owlv2"),
  PPLCNet: type(
    [square(256), crop(224), bilinear, { image_mean: [0.406, 0.456, 0.485], image_std: [0.225, 0.224, 0.229] }],
    "pp_lcnet",
  ),
  Perceiver: type([square(224), crop(256), imageNet, bicubic], "perceiver", "perceiver"),
  PoolFormer: type([shortest(224), { crop_pct: 0.9 }, crop(224), imageNet, bicubic], "poolformer", "poolformer"),
  Pvt: type([square(224), imageNet, bicubic], "pvt pvt_v2"),
  RTDetr: type([square(640), plain, bilinear], "rt_detr rt_detr_v2 deimv2"),
  Sam: type([{ size: { longest_edge: 1024 }, do_pad: true }, imageNet, bilinear], "sam sam_hq"),
  Sam2: type([square(1024), imageNet, bilinear], "sam2"),
  SegGpt: type([square(448), imageNet, bicubic], "seggpt"),
  Segformer: type([square(512), imageNet, bilinear], "segformer upernet"),
  Siglip: type([square(224), half, bicubic], "siglip siglip_vision_model"),
  Siglip2: type([half, bilinear], "siglip2"),
  Swin2SR: type([plain], "swin2sr"),
  TextNet: type([shortest(640), imageNet, bilinear], "textnet"),
  Tvlt: type([shortest(224), crop(224), half, bilinear], "tvlt"),
  ViT: type(
    [square(224), half, bilinear],
    "vit clipseg dinat ijepa mgp-str nat swiftformer swin swinv2 trocr vit-hybrid vit_mae vit_msn",
  ),
  VideoMAE: type([shortest(224), crop(224), half, bilinear], "videomae timesformer"),
  Vilt: type([shortest(384), half, bicubic], "vilt"),
  Vivit: type(
    [shortest(256), crop(224), { rescale_factor: 1 / 127.5, offset: true, default_to_square: true }, half, bilinear],
    "vivit",
  ),
  Yolos: type([detection, imageNet, bilinear], "yolos"),
};

/**
 * The processor that a preprocessor_config.json names, else the usual one of the architecture; undefined for others.
 * @param name of `image_processor_type` or the older `feature_extractor_type`
 */
export function processorType(name: unknown, model: unknown): ProcessorType | undefined {
  const short =
    typeof name === "string" ? name.replace(/(ImageProcessor|FeatureExtractor)(Fast|Pil)?$/, "") : undefined;
  const named = Object.entries(processorTypes).find(([each]) => each.toLowerCase() === short?.toLowerCase());
  if (named || short !== undefined) return named?.[1];
  return Object.values(processorTypes).find(({ models }) => typeof model === "string" && models.includes(model));
}
