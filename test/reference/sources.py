"""Writes archives and tables of images as others write them, with what is in them: test/fixtures/sources.

Needs Python with pyarrow, pandas, datasets and Pillow (written with 25.0.1, 3.0.6, 5.0.1 and 12.3.0 on Python 3.11):

    python test/reference/sources.py test/fixtures/sources
"""

import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

import datasets
import pandas
import pyarrow
import pyarrow.parquet
from PIL import Image

ROWS = 7
CLASSES = ["dog", "cat", "Ünïcode bird"]
FORMATS = ["PNG", "JPEG", "WEBP"]


def image(number: int) -> bytes:
    picture = Image.new("RGB", (8 + number, 6), ((37 * number) % 256, (91 * number) % 256, 128))
    out = io.BytesIO()
    picture.save(out, FORMATS[number % 3])
    return out.getvalue()


def rows():
    return [{"image": image(i), "label": i % 3, "name": f"{i}.{FORMATS[i % 3].lower()}"} for i in range(ROWS)]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def write_hugging_face(folder: Path, expected: dict) -> None:
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=CLASSES)})
    data = {
        "image": [{"bytes": row["image"], "path": row["name"]} for row in rows()],
        "label": [row["label"] for row in rows()],
    }
    table = datasets.Dataset.from_dict(data, features=features)
    table.to_parquet(str(folder / "train-00000-of-00001.parquet"), batch_size=3)
    expected["train-00000-of-00001.parquet"] = [
        {"label": CLASSES[row["label"]], "split": "train", "sha": sha(row["image"])} for row in rows()
    ]


def write_arrow(folder: Path, expected: dict) -> None:
    """Every packing, both kinds of pages, with dictionaries and without."""
    plain = pyarrow.table(
        {
            "image": pyarrow.array([row["image"] for row in rows()], pyarrow.binary()),
            "label": pyarrow.array([CLASSES[row["label"]] for row in rows()], pyarrow.string()),
            "number": pyarrow.array([None if i % 4 == 1 else i for i in range(ROWS)], pyarrow.int64()),
            "split": pyarrow.array(["train" if i % 2 else "test" for i in range(ROWS)], pyarrow.string()),
        }
    )
    told = [
        {"label": CLASSES[row["label"]], "split": "train" if i % 2 else "test", "sha": sha(row["image"])}
        for i, row in enumerate(rows())
    ]
    for packing in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
        for version in ["1.0", "2.0"]:
            for dictionary in [True, False]:
                name = f"arrow-{packing}-{version}{'-dictionary' if dictionary else ''}.parquet"
                pyarrow.parquet.write_table(
                    plain,
                    folder / name,
                    compression=packing,
                    data_page_version=version,
                    use_dictionary=dictionary,
                    row_group_size=3,
                )
                expected[name] = told


def write_pandas(folder: Path, expected: dict) -> None:
    """A list of paths, as people keep them beside photos."""
    frame = pandas.DataFrame(
        {
            "file_name": [f"photos/{row['name']}" for row in rows()],
            "label": [CLASSES[row["label"]] for row in rows()],
            "split": ["val" if i % 2 else "train" for i in range(ROWS)],
        }
    )
    frame.to_parquet(folder / "pandas-list.parquet")
    expected["pandas-list.parquet"] = [
        {"name": f"photos/{row['name']}", "label": CLASSES[row["label"]], "split": "validation" if i % 2 else "train"}
        for i, row in enumerate(rows())
    ]


def write_tars(folder: Path, expected: dict) -> None:
    """Each format of tar, with names that are too long for the oldest one and letters beyond ASCII."""
    for name, kind in [("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)]:
        path = folder / f"{name}.tar"
        told = []
        with tarfile.open(path, "w", format=kind) as archive:
            for i, row in enumerate(rows()):
                deep = "folder/" * 12 + ("näme-" if name == "pax" else "name-") * (30 if name != "ustar" else 4)
                key = f"{deep if i % 5 == 4 else ''}{i:06d}"
                for ending, content in [
                    (row["name"].split(".")[1], row["image"]),
                    ("cls", str(row["label"]).encode()),
                    ("json", json.dumps({"number": i}).encode()),
                ]:
                    info = tarfile.TarInfo(f"{key}.{ending}")
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
                told.append({"label": str(row["label"]), "sha": sha(row["image"]), "member": f"{key}.{row['name'].split('.')[1]}"})
        expected[f"{name}.tar"] = told


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    expected: dict = {}
    for write in [write_hugging_face, write_arrow, write_pandas, write_tars]:
        write(folder, expected)
    made = f"pyarrow {pyarrow.__version__}, pandas {pandas.__version__}, datasets {datasets.__version__}"
    text = json.dumps({"made": made, "sources": expected}, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
