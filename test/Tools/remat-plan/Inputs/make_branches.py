"""Prints a graph that is slow to plan: make_branches.py BRANCHES LENGTH, chains between two nodes."""

import json
import sys

branches, length = map(int, sys.argv[1:])
edges, last = [], branches * length + 1
for branch in range(branches):
    nodes = [0, *range(branch * length + 1, (branch + 1) * length + 1), last]
    edges += list(zip(nodes, nodes[1:]))
node = {"time": 1, "size": 1}
print(json.dumps({"kind": "graph", "nodes": [node] * (last + 1), "edges": edges, "budget": last}))
