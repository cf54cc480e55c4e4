"""Checks a picture: check_svg.py FILE [TEXT]...

It must be well-formed SVG without anything from elsewhere, everything in it inside the page, and every TEXT
must be one of its texts."""

import re
import sys
import xml.etree.ElementTree as ElementTree

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
texts = [element.text for element in root.iter(space + "text")]
for text in sys.argv[2:]:
    assert any(text in each for each in texts), (text, texts)
print(" ".join(f"{tag}={counts[tag]}" for tag in sorted(counts)))
