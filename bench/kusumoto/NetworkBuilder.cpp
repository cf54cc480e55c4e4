//===- NetworkBuilder.cpp - layers as graph nodes ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the derivative of a layer reads is in the last argument of each node.
//
//===----------------------------------------------------------------------===//

#include "NetworkBuilder.h"

using namespace remat::bench;
using remat::schedule::GradientUse;

Tensor NetworkBuilder::addNode(const std::vector<Tensor> &inputs, int64_t channels, int64_t height, int64_t width,
                               int64_t time, GradientUse gradient) {
  Tensor result = {static_cast<int32_t>(problem.nodes.size()), channels, height, width};
  problem.nodes.push_back({time, 4 * batch * channels * height * width, gradient});
  for (const Tensor &input : inputs)
    if (input.node >= 0)
      problem.edges.push_back({input.node, result.node});
  return result;
}

Tensor NetworkBuilder::addLike(Tensor x, GradientUse gradient) {
  return addNode({x}, x.channels, x.height, x.width, 1, gradient);
}

/// How many windows fit in `size`.
static int64_t countWindows(int64_t size, const Window &window) {
  int64_t room = size + 2 * window.padding - window.dilation * (window.kernel - 1) - 1;
  return (room + (window.roundUp ? window.stride - 1 : 0)) / window.stride + 1;
}

Tensor NetworkBuilder::convolution(Tensor x, int64_t channels, Window window, bool bias) {
  parameters += channels * (x.channels * window.kernel * window.kernel + bias);
  return addNode({x}, channels, countWindows(x.height, window), countWindows(x.width, window), 10, GradientUse::Inputs);
}

Tensor NetworkBuilder::upConvolution(Tensor x, int64_t channels) {
  parameters += channels * (x.channels * 4 + 1);
  return addNode({x}, channels, 2 * x.height, 2 * x.width, 10, GradientUse::Inputs);
}

Tensor NetworkBuilder::linear(Tensor x, int64_t features) {
  parameters += features * (x.channels * x.height * x.width + 1);
  return addNode({x}, features, 1, 1, 1, GradientUse::Inputs);
}

Tensor NetworkBuilder::batchNorm(Tensor x) {
  parameters += 2 * x.channels;
  return addLike(x, GradientUse::Inputs);
}

Tensor NetworkBuilder::relu(Tensor x) { return addLike(x, GradientUse::Output); }

Tensor NetworkBuilder::addPool(Tensor x, Window window, GradientUse gradient) {
  return addNode({x}, x.channels, countWindows(x.height, window), countWindows(x.width, window), 1, gradient);
}

Tensor NetworkBuilder::maxPool(Tensor x, Window window) { return addPool(x, window, GradientUse::Inputs); }

Tensor NetworkBuilder::averagePool(Tensor x, Window window) { return addPool(x, window, GradientUse::Nothing); }

Tensor NetworkBuilder::adaptivePool(Tensor x, int64_t bins) {
  return addNode({x}, x.channels, bins, bins, 1, GradientUse::Nothing);
}

Tensor NetworkBuilder::localResponseNorm(Tensor x, int64_t arrays) {
  Tensor result = addLike(x, GradientUse::Inputs);
  problem.nodes.back().size *= arrays;
  return result;
}

Tensor NetworkBuilder::dropout(Tensor x) { return addLike(x, GradientUse::Nothing); }

Tensor NetworkBuilder::flatten(Tensor x) {
  return addNode({x}, x.channels * x.height * x.width, 1, 1, 1, GradientUse::Nothing);
}

Tensor NetworkBuilder::crop(Tensor x, int64_t height, int64_t width) {
  return addNode({x}, x.channels, height, width, 1, GradientUse::Nothing);
}

Tensor NetworkBuilder::interpolate(Tensor x, int64_t height, int64_t width) { return crop(x, height, width); }

Tensor NetworkBuilder::add(Tensor a, Tensor b) {
  return addNode({a, b}, a.channels, a.height, a.width, 1, GradientUse::Nothing);
}

Tensor NetworkBuilder::concatenate(const std::vector<Tensor> &parts) {
  int64_t channels = 0;
  for (const Tensor &part : parts)
    channels += part.channels;
  return addNode(parts, channels, parts[0].height, parts[0].width, 1, GradientUse::Nothing);
}

Tensor NetworkBuilder::loss(Tensor x) {
  Tensor result = addNode({x}, 1, 1, 1, 1, GradientUse::Inputs);
  problem.nodes.back().size = 4;
  return result;
}

Tensor NetworkBuilder::scale(Tensor x) {
  Tensor result = addNode({x}, 1, 1, 1, 1, GradientUse::Nothing);
  problem.nodes.back().size = 4;
  return result;
}
