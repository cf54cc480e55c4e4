//===- Adam.h - The optimiser -----------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kingma & Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1,
// with the gradient scaled down to a norm of 1 when it is larger.
//
//===----------------------------------------------------------------------===//

#ifndef CHAR_LSTM_ADAM_H
#define CHAR_LSTM_ADAM_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

class Adam {
public:
  explicit Adam(float learningRate) : learningRate(learningRate) {}

  /// Updates \p parameters in place. The lists and the sizes of their members are
  /// the same in every call.
  void update(llvm::ArrayRef<llvm::MutableArrayRef<float>> parameters, llvm::ArrayRef<llvm::ArrayRef<float>> gradients);

private:
  float learningRate;
  int64_t step = 0;
  std::vector<std::vector<float>> means, squares;
};

#endif // CHAR_LSTM_ADAM_H
