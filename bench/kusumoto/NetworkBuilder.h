//===- NetworkBuilder.h - layers as graph nodes -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds the graph of a convolutional network layer by layer, as a framework that
// records one node per operation sees it. Sizes are bytes of 32-bit activations,
// times are those of Kusumoto et al. 2019: 10 for a convolution, 1 for the rest,
// transposed convolutions among them. As in the record that the authors' tool
// reads, the derivative of every layer but a rectifier reads all inputs.
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

/// What a node is to the framework; see Framework.h for what each keeps.
enum class Function : uint8_t {
  Convolution,
  Linear,
  BatchNorm,
  Rectifier,
  Pool,
  ResponseNorm,
  Dropout,
  Reshape,
  Slice,
  Resize,
  Add,
  Concatenate,
  Scale,
  Loss
};

/// A node as the framework sees it. The input of the network is -1.
struct Layer {
  Function function;
  std::vector<int32_t> inputs;
  int64_t parameterBytes = 0;
};

class NetworkBuilder {
public:
  explicit NetworkBuilder(int64_t batch) : batch(batch) {}

  Tensor input(int64_t channels, int64_t side);

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
  Tensor localResponseNorm(Tensor x);
  Tensor dropout(Tensor x);
  Tensor flatten(Tensor x);
  Tensor crop(Tensor x, int64_t height, int64_t width);
  Tensor interpolate(Tensor x, int64_t height, int64_t width);
  Tensor add(Tensor a, Tensor b);
  Tensor concatenate(const std::vector<Tensor> &parts);
  /// Cross entropy, a number; reads a label for every place, which may be those of another loss.
  Tensor loss(Tensor x, bool sharesLabels = false);
  Tensor scale(Tensor x);

  const schedule::GraphProblem &graph() const { return problem; }
  const std::vector<Layer> &layers() const { return functions; }
  /// Bytes of images and labels, and of the running statistics of normalisations.
  int64_t inputBytes() const { return inputs; }

private:
  Tensor addNode(Function function, const std::vector<Tensor> &inputs, int64_t channels, int64_t height, int64_t width,
                 int64_t parameters = 0);
  Tensor addLike(Function function, Tensor x);

  int64_t batch;
  int64_t inputs = 0;
  schedule::GraphProblem problem;
  std::vector<Layer> functions;
};

struct Network {
  std::string name;
  int64_t batch;
  schedule::GraphProblem graph;
  std::vector<Layer> layers;
  int64_t inputBytes;
  /// Published figures (Kusumoto et al. 2019): gigabytes of vanilla, and the reductions in per cent.
  double vanilla;
  int approximateMemory, exactMemory, approximateTime, exactTime, chen;
};

/// The seven networks of the paper, each at its batch.
std::vector<Network> makeNetworks();

} // namespace remat::bench

#endif // REMAT_BENCH_KUSUMOTO_NETWORKBUILDER_H
