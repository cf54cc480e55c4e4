//===- Framework.cpp - what the paper's framework allocates -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A run is played twice: once to find the allocation at which the peak is, and
// once to see what is alive then.
//
//===----------------------------------------------------------------------===//

#include "Framework.h"

#include "FunctionSchedule.h"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>

using namespace remat::bench;

static constexpr int64_t workspaceBytes = int64_t(8) << 20;

namespace {
/// Counts bytes, and remembers the arrays alive at one allocation.
class Allocator {
public:
  explicit Allocator(int64_t watched) : watched(watched) {}

  void add(const std::string &name, int64_t bytes, int64_t sign) {
    now += sign * bytes;
    auto [at, isNew] = alive.try_emplace(name, 0);
    at->second += sign * bytes;
    if (sign < 0)
      return;
    ++allocations;
    if (now > peak.bytes) {
      peak.bytes = now;
      peak.action = action;
      peakAt = allocations;
    }
    if (allocations != watched)
      return;
    for (const auto &[what, size] : alive)
      if (size > 0)
        peak.arrays.push_back({what, size});
    std::sort(peak.arrays.begin(), peak.arrays.end(), [](const auto &a, const auto &b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
  }

  std::string action;
  FrameworkPeak peak;
  int64_t peakAt = 0;

private:
  int64_t watched, now = 0, allocations = 0;
  std::map<std::string, int64_t> alive;
};

/// An array; copies share it.
class Array {
public:
  Array() = default;
  Array(Allocator &allocator, const std::string &name, int64_t bytes) {
    allocator.add(name, bytes, 1);
    owner = std::shared_ptr<void>(nullptr, [=, &allocator](void *) { allocator.add(name, bytes, -1); });
  }
  explicit operator bool() const { return owner.use_count() > 0; }

private:
  std::shared_ptr<void> owner;
};

class Machine {
public:
  Machine(const Network &network, int64_t watched)
      : network(network), allocator(watched), values(network.layers.size()), gradients(network.layers.size()),
        kept(network.layers.size()) {
    int64_t parameters = 0;
    for (const Layer &layer : network.layers)
      parameters += layer.parameterBytes;
    fixed = {make("parameters", parameters), make("images, labels and statistics", network.inputBytes)};
  }

  void run(int32_t node);
  void differentiate(int32_t node, const std::vector<int32_t> &inputs, bool parameters);

  const Network &network;
  Allocator allocator;
  std::vector<Array> values, gradients;
  /// What the function of a node keeps.
  std::vector<std::vector<Array>> kept;

private:
  Array make(const std::string &name, int64_t bytes) { return Array(allocator, name, bytes); }
  int64_t sizeOf(int32_t node) const { return network.graph.nodes[node].size; }

  std::vector<Array> fixed;
};
} // namespace

void Machine::run(int32_t node) {
  const Layer &layer = network.layers[node];
  std::string number = " " + std::to_string(node);
  allocator.action = "value" + number;
  int64_t size = sizeOf(node);
  kept[node].clear();
  Array value;
  std::vector<Array> temporary;
  switch (layer.function) {
  case Function::Reshape:
  case Function::Slice:
    value = values[layer.inputs[0]];
    break;
  case Function::Resize:
    temporary.push_back(make("temporary", 3 * size));
    break;
  case Function::Loss:
    temporary.push_back(make("temporary", sizeOf(layer.inputs[0])));
    kept[node].push_back(make("kept by" + number, sizeOf(layer.inputs[0])));
    break;
  case Function::Dropout:
    temporary.push_back(make("temporary", size));
    kept[node].push_back(make("kept by" + number, size));
    break;
  case Function::ResponseNorm:
    value = make("value" + number, size);
    kept[node] = {value, make("kept by" + number, size)};
    break;
  default:
    break;
  }
  if (!value)
    value = make("value" + number, size);
  if (layer.function == Function::Convolution)
    make("workspace", workspaceBytes);
  values[node] = value;
}

void Machine::differentiate(int32_t node, const std::vector<int32_t> &inputs, bool parameters) {
  const Layer &layer = network.layers[node];
  allocator.action = "gradient through " + std::to_string(node);
  std::vector<Array> temporary;
  if (layer.function == Function::ResponseNorm)
    temporary.push_back(make("temporary", sizeOf(node)));
  if (layer.function == Function::Resize)
    temporary.push_back(make("temporary", 2 * sizeOf(node)));
  bool isView =
      layer.function == Function::Add || layer.function == Function::Concatenate || layer.function == Function::Reshape;
  std::vector<Array> found;
  for (int32_t input : inputs) {
    std::string name = "gradient " + std::to_string(input);
    found.push_back(isView ? gradients[node] : make(name, sizeOf(input)));
    if (layer.function == Function::Convolution)
      make("workspace", workspaceBytes);
  }
  if (parameters) {
    fixed.push_back(make("gradients of parameters", layer.parameterBytes));
    if (layer.function == Function::Convolution)
      make("workspace", workspaceBytes);
  }
  std::vector<Array> sums = found;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (gradients[inputs[i]])
      sums[i] = make("gradient " + std::to_string(inputs[i]), sizeOf(inputs[i]));
  for (size_t i = 0; i < inputs.size(); ++i)
    gradients[inputs[i]] = sums[i];
}

/// Runs `play` on two machines, the second one to see what is alive at the peak.
template <typename Play>
static FrameworkPeak findPeak(const Network &network, Play play) {
  Machine first(network, -1);
  play(first);
  Machine second(network, first.allocator.peakAt);
  play(second);
  return second.allocator.peak;
}

FrameworkPeak remat::bench::peakOfSequence(const Network &network, const LowerSetSequence &sequence) {
  std::vector<FunctionAction> actions = functionSchedule(network, sequence);
  return findPeak(network, [&](Machine &machine) {
    for (const FunctionAction &action : actions) {
      switch (action.kind) {
      case FunctionAction::Run:
        machine.run(action.node);
        break;
      case FunctionAction::Differentiate:
        machine.differentiate(action.node, action.inputs, action.parameters);
        break;
      case FunctionAction::DropValue:
        machine.values[action.node] = {};
        break;
      case FunctionAction::DropGradient:
        machine.gradients[action.node] = {};
        break;
      }
    }
  });
}

/// What a function asks its framework to retain; a sum or concatenation nothing.
static bool retainsInputs(Function function) {
  switch (function) {
  case Function::Convolution:
  case Function::Linear:
  case Function::BatchNorm:
  case Function::Pool:
  case Function::ResponseNorm:
  case Function::Loss:
    return true;
  default:
    return false;
  }
}

FrameworkPeak remat::bench::vanillaPeak(const Network &network) {
  // Derivatives run from the node that is farthest from the input.
  int32_t count = static_cast<int32_t>(network.layers.size());
  std::vector<int32_t> depth(count, 0), lastReader(count, 0), order(count);
  std::vector<bool> isRetained(count, false);
  for (int32_t node = 0; node < count; ++node) {
    const Layer &layer = network.layers[node];
    isRetained[node] = readsValue(layer.function);
    for (int32_t input : layer.inputs) {
      if (input < 0)
        continue;
      depth[node] = std::max(depth[node], depth[input] + 1);
      lastReader[input] = node;
      isRetained[input] = isRetained[input] || retainsInputs(layer.function);
    }
  }
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](int32_t a, int32_t b) { return depth[a] != depth[b] ? depth[a] > depth[b] : a > b; });
  return findPeak(network, [&](Machine &machine) {
    for (int32_t node = 0; node < count; ++node) {
      machine.run(node);
      for (int32_t input : network.layers[node].inputs)
        if (input >= 0 && lastReader[input] == node && !isRetained[input])
          machine.values[input] = {};
    }
    for (int32_t node : order) {
      std::vector<int32_t> inputs;
      for (int32_t input : network.layers[node].inputs)
        if (input >= 0)
          inputs.push_back(input);
      machine.differentiate(node, inputs, network.layers[node].parameterBytes > 0);
      machine.gradients[node] = {};
    }
  });
}
