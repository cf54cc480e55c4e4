//===- Descriptors.cpp - Arrays as compiled code takes them -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Descriptors.h"

using namespace remat;

void PackedArguments::addMemRef(const ArrayView &view) {
  size_t rank = view.shape.size();
  std::vector<int64_t> &words = descriptors.emplace_back(3 + 2 * rank);
  words[0] = words[1] = reinterpret_cast<intptr_t>(view.data);
  words[2] = 0;
  int64_t stride = 1;
  for (size_t i = rank; i-- > 0;) {
    words[3 + i] = view.shape[i];
    words[3 + rank + i] = stride;
    stride *= view.shape[i];
  }
  descriptorAddresses.push_back(words.data());
  pointers.push_back(&descriptorAddresses.back());
}
