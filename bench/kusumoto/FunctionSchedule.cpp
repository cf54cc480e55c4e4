//===- FunctionSchedule.cpp - sequences as runs of functions ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nodes are numbered in an order in which they can run. A value that a derivative
// reads and that is not at hand (a rectifier at the edge of a block) is computed
// for that derivative alone.
//
//===----------------------------------------------------------------------===//

#include "FunctionSchedule.h"

#include <algorithm>

using namespace remat::bench;

bool remat::bench::readsValue(Function function) {
  return function == Function::Rectifier || function == Function::Pool || function == Function::ResponseNorm;
}

bool remat::bench::readsInputs(Function function) { return function != Function::Rectifier; }

namespace {
class Writer {
public:
  Writer(const Network &network, const LowerSetSequence &sequence)
      : network(network), count(static_cast<int32_t>(network.layers.size())), blocks(sequence.size()), block(count, -1),
        lastReader(count, 0), readers(count), hasValue(count, false), hasGradient(count, false),
        hasParameters(count, false) {
    for (size_t i = 0; i < sequence.size(); ++i)
      for (int32_t node : sequence[i])
        if (block[node] < 0)
          block[node] = static_cast<int32_t>(i);
    for (int32_t node = 0; node < count; ++node)
      for (int32_t input : network.layers[node].inputs)
        if (input >= 0) {
          readers[input].push_back(node);
          lastReader[input] = std::max(lastReader[input], block[node]);
        }
  }

  std::vector<FunctionAction> write() {
    for (int32_t i = 0; i < blocks; ++i) {
      computeBlock(i);
      for (int32_t node = 0; node < count && i + 1 < blocks; ++node)
        if (block[node] == i && lastReader[node] <= i)
          dropValue(node);
    }
    for (int32_t i = blocks - 1; i >= 0; --i) {
      computeBlock(i);
      differentiateBlock(i);
      dropAfter(i);
    }
    return std::move(actions);
  }

private:
  void computeBlock(int32_t i) {
    for (int32_t node = 0; node < count; ++node)
      if (block[node] == i && !hasValue[node]) {
        actions.push_back({FunctionAction::Run, node, {}});
        hasValue[node] = true;
      }
  }

  void dropValue(int32_t node) {
    if (hasValue[node])
      actions.push_back({FunctionAction::DropValue, node, {}});
    hasValue[node] = false;
  }

  void differentiateBlock(int32_t i) {
    for (int32_t node = count - 1; node >= 0; --node) {
      const Layer &layer = network.layers[node];
      FunctionAction action = {FunctionAction::Differentiate, node, {}};
      bool readsNodes = false;
      for (int32_t input : layer.inputs) {
        readsNodes = readsNodes || input >= 0;
        if (input >= 0 && block[input] == i)
          action.inputs.push_back(input);
      }
      if (action.inputs.empty() && (readsNodes || block[node] != i))
        continue;
      action.parameters = layer.parameterBytes > 0 && !hasParameters[node];
      hasParameters[node] = true;
      bool isBorrowed = readsValue(layer.function) && !hasValue[node];
      if (isBorrowed)
        actions.push_back({FunctionAction::Run, node, {}});
      actions.push_back(action);
      if (isBorrowed)
        actions.push_back({FunctionAction::DropValue, node, {}});
    }
    for (int32_t node = 0; node < count; ++node)
      hasGradient[node] = hasGradient[node] || block[node] == i;
  }

  /// Keeps what earlier blocks need: gradients of successors of the set before the block, and values read by
  /// those successors.
  void dropAfter(int32_t i) {
    std::vector<bool> isNext(count, false), isRead(count, false);
    for (int32_t node = 0; node < count; ++node)
      for (int32_t reader : readers[node])
        if (block[node] < i && block[reader] >= i)
          isNext[reader] = true;
    for (int32_t node = 0; node < count; ++node)
      for (int32_t input : network.layers[node].inputs)
        if (input >= 0 && isNext[node])
          isRead[input] = true;
    for (int32_t node = 0; node < count; ++node) {
      if (block[node] >= i && !isRead[node])
        dropValue(node);
      if (hasGradient[node] && !isNext[node]) {
        actions.push_back({FunctionAction::DropGradient, node, {}});
        hasGradient[node] = false;
      }
    }
  }

  const Network &network;
  int32_t count, blocks;
  std::vector<int32_t> block, lastReader;
  std::vector<std::vector<int32_t>> readers;
  std::vector<bool> hasValue, hasGradient, hasParameters;
  std::vector<FunctionAction> actions;
};
} // namespace

/// Moves every drop to right after the last action in front of it that touches the array.
static std::vector<FunctionAction> dropEarly(const Network &network, const std::vector<FunctionAction> &actions) {
  size_t count = network.layers.size();
  std::vector<size_t> value(count, 0), gradient(count, 0);
  std::vector<std::vector<FunctionAction>> dropsAfter(actions.size());
  for (size_t i = 0; i < actions.size(); ++i) {
    const FunctionAction &action = actions[i];
    const Layer &layer = network.layers[action.node];
    auto touch = [&](std::vector<size_t> &last, int32_t node) {
      if (node >= 0)
        last[node] = i;
    };
    switch (action.kind) {
    case FunctionAction::Run:
      touch(value, action.node);
      for (int32_t input : layer.inputs)
        touch(value, input);
      break;
    case FunctionAction::Differentiate:
      touch(gradient, action.node);
      if (readsValue(layer.function))
        touch(value, action.node);
      for (int32_t input : layer.inputs)
        if (readsInputs(layer.function))
          touch(value, input);
      for (int32_t input : action.inputs)
        touch(gradient, input);
      break;
    case FunctionAction::DropValue:
      dropsAfter[value[action.node]].push_back(action);
      break;
    case FunctionAction::DropGradient:
      dropsAfter[gradient[action.node]].push_back(action);
      break;
    }
  }
  std::vector<FunctionAction> result;
  for (size_t i = 0; i < actions.size(); ++i) {
    if (actions[i].kind == FunctionAction::Run || actions[i].kind == FunctionAction::Differentiate)
      result.push_back(actions[i]);
    result.insert(result.end(), dropsAfter[i].begin(), dropsAfter[i].end());
  }
  return result;
}

std::vector<FunctionAction> remat::bench::functionSchedule(const Network &network, const LowerSetSequence &sequence) {
  return dropEarly(network, Writer(network, sequence).write());
}
