"""Runs the commands of a page and compares what they print with what the page says.

    run_page.py PAGE.md [--path FOLDER]...

In the page, a block ```mlir whose first line is `// NAME.mlir` becomes a file of that
name, and so does a block ```json NAME.json. In a block ```console every line that begins with `$ ` is a command, and the lines
up to the next one are its output; `...` stands for any text, on a line of its own for
any lines. A command whose exit status is not 0 is followed by `[exit N]`. Blocks run in
order, in one empty folder. Only the standard library is used.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def fail(message):
    sys.exit(f"run_page: {message}")


def read_blocks(page):
    for match in re.finditer(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", page, re.M | re.S):
        yield match.group(1), match.group(2), match.group(3), page.count("\n", 0, match.start()) + 1


def read_commands(block):
    """Yields (command, expected output, expected status)."""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, expected = part.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = command[:-1] + more.lstrip("> ")
        status = re.search(r"^\[exit (\d+)\]\n", expected, re.M)
        if status:
            expected = expected[: status.start()] + expected[status.end() :]
        yield command, expected.strip("\n"), int(status.group(1)) if status else 0


def escape(text):
    """Columns are as wide as what is in them, a time for instance, so blanks match any number of blanks."""
    return " +".join(re.escape(word) for word in re.split(" +", text))


def matches(expected, actual):
    pattern = "".join(".*?" if part == "..." else escape(part) for part in re.split(r"(\.\.\.)", expected))
    return re.fullmatch(pattern, actual.strip("\n"), re.S)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--path", action="append", default=[], help="a folder of tools")
    arguments = parser.parse_args()

    environment = dict(os.environ, PATH=os.pathsep.join([*map(os.path.abspath, arguments.path), os.environ["PATH"]]))
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for language, file, block, line in read_blocks(arguments.page.read_text()):
            name = re.match(r"// (\S+\.mlir)\n", block)
            if language == "mlir" and name:
                file = name.group(1)
            if file:
                pathlib.Path(folder, file).write_text(block)
            if language != "console":
                continue
            for command, expected, status in read_commands(block):
                done = subprocess.run(command, shell=True, cwd=folder, env=environment, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                where = f"{arguments.page.name}, block at line {line}: {command}"
                if done.returncode != status:
                    fail(f"{where}\nexit {done.returncode} instead of {status}\n{done.stdout}")
                if not matches(expected, done.stdout):
                    fail(f"{where}\n--- the page says\n{expected}\n--- it prints\n{done.stdout}")
                count += 1
    if count == 0:
        fail(f"{arguments.page.name} has no commands")
    print(f"{count} commands")


if __name__ == "__main__":
    main()
