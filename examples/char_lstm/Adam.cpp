//===- Adam.cpp - The optimiser ---------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Adam.h"

#include <algorithm>
#include <cmath>

void Adam::update(llvm::ArrayRef<llvm::MutableArrayRef<float>> parameters,
                  llvm::ArrayRef<llvm::ArrayRef<float>> gradients) {
  constexpr float meanDecay = 0.9f, squareDecay = 0.999f, epsilon = 1e-8f;
  if (step++ == 0)
    for (llvm::ArrayRef<float> gradient : gradients) {
      means.emplace_back(gradient.size());
      squares.emplace_back(gradient.size());
    }
  double norm = 0;
  for (llvm::ArrayRef<float> gradient : gradients)
    for (float value : gradient)
      norm += double(value) * value;
  float scale = 1.0 / std::max(1.0, std::sqrt(norm));
  float rate = learningRate * std::sqrt(1 - std::pow(squareDecay, step)) / (1 - std::pow(meanDecay, step));
  for (size_t list = 0; list < parameters.size(); ++list)
    for (size_t i = 0; i < parameters[list].size(); ++i) {
      float gradient = gradients[list][i] * scale;
      float &mean = means[list][i], &square = squares[list][i];
      mean += (1 - meanDecay) * (gradient - mean);
      square += (1 - squareDecay) * (gradient * gradient - square);
      parameters[list][i] -= rate * mean / (std::sqrt(square) + epsilon);
    }
}
