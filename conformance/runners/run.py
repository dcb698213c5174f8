"""Runs one tool on all cases of the kit: its maps go to OUT as CASE/METHOD.npy, and what came of each to OUT/outcomes.json.

    PYTHONPATH=SNAPSHOT python runners/run.py TOOL OUT

A tool is a file with_TOOL.py: METHODS says how it is called for each method, and `values(subject, method)` gives its numbers.
"""

import importlib
import importlib.metadata
import importlib.util
import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ.update(TQDM_DISABLE="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")
here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(here), here]

import numpy as np

import load
from tool import Unsupported, subject_of


def outcome(tool, case, method, path):
    try:
        subject = subject_of(tool.FRAMEWORK, case)
        np.save(path, np.asarray(tool.values(subject, method), np.float64))
        return {"status": "ran"}
    except Unsupported as reason:
        return {"status": "unsupported", "says": str(reason)}
    except Exception as error:
        return {"status": "failed", "says": f"{type(error).__name__}: {error}".split("\n")[0][:200]}


def versions():
    names = ["torch", "tensorflow-cpu", "keras", "numpy"]
    return {name: importlib.metadata.version(name) for name in names if importlib.util.find_spec(name.split("-")[0])}


def main(name, out):
    tool = importlib.import_module("with_" + name.replace("-", "_"))
    found = []
    for case in load.cases():
        if tool.FRAMEWORK == "keras" and not hasattr(case, "keras"):
            continue
        os.makedirs(os.path.join(out, case.name), exist_ok=True)
        for method in tool.METHODS:
            if method in case.methods:
                path = os.path.join(out, case.name, method + ".npy")
                found.append({"case": case.name, "method": method, **outcome(tool, case, method, path)})
    with open(os.path.join(out, "outcomes.json"), "w") as file:
        json.dump({"versions": versions(), "calls": tool.METHODS, "afterRelu": tool.AFTER_RELU, "outcomes": found}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
