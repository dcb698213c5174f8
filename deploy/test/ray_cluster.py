"""A Ray cluster of several nodes on this machine, each with one processor.

Lines of standard input: add, remove (the last node, at once), stop. It prints its address, and the process of the last node after each.
"""

import os
import sys

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
# Ray gives its workers a low priority, and where other work runs, what they are compared with would have a higher one.
os.environ.setdefault("RAY_worker_niceness", "0")

from ray.cluster_utils import Cluster  # noqa: E402

cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
nodes = [cluster.add_node(num_cpus=1) for _ in range(int(sys.argv[1]))]
cluster.wait_for_nodes()


def last_node():
    print(nodes[-1].all_processes["raylet"][0].process.pid if nodes else 0, flush=True)


print(cluster.address, flush=True)
last_node()
for line in sys.stdin:
    if line.strip() == "add":
        nodes.append(cluster.add_node(num_cpus=1))
        cluster.wait_for_nodes()
    elif line.strip() == "remove":
        cluster.remove_node(nodes.pop(), allow_graceful=False)
    else:
        break
    last_node()
cluster.shutdown()
