//===- NetworkBuilder.h - layers as graph nodes -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds the graph of a convolutional network layer by layer, as a framework that
// records one node per operation sees it. Sizes are bytes of 32-bit activations,
// times are those of Kusumoto et al. 2019: 10 for a convolution, 1 for the rest.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_BENCH_KUSUMOTO_NETWORKBUILDER_H
#define REMAT_BENCH_KUSUMOTO_NETWORKBUILDER_H

#include "remat/Schedule/Graph.h"

#include <string>
#include <vector>

namespace remat::bench {

/// The value of a node: channels, height, width, without the batch. The input of the network
/// is no node.
struct Tensor {
  int32_t node = -1;
  int64_t channels = 0, height = 0, width = 0;
};

/// Kernel, stride, padding and distance of taps of a convolution or pooling.
struct Window {
  int64_t kernel = 1, stride = 1, padding = 0, dilation = 1;
  /// Whether a last, partial window counts (pooling).
  bool roundUp = false;
};

class NetworkBuilder {
public:
  explicit NetworkBuilder(int64_t batch) : batch(batch) {}

  Tensor input(int64_t channels, int64_t side) const { return {-1, channels, side, side}; }

  Tensor convolution(Tensor x, int64_t channels, Window window, bool bias = false);
  /// A transposed convolution that doubles height and width.
  Tensor upConvolution(Tensor x, int64_t channels);
  Tensor linear(Tensor x, int64_t features);
  Tensor batchNorm(Tensor x);
  Tensor relu(Tensor x);
  Tensor maxPool(Tensor x, Window window);
  Tensor averagePool(Tensor x, Window window);
  /// Averages over bins x bins areas.
  Tensor adaptivePool(Tensor x, int64_t bins);
  /// A node of so many arrays of the size of its value.
  Tensor localResponseNorm(Tensor x, int64_t arrays);
  Tensor dropout(Tensor x);
  Tensor flatten(Tensor x);
  Tensor crop(Tensor x, int64_t height, int64_t width);
  Tensor interpolate(Tensor x, int64_t height, int64_t width);
  Tensor add(Tensor a, Tensor b);
  Tensor concatenate(const std::vector<Tensor> &parts);
  /// Cross entropy, a number.
  Tensor loss(Tensor x);
  Tensor scale(Tensor x);

  const schedule::GraphProblem &graph() const { return problem; }
  /// Bytes of all parameters.
  int64_t parameterBytes() const { return parameters * 4; }

private:
  Tensor addNode(const std::vector<Tensor> &inputs, int64_t channels, int64_t height, int64_t width, int64_t time,
                 schedule::GradientUse gradient);
  Tensor addLike(Tensor x, schedule::GradientUse gradient);
  Tensor addPool(Tensor x, Window window, schedule::GradientUse gradient);

  int64_t batch;
  int64_t parameters = 0;
  schedule::GraphProblem problem;
};

struct Network {
  std::string name;
  int64_t batch;
  schedule::GraphProblem graph;
  int64_t parameterBytes;
  /// Published figures (Kusumoto et al. 2019): gigabytes of vanilla, and the reductions in per cent.
  double vanilla;
  int approximateMemory, exactMemory, approximateTime, exactTime, chen;
  /// Whether to plan by the exact policy too.
  bool isExact;
};

/// The seven networks of the paper, each at its batch, and GoogLeNet with response norms that keep more.
std::vector<Network> makeNetworks();

} // namespace remat::bench

#endif // REMAT_BENCH_KUSUMOTO_NETWORKBUILDER_H
