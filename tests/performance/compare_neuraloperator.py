# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The marea authors
"""Compare marea's FNO with PyTorch's: rounds of A, B, C, ... and the median of the per-round ratios.

Needs torch (the wheel that marea is built with) and neuraloperator. One peer is neuraloperator's FNO, as it comes and
without its channel MLP; another an rfft2 FNO whose 1x1 convolutions are matrix products. All have width 32, 4 layers,
23 x 12 kept modes, lifting and projection over 64 channels, Adam (fused where the weights are real), the same LibTorch
and threads.

    python tests/performance/compare_neuraloperator.py build/bin/bench_fno [--rounds 5] [--batch 20] [--extent 64]
"""

import argparse
import json
import statistics
import subprocess
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class SpectralConvolution(nn.Module):
    def __init__(self, width, modes):
        super().__init__()
        self.modes = modes
        self.weight = nn.Parameter(torch.randn(2 * modes - 1, modes, width, width, 2) / width)

    def forward(self, x):
        m, n = self.modes, x.shape[-2:]
        spectrum = torch.fft.rfft2(x, norm="forward")
        kept = torch.cat([spectrum[..., :m, :m], spectrum[..., n[0] - m + 1 :, :m]], -2)
        mixed = torch.einsum("bixy,xyio->boxy", kept, torch.view_as_complex(self.weight))
        out = torch.zeros_like(spectrum)
        out[..., :m, :m] = mixed[..., :m, :]
        out[..., n[0] - m + 1 :, :m] = mixed[..., m:, :]
        return torch.fft.irfft2(out, s=n, norm="forward")


class Pointwise(nn.Module):
    """A 1x1 convolution as a matrix product."""

    def __init__(self, channels_in, channels_out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(channels_out, channels_in) / channels_in**0.5)
        self.bias = nn.Parameter(torch.zeros(channels_out, 1))

    def forward(self, x):
        return (torch.matmul(self.weight, x.flatten(2)) + self.bias).unflatten(2, x.shape[2:])


class RfftFno(nn.Module):
    def __init__(self, width=32, modes=12, layers=4, hidden=64):
        super().__init__()
        self.lifting = nn.Sequential(Pointwise(3, hidden), nn.GELU(), Pointwise(hidden, width))
        self.spectral = nn.ModuleList(SpectralConvolution(width, modes) for _ in range(layers))
        self.skip = nn.ModuleList(Pointwise(width, width) for _ in range(layers))
        self.projection = nn.Sequential(Pointwise(width, hidden), nn.GELU(), Pointwise(hidden, 1))

    def forward(self, x):
        ny, nx = x.shape[-2:]
        grid = torch.meshgrid(torch.linspace(0, 1, ny), torch.linspace(0, 1, nx), indexing="ij")
        x = self.lifting(torch.cat([x, torch.stack(grid).expand(len(x), -1, -1, -1)], 1))
        for i, (spectral, skip) in enumerate(zip(self.spectral, self.skip)):
            x = spectral(x) + skip(x)
            if i + 1 < len(self.spectral):
                x = F.gelu(x)
        return self.projection(x)


class TorchPeer:
    def __init__(self, net, batch, extent, cpu_time):
        self.net = net
        self.clock = time.process_time if cpu_time else time.perf_counter
        self.x, self.target = torch.randn(batch, 1, extent, extent), torch.randn(batch, 1, extent, extent)
        fused = not any(p.is_complex() for p in net.parameters())
        self.optimiser = torch.optim.Adam(net.parameters(), lr=1e-3, fused=fused)

    def train(self):
        self.optimiser.zero_grad()
        F.mse_loss(self.net(self.x), self.target).backward()
        self.optimiser.step()

    def infer(self):
        with torch.inference_mode():
            self.net(self.x[:1])

    def seconds(self, what, count):
        start = self.clock()
        for _ in range(count):
            getattr(self, what)()
        return self.clock() - start


class Marea:
    def __init__(self, program, batch, extent, cpu_time, threads):
        options = {"batch": batch, "extent": extent, "threads": threads, "cpu-time": int(cpu_time)}
        command = [program, "--serve"] + [word for key, value in options.items() for word in (f"--{key}", str(value))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, what, count):
        self.process.stdin.write(f"{what} {count}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--extent", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cpu-time", action="store_true", help="CPU seconds: steadier on a shared machine")
    parser.add_argument("--steps", type=int, default=2, help="training steps a round")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)

    from neuralop.models import FNO

    shape = dict(n_modes=(23, 23), in_channels=1, out_channels=1, hidden_channels=32, n_layers=4)
    nets = {
        "neuraloperator": FNO(**shape, use_channel_mlp=False),
        "neuraloperator_default": FNO(**shape),
        "rfft2_matrix": RfftFno(),
    }
    size = (arguments.batch, arguments.extent, arguments.cpu_time)
    runners = {"marea": Marea(arguments.program, *size, arguments.threads)}
    runners |= {name: TorchPeer(net, *size) for name, net in nets.items()}
    report = vars(arguments)
    for what, count, unit in (("train", arguments.steps, "samples_per_s"), ("infer", 20, "ms")):
        times = {name: [] for name in runners}
        for runner in runners.values():
            runner.seconds(what, 1)
        for _ in range(arguments.rounds):
            for name, runner in runners.items():
                times[name].append(runner.seconds(what, count) / count)
        median = {name: statistics.median(t) for name, t in times.items()}
        report[what] = {
            unit: {n: size[0] / t if what == "train" else 1e3 * t for n, t in median.items()},
            "ratio": {
                n: statistics.median(b / a for a, b in zip(times["marea"], times[n])) for n in runners if n != "marea"
            },
        }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
