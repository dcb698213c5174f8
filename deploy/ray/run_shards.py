"""Runs a command of Fovea in shards on a Ray cluster, one task for each shard.

    python run_shards.py --shards 200 --out /shared/parts -- fovea report model.onnx /shared/photos
    fovea merge /shared/parts --out report.html

Photos, model and parts lie in a folder that all nodes see, and all nodes have fovea. A shard whose worker or node dies is run again; a shard
that is done is not. Bad input (exit code 2) ends the run: it would be bad on every node.
"""

import argparse
import ctypes
import os
import pathlib
import signal
import subprocess
import sys

import ray


class BadInput(Exception):
    """The command refused its input, which another try does not mend."""


class Died(Exception):
    """The command ended without a result, by a signal or a fault of its own."""


def end_with_parent():
    """A worker that is killed takes its command along (Linux): what nobody waits for would only take time."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def part(out, index, count):
    return pathlib.Path(out) / f"part-{index:05}-of-{count:05}.json"


def run_shard(command, index, count, out, threads):
    """The header of a part is written last: where it is, the part is whole."""
    if part(out, index, count).exists():
        return index
    environment = {**os.environ, "FOVEA_THREADS": str(threads)}
    ended = subprocess.run(
        [*command, "--shard", f"{index}/{count}", "--out", out, "--quiet"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent,
    )
    # 1: some photos could not be read, which the part says.
    if ended.returncode in (0, 1) and part(out, index, count).exists():
        return index
    if ended.returncode == 2:
        raise BadInput(f"shard {index}/{count}: {ended.stderr.strip()}")
    raise Died(f"shard {index}/{count}: exit code {ended.returncode}: {ended.stderr.strip()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=int, required=True, help="5 to 10 times as many as there are workers")
    parser.add_argument("--out", required=True, help="the folder of the parts, which all nodes see")
    parser.add_argument("--threads", type=int, default=1, help="threads, and processors of Ray, for each shard")
    parser.add_argument("--gpus", type=float, default=0, help="cards of Ray for each shard, with --device cuda in the command")
    parser.add_argument("--retries", type=int, default=10, help="how often a shard is run again")
    parser.add_argument("--address", default="auto", help="the cluster; local starts one on this machine")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- fovea report model.onnx photos")
    given = parser.parse_args()
    command = [word for word in given.command if word != "--"]
    ray.init(address=given.address, log_to_driver=False)
    task = ray.remote(
        num_cpus=given.threads,
        num_gpus=given.gpus,
        max_retries=given.retries,
        retry_exceptions=[Died],
    )(run_shard)
    out = os.path.abspath(given.out)
    os.makedirs(out, exist_ok=True)
    waiting = [task.remote(command, index, given.shards, out, given.threads) for index in range(given.shards)]
    done = 0
    while waiting:
        ready, waiting = ray.wait(waiting)
        for each in ready:
            try:
                ray.get(each)
            except ray.exceptions.RayTaskError as error:
                print(error.cause, file=sys.stderr)
                sys.exit(2 if isinstance(error.cause, BadInput) else 1)
            done += 1
        print(f"{done} of {given.shards} shards", file=sys.stderr)
    print(f"all {given.shards} shards are in {out}: fovea merge {out}")


if __name__ == "__main__":
    main()
