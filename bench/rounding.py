#!/usr/bin/env python3
"""The rounding of gradients: examples/lstm_single_product.mlir in f32 against the same program in f64.

Needs numpy. Prints the largest difference of each result, relative to its largest entry.

    bench/rounding.py build/bin/remat-run
"""

import argparse
import pathlib
import subprocess
import tempfile

import numpy as np

SHAPES = {"xs": (1000, 16, 256), "wx": (256, 1024), "wh": (256, 1024), "b": (1024,)}
SCALES = {"xs": 1, "wx": 1 / 32, "wh": 1 / 32, "b": 0.01}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("remat_run", type=pathlib.Path)
    options = parser.parse_args()
    source = (pathlib.Path(__file__).parent.parent / "examples/lstm_single_product.mlir").read_text()
    random = np.random.default_rng(0)
    inputs = {name: (random.standard_normal(shape) * SCALES[name]).astype(np.float32) for name, shape in SHAPES.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for element, dtype in (("f32", np.float32), ("f64", np.float64)):
            (folder / f"{element}.mlir").write_text(source.replace("f32", element))
            command = [options.remat_run, folder / f"{element}.mlir", "--check-identical=off", "--repeat", "0",
                       "--output", folder / element]
            for argument, values in inputs.items():
                np.save(folder / f"{argument}.{element}.npy", values.astype(dtype))
                command += ["--input", f"{argument}={folder}/{argument}.{element}.npy"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for path in sorted((folder / "f64").glob("*.npy")):
            exact, rounded = np.load(path), np.load(folder / "f32" / path.name).astype(np.float64)
            print(f"{path.stem:8} {np.abs(exact - rounded).max() / np.abs(exact).max():.2e}")


if __name__ == "__main__":
    main()
