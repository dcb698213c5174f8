"""One cache for Fovea and Python's library of the hub: what the one downloads, the other finds, in either order.

Run: npm run build && python test/reference/hub_cache.py    (huggingface_hub 1.33.0)

Both ask the stand-in of test/support/hub. It stops at the first thing that is not so, and ends with one line. Nothing is written but in a
temporary folder.
"""
import base64, json, os, subprocess, sys, tempfile, threading, time

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
npx = ["npx", "tsx", os.path.join(root, "test", "support", "hub", "serve.ts")]
server = subprocess.Popen(npx, cwd=root, stdout=subprocess.PIPE, text=True)
start = json.loads(server.stdout.readline())
asked = []


def listen():
    for line in server.stdout:
        asked.append(json.loads(line))


threading.Thread(target=listen, daemon=True).start()


def questions():
    """What was asked since the last call."""
    time.sleep(0.3)
    new = asked[:]
    asked.clear()
    return [f"{each['at']} {each['method']} {each['path'].split('?')[0]}" for each in new]


def fovea(home, *arguments, **variables):
    environment = {**os.environ, "HF_HOME": home, "HF_ENDPOINT": start["url"], **variables}
    command = ["node", os.path.join(root, "dist", "command", "main.js"), *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


python = """
import json, os, sys
from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache
kind, *files = sys.argv[1:]
if kind == "local":
    found = [hf_hub_download("ada/pets", file, local_files_only=True) for file in files]
    assert found == [try_to_load_from_cache("ada/pets", file) for file in files]
elif kind == "online":
    found = [hf_hub_download("ada/pets", file) for file in files]
else:
    found = snapshot_download("ada/pets")
    if kind == "shared":
        # As it lies after a download by Xet, which the stand-in does not speak: large files in the store of all repositories.
        from huggingface_hub import constants
        from huggingface_hub.utils._shared_blobs import publish_blob_to_shared_store
        blob = os.path.join(os.path.dirname(found), "..", "blobs", os.path.basename(os.readlink(os.path.join(found, "onnx/model.onnx"))))
        size = os.path.getsize(blob)
        assert publish_blob_to_shared_store(
            blob_path=os.path.abspath(blob), xet_hash="4f" * 32, cache_dir=constants.HF_HUB_CACHE, expected_size=size, replace_existing=False
        )
        assert "4f4f" in os.path.realpath(os.path.join(found, "onnx/model.onnx"))
report = scan_cache_dir()
assert not report.warnings, report.warnings
refs = {ref for repo in report.repos for revision in repo.revisions for ref in revision.refs}
print(json.dumps({"found": found, "refs": sorted(refs), "bytes": report.size_on_disk}))
"""


def library(home, kind, *files):
    environment = {**os.environ, "HF_HOME": home, "HF_ENDPOINT": start["url"], "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1"}
    environment.pop("HF_HUB_OFFLINE", None)
    ran = subprocess.run([sys.executable, "-c", python, kind, *files], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


files = ["config.json", "preprocessor_config.json", "onnx/model.onnx"]
original = base64.b64decode(start["model"])
try:
    with tempfile.TemporaryDirectory() as home:
        fovea(home, "inspect", "hf:ada/pets")
        questions()
        found = library(home, "local", *files)
        assert questions() == [], "Python asked for what Fovea had downloaded"
        assert found["refs"] == ["main"]
        assert open(found["found"][2], "rb").read() == original
        assert library(home, "online", *files)["found"] == found["found"]
        now = questions()
        assert all(" HEAD " in each for each in now), now
    for kind in ["snapshot", "shared"]:
        with tempfile.TemporaryDirectory() as home:
            folder = library(home, kind)["found"]
            questions()
            assert json.loads(fovea(home, "inspect", "hf:ada/pets", "--json"))["classes"] == ["cat", "dog", "owl"]
            assert questions() == ["hub GET /api/models/ada/pets/revision/main"]
            fovea(home, "inspect", "hf:ada/pets", HF_HUB_OFFLINE="1")
            assert questions() == [], "Fovea asked for something offline"
            assert open(os.path.join(folder, "onnx", "model.onnx"), "rb").read() == original
    print("one cache: each found what the other had downloaded")
finally:
    server.terminate()
