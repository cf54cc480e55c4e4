"""JAX: scan, scan with nested checkpoints, and equinox's checkpointed scan.

Each function returns (run, bytes): `run()` computes loss and gradients and
waits for them; `bytes` is what the compiled program allocates for temporaries
by its own buffer assignment, arguments and results not included.
"""

import equinox.internal as eqxi
import jax
import jax.numpy as jnp

import workload


def _step(weights, carry, x):
    h, c, total = carry
    z = x @ weights["wx"] + h @ weights["wh"] + weights["b"]
    zi, zf, zg, zo = jnp.split(z, 4, axis=1)
    c = jax.nn.sigmoid(zf) * c + jax.nn.sigmoid(zi) * jnp.tanh(zg)
    h = jax.nn.sigmoid(zo) * jnp.tanh(c)
    return (h, c, total + jnp.sum(h * h)), None


def _initial():
    zeros = jnp.zeros((workload.BATCH, workload.HIDDEN), jnp.float32)
    return zeros, zeros, jnp.zeros((), jnp.float32)


def _peer(total_of_squares, data):
    def loss(weights, xs):
        return total_of_squares(weights, xs) / (workload.STEPS * workload.BATCH * workload.HIDDEN)

    xs = jnp.asarray(data["xs"])
    weights = {name: jnp.asarray(data[name]) for name in workload.WEIGHTS}
    compiled = jax.jit(jax.value_and_grad(loss)).lower(weights, xs).compile()

    def run():
        value, gradients = jax.block_until_ready(compiled(weights, xs))
        return {"loss": value, **gradients}

    return run, compiled.memory_analysis().temp_size_in_bytes


def scan(data):
    """Every step keeps its tape."""

    def total(weights, xs):
        return jax.lax.scan(lambda carry, x: _step(weights, carry, x), _initial(), xs)[0][2]

    return _peer(total, data)


def nested(data, segments, length):
    """Segments of `length` steps, each under jax.checkpoint; steps after the last
    full segment are one more, shorter segment. Slices are taken inside the
    segment, so that no second copy of the inputs is made."""

    def total(weights, xs):
        def run(carry, start, count):
            part = jax.lax.dynamic_slice_in_dim(xs, start, count)
            return jax.lax.scan(lambda carry, x: _step(weights, carry, x), carry, part)

        segment = jax.checkpoint(run, static_argnums=2)
        starts = jnp.arange(segments) * length
        carry, _ = jax.lax.scan(lambda carry, start: segment(carry, start, length), _initial(), starts)
        done = segments * length
        if done < workload.STEPS:
            carry, _ = segment(carry, done, workload.STEPS - done)
        return carry[2]

    return _peer(total, data)


def equinox(data, checkpoints):
    """Equinox's scan with a fixed number of checkpoints (binomial, online)."""

    def total(weights, xs):
        carry, _ = eqxi.scan(
            lambda carry, x: _step(weights, carry, x), _initial(), xs, kind="checkpointed", checkpoints=checkpoints
        )
        return carry[2]

    return _peer(total, data)
