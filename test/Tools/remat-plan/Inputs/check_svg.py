"""Checks a picture: check_svg.py [--colors N] FILE [TEXT]...

Its lines must have N different colours if that is said.

It must be well-formed SVG without anything from elsewhere, everything in it inside the page, and every TEXT
must be one of its texts. Texts must not lie on each other, and those of more than a few letters not on the lines
of curves. Prints how many elements of each kind there are, and how many points the longest line has."""

import re
import sys
import xml.etree.ElementTree as ElementTree

colors = 0
if sys.argv[1] == "--colors":
    colors = int(sys.argv[2])
    del sys.argv[1:3]
tree = ElementTree.parse(sys.argv[1])
root = tree.getroot()
space = "{http://www.w3.org/2000/svg}"
assert root.tag == space + "svg", root.tag
_, _, width, height = map(float, root.get("viewBox").split())
counts = {}
for element in root.iter():
    tag = element.tag.removeprefix(space)
    counts[tag] = counts.get(tag, 0) + 1
    assert tag in {"svg", "g", "title", "rect", "line", "polyline", "polygon", "path", "circle", "text", "clipPath"}, tag
    for name, value in element.attrib.items():
        assert "href" not in name and "nan" not in value and "inf" not in value, (name, value)
    for x in ("x", "x1", "x2", "cx"):
        assert -1 <= float(element.get(x, 0)) <= width + 1, element.attrib
    for y in ("y", "y1", "y2", "cy"):
        assert -1 <= float(element.get(y, 0)) <= height + 1, element.attrib
    for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", element.get("points", "")):
        assert -1 <= float(pair[0]) <= width + 1, element.attrib
def width_of(element):
    """In DejaVu Sans, which is wide."""
    narrow, wide = set("fijlrt,.:; "), set("mwMW%")
    return float(element.get("font-size")) * sum(0.35 if c in narrow else 0.9 if c in wide else 0.6 for c in element.text)


def touch(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def box_of(points):
    return tuple(choose(point[i] for point in points) for choose in (min, max) for i in (0, 1))


boxes = []
for element in root.iter(space + "text"):
    wide = width_of(element)
    if upright := re.fullmatch(r"translate\((\S+) (\S+)\) rotate\(-90\)", element.get("transform", "")):
        # Read upward, with its middle at the place.
        x, y = map(float, upright.groups())
        size = float(element.get("font-size"))
        boxes.append(((x - 0.7 * size, y - wide / 2, x + 0.25 * size, y + wide / 2), element.text))
        continue
    x, y = float(element.get("x")), float(element.get("y"))
    x -= {"middle": wide / 2, "end": wide}.get(element.get("text-anchor"), 0)
    boxes.append(((x, y - 0.7 * float(element.get("font-size")), x + wide, y), element.text))
for i, (box, text) in enumerate(boxes):
    for other, other_text in boxes[:i]:
        # An outline is the same text at the same place.
        assert not touch(box, other) or box == other, (text, other_text)
# The icons of the legend are short lines.
for element in root.iter(space + "line"):
    ends = [(float(element.get("x" + end)), float(element.get("y" + end))) for end in "12"]
    if 10 < ends[1][0] - ends[0][0] <= 40:
        for box, text in boxes:
            near = (box[0] - 4, box[1], box[2] + 4, box[3])
            assert not touch(near, box_of(ends)) and not touch(near, box_of([*ends, (ends[0][0], ends[0][1] + 0.1)])), text
clip = next(root.iter(space + "clipPath"), None)
frame = (0, 0, width, height)
if clip is not None:
    x, y, wide, high = (float(clip[0].get(name)) for name in ("x", "y", "width", "height"))
    frame = (x, y, x + wide, y + high)
longest = 0
for element in root.iter(space + "polyline"):
    points = [tuple(map(float, point.split(","))) for point in element.get("points").split()]
    points = [(min(max(x, frame[0]), frame[2]), min(max(y, frame[1]), frame[3])) for x, y in points]
    longest = max(longest, len(points))
    for ends in zip(points, points[1:]):
        left, top, right, bottom = box_of(ends)
        for box, text in boxes:
            assert len(text) < 15 or not touch(box, (left, top - 0.5, right, bottom + 0.5)), (text, ends)
strokes = {element.get("stroke") for element in root.iter(space + "polyline")}
assert len(strokes) >= colors, strokes
texts = [element.text for element in root.iter(space + "text")]
for text in sys.argv[2:]:
    assert any(text in each for each in texts), (text, texts)
print(" ".join(f"{tag}={counts[tag]}" for tag in sorted(counts)), f"longest={longest}")
