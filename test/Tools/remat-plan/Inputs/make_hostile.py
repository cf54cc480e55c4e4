"""Writes problems that are too large to be kept: make_hostile.py FOLDER"""

import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
folder.joinpath("nested-arrays.json").write_text('{"kind": "chain", "stages": ' + "[" * (50 << 20))
folder.joinpath("nested-objects.json").write_text('{"kind":' * ((50 << 20) // 8))
folder.joinpath("nested-action").write_text("[" * (50 << 20))
stage = {"count": 1, "advance": 1, "record": 1, "reverse": 2, "state": 1, "tape": 5}
folder.joinpath("stages.json").write_text(json.dumps(
    {"kind": "chain", "stages": [stage] * 100000, "initial_state": 1, "budget": 250}))
folder.joinpath("fractions.json").write_text(json.dumps(
    {"kind": "chain", "stages": [dict(stage, advance=0.125)] * 100000, "initial_state": 1, "budget": 250}))
folder.joinpath("unequal.json").write_text(json.dumps(
    {"kind": "chain", "stages": [dict(stage, tape=i % 7) for i in range(100000)], "budget": 250}))
node = {"time": 1, "size": 1}
folder.joinpath("long-graph.json").write_text(json.dumps(
    {"kind": "graph", "nodes": [node] * 100000, "edges": [[i, i + 1] for i in range(99999)], "budget": 250}))
folder.joinpath("wide-graph.json").write_text(json.dumps(
    {"kind": "graph", "nodes": [node] * 3000, "edges": [], "budget": 250}))
folder.joinpath("members.json").write_text("{" + ", ".join(f'"m{i}": 0' for i in range(200000)) + "}")
folder.joinpath("binary.json").write_bytes(b'{"kind": "chain",\n "stages": "\xff\xfe"}')
folder.joinpath("control.json").write_bytes(b'{"kind": "ch\x00ain"}')
