"""Errors of random boxes by TIDE: test/fixtures/detection/tide.json.

Run: python test/reference/tide.py FOLDER    (pycocotools 2.0.11, numpy 2.4.6; FOLDER holds github.com/dbolya/tide at 49a5d2a, version 1.0.1)

Each case holds objects and found boxes, in the form of coco-ap.json, and TIDE's numbers: AP50, how many errors there are of each kind, by how much
AP50 rises without each kind, and without all false positives and all false negatives; shares, not percent. Every class has objects and all scores
differ: of boxes with one score its order is not ours. No object is ignored: it counts boxes on those among the errors. Its
recalls are x / 100, ours COCO's x * 0.01, which differ in the last bit: seeds are such that no recall is one of them where that decides.
"""
import json, os, sys
from unittest.mock import MagicMock

for name in ["cv2", "matplotlib", "matplotlib.pyplot", "matplotlib.lines", "pandas", "seaborn", "appdirs"]:
    sys.modules[name] = MagicMock()
sys.path.insert(0, sys.argv[1])
import numpy as np
from tidecv import TIDE, Data
from tidecv.quantify import TIDERun, BoxError, ClassError, DuplicateError, BackgroundError, OtherError, MissedError, FalsePositiveError, FalseNegativeError

KINDS = dict(localisation=BoxError, classification=ClassError, duplicate=DuplicateError, background=BackgroundError, both=OtherError, missed=MissedError)
folder = os.path.join(os.path.dirname(__file__), "..", "fixtures", "detection")


def case(seed, scenes, classes, objects, noise):
    rng = np.random.default_rng(seed)
    truth, found = [], []
    for image in range(scenes):
        for i in range(rng.integers(1, objects + 1)):
            k = int(image % classes if i == 0 else rng.integers(0, classes))
            x, y, w, h = [round(float(v), 2) for v in rng.uniform([0, 0, 15, 15], [150, 150, 90, 90])]
            truth.append([image, k, x, y, w, h, w * h, 0])
            for _ in range(rng.integers(0, 4)):
                d = rng.normal(0, noise, 4) * np.array([w, h, w, h])
                label = k if rng.uniform() < 0.75 else int(rng.integers(0, classes))
                found.append([image, label, *[round(float(v), 2) for v in (x + d[0], y + d[1], max(3, w + d[2]), max(3, h + d[3]))]])
        for _ in range(rng.integers(0, 3)):
            found.append([image, int(rng.integers(0, classes)), *[round(float(v), 2) for v in rng.uniform([0, 0, 5, 5], [200, 200, 80, 80])]])
    scores = (rng.permutation(len(found)) + 1) / (len(found) + 1)
    found = [[*f, round(float(s), 6)] for f, s in zip(found, scores)]
    gt, preds = Data("gt"), Data("preds")
    for image, k, *rest in truth: gt.add_ground_truth(image, k, rest[:4])
    for image, k, *rest in found: preds.add_detection(image, k, rest[4], rest[:4])
    run = TIDERun(gt, preds, 0.5, 0.1, TIDE.BOX, 1000)
    counts, gains, special = run.count_errors(), run.fix_main_errors(), run.fix_special_errors()
    return dict(scenes=scenes, classes=classes, objects=truth, found=found, ap50=float(run.ap) / 100,
                counts={name: int(counts[kind]) for name, kind in KINDS.items()},
                gains={name: float(gains[kind]) / 100 for name, kind in KINDS.items()},
                falsePositives=float(special[FalsePositiveError]) / 100, falseNegatives=float(special[FalseNegativeError]) / 100)


cases = [case(1, 6, 3, 4, 0.1), case(7, 8, 2, 6, 0.25), case(3, 4, 4, 3, 0.4), case(4, 10, 3, 8, 0.06)]
with open(os.path.join(folder, "tide.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
