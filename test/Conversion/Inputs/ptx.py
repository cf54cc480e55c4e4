"""Prints what remat-opt printed, from standard input, with the text of kernels as lines."""

import sys

text = sys.stdin.read()
for escaped, character in (("\\0A", "\n"), ("\\09", "\t"), ("\\22", '"')):
    text = text.replace(escaped, character)
sys.stdout.write(text)
