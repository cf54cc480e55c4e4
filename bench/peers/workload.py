"""The workload that every peer runs: numbers, shapes and the reference gradient.

One LSTM layer, f32, batch 16, input = hidden = 256, T = 1000; the loss is the
mean of h squared over all steps; gradients with respect to the weights and the
bias only. The gates stand in the order i, f, g, o in [*, 4 H] matrices.
"""

import pathlib

import numpy as np

STEPS, BATCH, INPUT, HIDDEN = 1000, 16, 256, 256
WEIGHTS = ("wx", "wh", "b")
SHAPES = {
    "xs": (STEPS, BATCH, INPUT),
    "wx": (INPUT, 4 * HIDDEN),
    "wh": (HIDDEN, 4 * HIDDEN),
    "b": (4 * HIDDEN,),
}
SCALES = {"xs": 1.0, "wx": INPUT**-0.5, "wh": HIDDEN**-0.5, "b": 0.1}

# The products of keep-everything: forward 16, dh 8, dW 16 (B H^2 each).
FLOPS = 40 * BATCH * HIDDEN * HIDDEN * STEPS
RESULT_BYTES = 4 * (1 + sum(int(np.prod(SHAPES[name])) for name in WEIGHTS))


def make(folder: pathlib.Path, seed: int = 0) -> None:
    """Writes the arguments as .npy files, the matrices also gate by gate."""
    generator = np.random.default_rng(seed)
    for name, shape in SHAPES.items():
        values = (SCALES[name] * generator.standard_normal(shape)).astype(np.float32)
        np.save(folder / f"{name}.npy", values)
        if name != "xs":
            for gate, part in zip("ifgo", np.split(values, 4, axis=-1)):
                np.save(folder / f"{name}_{gate}.npy", part)


def load(folder: pathlib.Path) -> dict[str, np.ndarray]:
    return {name: np.load(folder / f"{name}.npy") for name in SHAPES}


def reference(folder: pathlib.Path) -> dict[str, np.ndarray]:
    """Loss and gradients in f64 by back-propagation through time, written out:
    shares no code with any framework."""
    data = {name: value.astype(np.float64) for name, value in load(folder).items()}
    xs, wx, wh, b = (data[name] for name in ("xs", "wx", "wh", "b"))
    h = c = np.zeros((BATCH, HIDDEN))
    tape, loss = [], 0.0
    for x in xs:
        zi, zf, zg, zo = np.split(x @ wx + h @ wh + b, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-z)) for z in (zi, zf, zo))
        g = np.tanh(zg)
        c_next = f * c + i * g
        squashed = np.tanh(c_next)
        tape.append((x, h, c, i, f, g, o, squashed))
        h, c = o * squashed, c_next
        loss += np.sum(h * h)
        tape[-1] += (h,)
    count = STEPS * BATCH * HIDDEN
    gradients = {name: np.zeros_like(data[name]) for name in WEIGHTS}
    dh, dc = np.zeros_like(h), np.zeros_like(c)
    for x, h_before, c_before, i, f, g, o, squashed, h in reversed(tape):
        dh = dh + 2 * h / count
        dc = dc + dh * o * (1 - squashed * squashed)
        dz = np.concatenate(
            [dc * g * i * (1 - i), dc * c_before * f * (1 - f), dc * i * (1 - g * g), dh * squashed * o * (1 - o)],
            axis=1,
        )
        gradients["wx"] += x.T @ dz
        gradients["wh"] += h_before.T @ dz
        gradients["b"] += dz.sum(axis=0)
        dh, dc = dz @ wh.T, dc * f
    return {"loss": np.array(loss / count), **gradients}


def difference(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> float:
    """The largest |found - expected| over all results, each relative to the
    largest magnitude in the expected array."""
    return max(
        float(np.max(np.abs(found[name].astype(np.float64) - value)) / np.max(np.abs(value)))
        for name, value in expected.items()
    )
