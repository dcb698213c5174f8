"""Where a model looks, as a widget of Jupyter: the element <fovea-heatmap> through anywidget."""

import base64
import json
import mimetypes
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import anywidget
import traitlets

# The element in one file; README.md says how it is made.
ELEMENT = Path(__file__).with_name("fovea-heatmap.js")

RENDER = """
export default {
  render({ model, el }) {
    const heatmap = document.createElement("fovea-heatmap");
    const show = () => {
      heatmap.setAttribute("src", model.get("src"));
      heatmap.setAttribute("alt", model.get("alt"));
      heatmap.map = model.get("map");
    };
    heatmap.toggleAttribute("controls", true);
    heatmap.addEventListener("fovea-load", ({ detail }) => {
      model.set("peak", detail.peak);
      model.save_changes();
    });
    model.on("change:src change:alt change:map", show);
    show();
    el.append(heatmap);
  },
};
"""


class Heatmap(anywidget.AnyWidget):
    """A photo with a heat map over it: read its values under the mouse, change opacity and colours."""

    _esm = ELEMENT.read_text() + RENDER
    src = traitlets.Unicode(help="the photo, as an address or a data: URL").tag(sync=True)
    alt = traitlets.Unicode(help="what the photo shows").tag(sync=True)
    map = traitlets.Dict(help="a map as `fovea explain --raw` writes it as JSON").tag(sync=True)
    peak = traitlets.Float(0, help="the strongest value shown; 0 before there is one").tag(sync=True)


def explain(model, photo, *options):
    """Explains a photo: explain("model.onnx", "cat.jpg", "--class", "cat"). Options are those of `fovea explain`."""
    with TemporaryDirectory() as folder:
        out = Path(folder, "map.npy")
        command = ["fovea", "explain", "--quiet", "--raw", "--out", out, "--model", model, photo, *options]
        subprocess.run(command, check=True)
        one = json.loads(out.with_suffix(".json").read_text())["maps"][0]
    photo = Path(photo)
    data = base64.b64encode(photo.read_bytes()).decode()
    return Heatmap(src=f"data:{mimetypes.guess_type(photo.name)[0]};base64,{data}", alt=photo.name, map=one)
