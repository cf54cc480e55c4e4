//===- NetworkBuilder.cpp - layers as graph nodes ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One node per operation; shapes follow the rules of each layer.
//
//===----------------------------------------------------------------------===//

#include "NetworkBuilder.h"

using namespace remat::bench;
using remat::schedule::GradientUse;

static constexpr int64_t bytesOfNumber = 4;

Tensor NetworkBuilder::addNode(Function function, const std::vector<Tensor> &parts, int64_t channels, int64_t height,
                               int64_t width, int64_t parameters) {
  Tensor result = {static_cast<int32_t>(problem.nodes.size()), channels, height, width};
  GradientUse gradient = function == Function::Rectifier ? GradientUse::Output : GradientUse::Inputs;
  problem.nodes.push_back({1, bytesOfNumber * batch * channels * height * width, gradient});
  functions.push_back({function, {}, bytesOfNumber * parameters});
  for (const Tensor &part : parts) {
    functions.back().inputs.push_back(part.node);
    if (part.node >= 0)
      problem.edges.push_back({part.node, result.node});
  }
  return result;
}

Tensor NetworkBuilder::addLike(Function function, Tensor x) {
  return addNode(function, {x}, x.channels, x.height, x.width);
}

Tensor NetworkBuilder::input(int64_t channels, int64_t side) {
  inputs += bytesOfNumber * batch * channels * side * side;
  return {-1, channels, side, side};
}

/// How many windows fit in `size`.
static int64_t countWindows(int64_t size, const Window &window) {
  int64_t room = size + 2 * window.padding - window.dilation * (window.kernel - 1) - 1;
  return (room + (window.roundUp ? window.stride - 1 : 0)) / window.stride + 1;
}

Tensor NetworkBuilder::convolution(Tensor x, int64_t channels, Window window, bool bias) {
  int64_t parameters = channels * (x.channels * window.kernel * window.kernel + bias);
  Tensor result = addNode(Function::Convolution, {x}, channels, countWindows(x.height, window),
                          countWindows(x.width, window), parameters);
  problem.nodes.back().time = 10;
  return result;
}

Tensor NetworkBuilder::upConvolution(Tensor x, int64_t channels) {
  return addNode(Function::Convolution, {x}, channels, 2 * x.height, 2 * x.width, channels * (x.channels * 4 + 1));
}

Tensor NetworkBuilder::linear(Tensor x, int64_t features) {
  return addNode(Function::Linear, {x}, features, 1, 1, features * (x.channels * x.height * x.width + 1));
}

Tensor NetworkBuilder::batchNorm(Tensor x) {
  Tensor result = addLike(Function::BatchNorm, x);
  functions.back().parameterBytes = bytesOfNumber * 2 * x.channels;
  inputs += bytesOfNumber * 2 * x.channels;
  return result;
}

Tensor NetworkBuilder::relu(Tensor x) { return addLike(Function::Rectifier, x); }

Tensor NetworkBuilder::maxPool(Tensor x, Window window) {
  return addNode(Function::Pool, {x}, x.channels, countWindows(x.height, window), countWindows(x.width, window));
}

Tensor NetworkBuilder::averagePool(Tensor x, Window window) { return maxPool(x, window); }

Tensor NetworkBuilder::adaptivePool(Tensor x, int64_t bins) {
  return addNode(Function::Pool, {x}, x.channels, bins, bins);
}

Tensor NetworkBuilder::localResponseNorm(Tensor x) { return addLike(Function::ResponseNorm, x); }

Tensor NetworkBuilder::dropout(Tensor x) { return addLike(Function::Dropout, x); }

Tensor NetworkBuilder::flatten(Tensor x) {
  return addNode(Function::Reshape, {x}, x.channels * x.height * x.width, 1, 1);
}

Tensor NetworkBuilder::crop(Tensor x, int64_t height, int64_t width) {
  return addNode(Function::Slice, {x}, x.channels, height, width);
}

Tensor NetworkBuilder::interpolate(Tensor x, int64_t height, int64_t width) {
  return addNode(Function::Resize, {x}, x.channels, height, width);
}

Tensor NetworkBuilder::add(Tensor a, Tensor b) {
  Tensor result = addNode(Function::Add, {a, b}, a.channels, a.height, a.width);
  problem.nodes.back().size = problem.nodes[a.node].size;
  return result;
}

Tensor NetworkBuilder::concatenate(const std::vector<Tensor> &parts) {
  int64_t channels = 0;
  for (const Tensor &part : parts)
    channels += part.channels;
  return addNode(Function::Concatenate, parts, channels, parts[0].height, parts[0].width);
}

Tensor NetworkBuilder::loss(Tensor x, bool sharesLabels) {
  inputs += sharesLabels ? 0 : bytesOfNumber * batch * x.height * x.width;
  Tensor result = addNode(Function::Loss, {x}, 1, 1, 1);
  problem.nodes.back().size = bytesOfNumber;
  return result;
}

Tensor NetworkBuilder::scale(Tensor x) {
  Tensor result = addLike(Function::Scale, x);
  problem.nodes.back().size = bytesOfNumber;
  return result;
}
