"""PyTorch: nn.LSTM (its fused kernel), and the same under checkpoint by segments.

Each function returns (run, bytes): `run()` computes loss and gradients; `bytes`
is the largest sum of live tensors that the profiler saw during one run, results
not included.
"""

import torch
from torch.utils.checkpoint import checkpoint

import workload

SEGMENT = 32


def _bytes(run):
    with torch.profiler.profile(
        activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True
    ) as profile:
        run()
    live = peak = 0
    for event in profile.profiler.kineto_results.events():
        if event.name() == "[memory]":
            live += event.nbytes()
            peak = max(peak, live)
    return peak - workload.RESULT_BYTES


def _peer(sum_of_squares, data):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    layer = torch.nn.LSTM(workload.INPUT, workload.HIDDEN)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.from_numpy(data["wx"].T))
        layer.weight_hh_l0.copy_(torch.from_numpy(data["wh"].T))
        layer.bias_ih_l0.copy_(torch.from_numpy(data["b"]))
        layer.bias_hh_l0.zero_()
    layer.bias_hh_l0.requires_grad_(False)
    xs = torch.from_numpy(data["xs"])

    def run():
        loss = sum_of_squares(layer, xs) / (workload.STEPS * workload.BATCH * workload.HIDDEN)
        loss.backward()
        results = {
            "loss": loss.detach().numpy(),
            "wx": layer.weight_ih_l0.grad.numpy().T,
            "wh": layer.weight_hh_l0.grad.numpy().T,
            "b": layer.bias_ih_l0.grad.numpy(),
        }
        layer.zero_grad(set_to_none=True)  # the arrays in `results` live on
        return results

    run()
    return run, _bytes(run)


def lstm(data):
    """The whole sequence in one call."""
    return _peer(lambda layer, xs: layer(xs)[0].square().sum(), data)


def segments(data):
    """One checkpoint per segment of 32 steps; the loss is formed inside, so that
    no segment's outputs are kept."""

    def segment(layer, part, h, c):
        out, (h, c) = layer(part, (h, c))
        return out.square().sum(), h, c

    def total(layer, xs):
        h = c = torch.zeros(1, workload.BATCH, workload.HIDDEN)
        sums = []
        for part in xs.split(SEGMENT):
            value, h, c = checkpoint(segment, layer, part, h, c, use_reentrant=False)
            sums.append(value)
        return torch.stack(sums).sum()

    return _peer(total, data)
