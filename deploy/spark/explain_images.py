"""Explains photos with Spark and the one file of `fovea compile --image`; no executor needs Fovea.

    fovea compile model.onnx --out explained.onnx --image
    spark-submit --py-files ../explained.py --files explained.onnx explain_images.py explained.onnx hdfs:///photos hdfs:///maps

writes Parquet files with a row for each photo: path, class, heatmap (a grey PNG as large as the photo). A photo that cannot be read has an error
in their place. Executors need Python with onnxruntime, pillow, numpy, pandas and pyarrow.
"""

import os
import sys

import pandas

SCHEMA = "path string, class string, heatmap binary, error string"

# A process of an executor opens the file once.
opened = {}


def explainer(model):
    if model not in opened:
        import explained

        opened[model] = explained.Explained(model)
    return opened[model]


def explain(model, frames):
    """For mapInPandas: frames of path and content become frames of SCHEMA."""
    import explained

    explain_batch = explainer(model)
    for frame in frames:
        photos, errors = [], []
        for content in frame["content"]:
            try:
                photos.append(explained.decoded(content))
                errors.append(None)
            except OSError as error:
                errors.append(str(error))
        results = iter(explain_batch(photos))
        rows = [(None, None) if error else next(results) for error in errors]
        yield pandas.DataFrame(
            {
                "path": frame["path"],
                "class": [name for name, _ in rows],
                "heatmap": [None if heatmap is None else explained.png(heatmap) for _, heatmap in rows],
                "error": errors,
            }
        )


def main(model, photos, out):
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.appName("fovea").getOrCreate()
    # So many photos come at once, and those of one size share a run.
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "16")
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(photos)
    name = os.path.basename(model)

    def on_executor(frames):
        from pyspark import SparkFiles

        distributed = SparkFiles.get(name)
        yield from explain(distributed if os.path.exists(distributed) else os.path.abspath(name), frames)

    files.select("path", "content").mapInPandas(on_executor, SCHEMA).write.mode("errorifexists").parquet(out)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:4])
