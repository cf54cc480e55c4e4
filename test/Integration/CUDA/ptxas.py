"""What an assembler says of the kernels of the CPU's test programs.

    ptxas.py --remat-run-many PATH --programs FOLDER --examples FOLDER [--only NAME] [--all]

No kernel spills, has local memory or more than 96 registers, and none has an approximate operation or calls what it
does not have. By default every eighth program is assembled, with one type and for one chip, as its name decides; with --all
all of them, with all types, for sm_80, sm_90a and sm_100. Only the standard library is used.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "CPU"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lib"))
import run_many
import sweep
from device_programs import choose, get_kinds, read_lines

CHIPS = ["sm_80", "sm_90a", "sm_100"]
SHARE = 8
MOST_REGISTERS = 96


def check_text(ptx, what):
    for word in [".approx", ".extern"]:
        if word in ptx:
            sweep.fail(f"{what}: {word} in the PTX")


def assemble(ptxas, path, chip, what):
    """The most registers of a kernel."""
    done = subprocess.run([ptxas, "-v", f"-arch={chip}", "-o", str(path.with_suffix(".cubin")), str(path)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sweep.fail(f"{what}: ptxas fails\n{done.stderr}")
    kernels = re.split(r"Compiling entry function ", done.stderr)[1:]
    if not kernels:
        sweep.fail(f"{what}: ptxas names no kernel\n{done.stderr}")
    most = 0
    for kernel in kernels:
        name = kernel.split("'")[1]
        registers = int(re.search(r"Used (\d+) registers", kernel).group(1))
        most = max(most, registers)
        stacks = re.findall(r"(\d+) bytes (stack frame|spill stores|spill loads|lmem)", kernel)
        if registers > MOST_REGISTERS or any(int(count) for count, _ in stacks):
            sweep.fail(f"{what}, @{name}: {registers} registers, {stacks}")
    return most


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--remat-run-many", required=True)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the folder with the CPU's tests")
    parser.add_argument("--examples", type=pathlib.Path, required=True)
    parser.add_argument("--only", nargs="*", help="names of programs")
    parser.add_argument("--all", action="store_true", help="every program, type and chip")
    options = parser.parse_args()

    ptxas = shutil.which("ptxas")
    if not ptxas:
        sweep.fail("there is no ptxas in the PATH")
    run = sweep.Runner(run_many.Process(options.remat_run_many), ["--target", "cuda"])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, arguments in read_lines(options.programs, options.examples).items():
            text = arguments.program.read_text()
            chosen = name in options.only if options.only else options.all or choose(range(SHARE), name, "ptxas") == 0
            if not chosen or "// CUDA none: " in text:
                continue
            text = sweep.resize(text, dict(pair.split("=") for pair in arguments.resize))
            kinds = get_kinds(text)
            for kind in kinds if options.all else [choose(kinds, name, "type")]:
                program = folder / "program.mlir"
                program.write_text(sweep.with_float(sweep.with_static_steps(text, 7), kind))
                for chip in CHIPS if options.all else [choose(CHIPS, name, "chip")]:
                    out = folder / f"{name}-{kind}-{chip}"
                    run(program, "--chip", chip, "--emit", str(out))
                    what = f"{name}, {kind}, {chip}"
                    (path,) = out.glob("*.ptx")
                    check_text(path.read_text(), what)
                    print(f"{what}: at most {assemble(ptxas, path, chip, what)} registers", flush=True)
    run.process.close()


if __name__ == "__main__":
    main()
