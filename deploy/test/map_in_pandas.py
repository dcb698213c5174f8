"""Runs what Spark runs in mapInPandas, over frames of pandas: model, photos, folder of the results."""

import os
import pathlib
import sys

import pandas

here = pathlib.Path(__file__).parent
sys.path[:0] = [str(here.parent), str(here.parent / "spark")]
import explain_images  # noqa: E402

model, photos, out = sys.argv[1:]
os.makedirs(out)
paths = sorted(path for path in pathlib.Path(photos).rglob("*") if path.is_file())


def frames(size=16):
    for first in range(0, len(paths), size):
        some = paths[first : first + size]
        yield pandas.DataFrame({"path": [str(path) for path in some], "content": [path.read_bytes() for path in some]})


for number, frame in enumerate(explain_images.explain(model, frames())):
    assert list(frame.columns) == [column.split()[0] for column in explain_images.SCHEMA.split(", ")]
    frame.to_parquet(f"{out}/{number:05}.parquet")
