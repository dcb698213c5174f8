"""Average precision of random boxes by pycocotools: test/fixtures/detection/coco-ap.json.

Run: python test/reference/coco_ap.py    (pycocotools 2.0.11, numpy 2.4.6)

Each case holds objects and found boxes of a few small scenes, and COCOeval's numbers for boxes: `stats` (its twelve), and for each class with
objects AP, AP at 0.5, AP at 0.75, AR of 100 boxes, and the precisions at 101 recalls with an overlap of 0.5. -1 stands for nothing there. The cases
have crowds, scores that are the same, boxes that are the same, scenes without objects or boxes, classes without objects or without boxes, areas that
are not the boxes', sizes at the limits of small and large, and more than 100 boxes of a class in a scene.
"""
import contextlib, io, json, os
import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

folder = os.path.join(os.path.dirname(__file__), "..", "fixtures", "detection")
os.makedirs(folder, exist_ok=True)


def case(seed, scenes, classes, objects, noise, many=0, whole=False):
    rng = np.random.default_rng(seed)
    annotations, found = [], []
    number = (lambda x: float(round(x))) if whole else (lambda x: round(float(x), 3))
    for image in range(1, scenes + 1):
        for _ in range(rng.integers(0, objects + 1)):
            side = float(rng.choice([8, 20, 32, 50, 96, 150])) if whole else rng.uniform(6, 160)
            w, h = number(side), number(side * (1 if whole else rng.uniform(0.6, 1.6)))
            x, y = number(rng.uniform(0, 300)), number(rng.uniform(0, 300))
            # The last class has no object, the one before it is never found.
            k = int(rng.integers(0, classes - 1))
            crowd = int(rng.uniform() < 0.12)
            area = w * h if rng.uniform() < 0.6 else round(w * h * float(rng.uniform(0.4, 1)), 3)
            annotations.append(dict(id=len(annotations) + 1, image_id=image, category_id=k + 1, bbox=[x, y, w, h], area=area, iscrowd=crowd))
            for _ in range(rng.integers(0, 4)):
                d = rng.normal(0, noise, 4) * np.array([w, h, w, h])
                label = k if rng.uniform() < 0.85 else int(rng.integers(0, classes))
                if label == classes - 2: continue
                box = [number(x + d[0]), number(y + d[1]), max(1.0, number(w + d[2])), max(1.0, number(h + d[3]))]
                found.append(dict(image_id=image, category_id=label + 1, bbox=box, score=round(float(rng.uniform()), 1 if whole else 2)))
        for _ in range(rng.integers(0, 4)):
            box = [number(v) for v in rng.uniform([0, 0, 5, 5], [300, 300, 120, 120])]
            found.append(dict(image_id=image, category_id=int(rng.choice([k for k in range(classes) if k != classes - 2])) + 1, bbox=box, score=round(float(rng.uniform()), 2)))
    for _ in range(many):
        box = [number(v) for v in rng.uniform([0, 0, 5, 5], [300, 300, 120, 120])]
        found.append(dict(image_id=1, category_id=1, bbox=box, score=round(float(rng.uniform(0, 0.5)), 3)))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = dict(images=[dict(id=i + 1) for i in range(scenes)], categories=[dict(id=k + 1) for k in range(classes)], annotations=annotations)
        coco.createIndex()
        measured = COCOeval(coco, coco.loadRes(found), "bbox")
        measured.evaluate(); measured.accumulate(); measured.summarize()
    precision, recall = measured.eval["precision"], measured.eval["recall"]

    def mean(values):
        values = values[values > -1]
        return float(values.mean()) if values.size else -1.0

    per_class = [dict(ap=mean(precision[:, :, k, 0, 2]), ap50=mean(precision[0, :, k, 0, 2]), ap75=mean(precision[5, :, k, 0, 2]),
                      ar100=mean(recall[:, k, 0, 2]), precisions=precision[0, :, k, 0, 2].tolist()) for k in range(classes)]
    return dict(
        scenes=scenes, classes=classes,
        objects=[[a["image_id"] - 1, a["category_id"] - 1, *a["bbox"], a["area"], a["iscrowd"]] for a in annotations],
        found=[[d["image_id"] - 1, d["category_id"] - 1, *d["bbox"], d["score"]] for d in found],
        stats=[float(s) for s in measured.stats], perClass=per_class)


cases = [case(1, 8, 4, 6, 0.12), case(2, 12, 3, 4, 0.2, whole=True), case(3, 5, 3, 3, 0.05, many=130), case(4, 3, 3, 1, 0.3), case(5, 10, 5, 8, 0.08, whole=True)]
with open(os.path.join(folder, "coco-ap.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
