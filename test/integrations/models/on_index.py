"""The examples of docs/models/index.md, with a network that comes with Fovea."""

import shutil
import sys
from pathlib import Path

from page import PAGES, Page

page = Page("index.md")
shutil.copy(Path(sys.argv[1]) / "shapes.onnx", "model.onnx")
# The picture is drawn by the suite: a square among distractors.
printed = page.shell("In three steps")
shown = (PAGES / "index.md").read_text().split("```text\n")[1].split("```")[0]
assert printed == shown, f"expected what the page shows, got\n{printed}"
assert Path("photo.fovea.png").exists()
print("agrees: model.onnx: what is printed")
page.shell("Is it right?")
page.close()
