"""Runs the jobs of one tool: a request a line on standard input, an answer a line on standard output.

    python worker.py TOOL

    {"do": "prepare", "folder": ..., "method": ..., "settings": {...}}   loads the network of the folder and the tool
    {"do": "run", "batch": 8, "runs": 3, "lead": 1, "save": PATH}        mean milliseconds of a run; the last one's numbers go to PATH
"""

import importlib
import importlib.metadata
import importlib.util
import json
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")
THREADS = 2
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = str(THREADS)
os.environ.update(TQDM_DISABLE="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import numpy as np

import networks


def limit_threads(framework):
    """Of the frameworks that were loaded, or are now."""
    if framework == "keras":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(THREADS)
        tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    else:
        import torch

        torch.set_num_threads(THREADS)


class Job:
    def __init__(self, tool, folder, method, settings):
        framework = json.load(open(os.path.join(folder, "about.json")))["framework"]
        limit_threads(framework)
        self.network = networks.Opened(folder)
        module = importlib.import_module("with_" + tool.replace("-", "_").lower())
        self.explain = module.prepare(method, self.network, settings)
        self.torch = framework == "torch" and getattr(module, "TAKES_TENSORS", True)

    def run(self, batch, runs, lead=0, save=None):
        images = np.ascontiguousarray(self.network.images[:batch])
        if self.torch:
            import torch

            images = torch.from_numpy(images)
        for _ in range(lead):
            self.explain(images)
        began = time.perf_counter()
        for _ in range(runs):
            numbers = self.explain(images)
        elapsed = time.perf_counter() - began
        if save:
            np.save(save, np.ascontiguousarray(np.asarray(numbers), np.float32))
        return {"ms": 1000 * elapsed / runs}


def versions():
    names = ["torch", "torchvision", "tensorflow-cpu", "keras", "numpy"]
    return {name: importlib.metadata.version(name) for name in names if importlib.util.find_spec(name.split("-")[0])}


def answer(state, request):
    what = request.pop("do")
    if what == "prepare":
        state["job"] = Job(sys.argv[1], **request)
        return {"versions": versions()}
    return state["job"].run(**request)


def main():
    # The tools' own messages go the other way: answers alone are written to standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    state = {}
    for line in sys.stdin:
        try:
            reply = answer(state, json.loads(line))
        except Exception as error:
            lines = str(error).strip().split("\n")
            reply = {"error": f"{type(error).__name__}: {lines[0]}"[:300]}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
