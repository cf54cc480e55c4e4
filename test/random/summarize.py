#!/usr/bin/env python3
"""The table of remat-random in a form that fits a page: one row for each operation.

    test/random/summarize.py TABLE > coverage.md
"""

import sys

TYPES = ["f64", "f32", "f16", "bf16", "i1", "i8", "i32", "i64", "index"]
PLACES = ["straight", "step", "branch", "loop", "body", "called"]


def main():
    with open(sys.argv[1]) as file:
        lines = file.read().partition("\nproduction")[0].splitlines()
    head = lines[0].split()[2:]
    rows = {}
    for line in lines[1:]:
        fields = line.split()
        if len(fields) != len(head) + 2:
            continue
        name, element, counts = fields[0], fields[1], dict(zip(head, map(int, fields[2:])))
        row = rows.setdefault(name, dict.fromkeys(TYPES + head + ["other"], 0))
        row[element if element in TYPES else "other"] += sum(counts[place] for place in PLACES)
        for column, number in counts.items():
            row[column] += number
    columns = TYPES + head
    print("| operation | " + " | ".join(columns) + " |\n|---|" + "---:|" * len(columns))
    for name, row in sorted(rows.items()):
        print(f"| {name} | " + " | ".join(str(row[column] or "") for column in columns) + " |")


if __name__ == "__main__":
    main()
