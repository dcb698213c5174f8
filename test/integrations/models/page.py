"""Runs the examples of a page of docs/models as they stand there, and compares Fovea's answers with the framework's own numbers."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

PAGES = Path(__file__).resolve().parents[3] / "docs" / "models"
BLOCK = re.compile(r"^(?:<!-- not run: ([^>]*) -->\n)?```(python|sh)\n(.*?)^```$", re.M | re.S)


class Page:
    """The Python and shell examples of a page, by the heading above them."""

    def __init__(self, name):
        text = (PAGES / name).read_text()
        self.blocks = []
        for match in BLOCK.finditer(text):
            heading = re.findall(r"^#+ (.*)$", text[: match.start()], re.M)[-1]
            reason, language, code = match.groups()
            self.blocks.append({"heading": heading, "language": language, "code": code, "done": reason is not None})

    def _take(self, heading, language):
        for block in self.blocks:
            if block["heading"] == heading and block["language"] == language and not block["done"]:
                block["done"] = True
                return block["code"]
        raise AssertionError(f"expected another example in {language} under {heading!r}")

    def python(self, heading, scope):
        """Runs the next Python example under a heading, with and into these names."""
        exec(compile(self._take(heading, "python"), heading, "exec"), scope)

    def shell(self, heading):
        """Runs the next example for the shell under a heading; returns what it prints."""
        return run(["bash", "-euo", "pipefail", "-c", self._take(heading, "sh")])

    def leave(self, heading, reason):
        """Leaves out the examples under a heading, and says why."""
        print(f"{heading}: not run: {reason}")
        for block in self.blocks:
            block["done"] = block["done"] or block["heading"] == heading

    def close(self):
        """Fails where the page has an example that was not run."""
        left = [f"{block['heading']} ({block['language']})" for block in self.blocks if not block["done"]]
        assert not left, f"examples that were not run: {left}"


def draw_photo(path="photo.jpg", size=(400, 300)):
    """Draws a picture of soft ground and some round things, as a JPEG."""
    noise = np.random.default_rng(1).integers(60, 200, (size[1] // 20, size[0] // 20, 3), dtype=np.uint8)
    photo = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(photo)
    pen.ellipse((60, 70, 190, 210), fill=(220, 120, 40))
    pen.ellipse((230, 40, 330, 160), fill=(40, 90, 190))
    photo.filter(ImageFilter.GaussianBlur(3)).save(path, quality=95)


def run(command):
    """Runs a command; returns what it prints."""
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def explain(*arguments):
    """The first result of `fovea explain --json`."""
    command = ["fovea", "explain", "--json", "--top", "1000", *map(str, arguments)]
    return json.loads(run(command))["results"][0]


def probabilities(result):
    """The probabilities of a result, by class index."""
    return np.array([one["probability"] for one in sorted(result["top"], key=lambda one: one["class"])])


def softmax(scores):
    """Of scores [classes]."""
    powers = np.exp(scores - np.max(scores))
    return powers / powers.sum()


def compare(model, array, scores, *arguments):
    """Fovea's probabilities for an array of the model's own input are the softmax of the framework's scores, to 1e-4 of the largest, and so are the scores."""
    np.save("compare.npy", np.asarray(array, dtype=np.float32))
    result = explain(model, "compare.npy", "--raw", "--out", "compare-map.npy", *arguments)
    close(model, probabilities(result), softmax(np.ravel(scores)), 1e-4)
    # A softmax forgets a constant, so scores are compared without their mean.
    found = np.array([one["score"] for one in sorted(result["top"], key=lambda one: one["class"])])
    found, wanted = found - found.mean(), np.ravel(scores) - np.mean(scores)
    assert np.max(np.abs(found - wanted)) <= 1e-4 * np.max(np.abs(wanted)), f"{model}: expected {wanted}, got {found}"
    assert result["classes"][0]["peak"] > 0, f"{model}: expected a map, got one that is blank"
    return result


def close(what, found, expected, tolerance):
    """Fails where probabilities differ by more than this share of the largest; prints by how much they do."""
    assert found.shape == expected.shape, f"{what}: expected {expected.shape}, got {found.shape}"
    largest = float(expected.max())
    error = float(np.max(np.abs(found - expected))) / largest
    assert error <= tolerance, f"{what}: expected numbers within {tolerance} of the largest, got {error}"
    second = float(np.sort(expected)[-2])
    assert expected.min() < largest / 2 and second > largest / 100, f"{what}: expected classes apart, got {expected}"
    print(f"agrees: {what}: {len(expected)} classes, to {error:.1e} of the largest")
