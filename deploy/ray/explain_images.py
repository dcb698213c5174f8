"""Explains a folder of photos with Ray Data and the one file of `fovea compile --image`; no node needs Fovea.

    fovea compile model.onnx --out explained.onnx --image
    python explain_images.py explained.onnx /shared/photos --out /shared/maps

writes Parquet files with a row for each photo: path, class, heatmap (a grey PNG as large as the photo). A photo that cannot be read has an error
in their place.
"""

import argparse
import os
import sys

import pyarrow
import ray
import ray.data
from ray.data import SaveMode

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import explained  # noqa: E402


class Explain:
    """An actor: it opens the file once, and explains batches."""

    def __init__(self, path, threads, providers):
        self.explained = explained.Explained(path, threads, providers)

    def __call__(self, batch):
        photos, errors = [], []
        for photo in batch["bytes"]:
            try:
                photos.append(explained.decoded(photo))
                errors.append(None)
            except OSError as error:
                errors.append(str(error))
        results = iter(self.explained(photos))
        rows = [(None, None) if error else next(results) for error in errors]
        return pyarrow.table(
            {
                "path": pyarrow.array(list(batch["path"]), pyarrow.string()),
                "class": pyarrow.array([name for name, _ in rows], pyarrow.string()),
                "heatmap": pyarrow.array([None if m is None else explained.png(m) for _, m in rows], pyarrow.binary()),
                "error": pyarrow.array(errors, pyarrow.string()),
            }
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="the file of fovea compile --image")
    parser.add_argument("photos", help="a folder, also s3:// or gs://")
    parser.add_argument("--out", required=True, help="the folder of the Parquet files")
    parser.add_argument("--batch", type=int, default=16, help="photos of a run")
    parser.add_argument("--workers", type=int, default=2, help="actors")
    parser.add_argument("--threads", type=int, default=1, help="threads of each")
    parser.add_argument("--cuda", action="store_true", help="compute on a card for each actor (onnxruntime-gpu)")
    parser.add_argument("--address", default="auto", help="the cluster; local starts one on this machine")
    given = parser.parse_args()
    ray.init(address=given.address, log_to_driver=False, runtime_env={"py_modules": [explained]})
    providers = ["CUDAExecutionProvider"] if given.cuda else ["CPUExecutionProvider"]
    # Actors that took all processors would leave none to read for them, and wait for ever.
    little = {"num_cpus": 0.05}
    ray.data.read_binary_files(
        given.photos,
        include_paths=True,
        ray_remote_args=little,
        file_extensions=["jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff"],
    ).map_batches(
        Explain,
        fn_constructor_args=(os.path.abspath(given.model), given.threads, providers),
        batch_size=given.batch,
        compute=ray.data.ActorPoolStrategy(size=given.workers),
        num_cpus=0.05 if given.cuda else 0.9 * given.threads,
        num_gpus=1 if given.cuda else 0,
    ).write_parquet(given.out, mode=SaveMode.ERROR, ray_remote_args=little)


if __name__ == "__main__":
    main()
