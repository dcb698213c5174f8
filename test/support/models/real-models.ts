/** @file What is known of the real models in FOVEA_MODELS and of the photos in FOVEA_DATA: preprocessing, classes, who is where. */

import { join } from "node:path";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";

export interface ImageNetModel {
  readonly name: string;
  readonly file: string;
  readonly labels?: string;
  readonly preprocessing: Partial<Preprocessing>;
  /** Numbers of ImageNet's classes in the model's own order, which Darknet's is not. */
  readonly classes: Readonly<Record<string, number>>;
}

const caffe = { scale: 1, mean: [104.007, 116.669, 122.679], std: [1], order: "bgr", fit: "crop" } as const;
const usualOrder = { "bull mastiff": 243, boxer: 242, "golden retriever": 207, "tiger cat": 282, tabby: 281 };

export const imageNetModels: readonly ImageNetModel[] = [
  {
    name: "bvlc_googlenet",
    file: "bvlc_googlenet/bvlc_googlenet.onnx",
    preprocessing: { ...caffe, cropFraction: 224 / 256 },
    classes: usualOrder,
  },
  {
    name: "squeezenet1.1",
    file: "squeezenet1.1/squeezenet1.1.onnx",
    preprocessing: { ...caffe, cropFraction: 227 / 256 },
    classes: usualOrder,
  },
  {
    name: "tiny-darknet",
    file: "tiny-darknet/tiny-darknet.onnx",
    labels: "tiny-darknet/class_names_darknet_order.txt",
    preprocessing: { scale: 1 / 255, mean: [0], std: [1], fit: "crop", cropFraction: 1 },
    classes: { "bull mastiff": 139, boxer: 129, "golden retriever": 124, "tiger cat": 54, tabby: 173 },
  },
];

/** Pixels: left, top, right, bottom. */
export type PhotoBox = readonly [number, number, number, number];

export interface AnimalPhoto {
  readonly file: string;
  /** Where the dog is and the cat is not, and the other way round. */
  readonly dog: PhotoBox;
  readonly cat: PhotoBox;
  readonly dogClass: string;
  readonly catClass: string;
}

/** Photos of a dog and a cat together. */
export const animalPhotos: readonly AnimalPhoto[] = [
  {
    file: "pytorch-grad-cam__both.png",
    dog: [78, 13, 166, 122],
    cat: [42, 122, 200, 222],
    dogClass: "bull mastiff",
    catClass: "tiger cat",
  },
  {
    file: "grad-cam__cat_dog.jpg",
    dog: [222, 28, 472, 258],
    cat: [130, 258, 570, 480],
    dogClass: "boxer",
    catClass: "tabby",
  },
  {
    file: "pytorch-grad-cam__dog_cat.jfif",
    dog: [15, 8, 148, 175],
    cat: [148, 22, 245, 172],
    dogClass: "golden retriever",
    catClass: "tabby",
  },
];

export const modelsFolder = process.env.FOVEA_MODELS ?? "";
export const photosFolder = join(process.env.FOVEA_DATA ?? "", "photos");
