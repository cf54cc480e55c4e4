//===- RematLayout.cpp - The parts of a loop as an attribute -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"

using namespace mlir;
using namespace remat;
using schedule::LoopPart;

/// The parts in the order of the attribute's parameters, which have their names.
#define REMAT_LOOP_PARTS(X)                                                                                            \
  X(Walk)                                                                                                              \
  X(Stack)                                                                                                             \
  X(ForwardState0)                                                                                                     \
  X(ForwardState1)                                                                                                     \
  X(CarriedTape)                                                                                                       \
  X(CoreTape)                                                                                                          \
  X(CoreState0)                                                                                                        \
  X(CoreState1)                                                                                                        \
  X(Gradients)                                                                                                         \
  X(ForwardWorkspace)                                                                                                  \
  X(TurnWorkspace)                                                                                                     \
  X(ReverseWorkspace)                                                                                                  \
  X(LinearizeWorkspace)                                                                                                \
  X(AgainWorkspace)                                                                                                    \
  X(Slots)

LayoutAttr LayoutAttr::get(MLIRContext *context, llvm::function_ref<int64_t(LoopPart)> getOffset) {
#define REMAT_OFFSET(part) , getOffset(LoopPart::part)
  return get(context REMAT_LOOP_PARTS(REMAT_OFFSET));
}

int64_t LayoutAttr::getOffset(LoopPart part) {
  switch (part) {
#define REMAT_CASE(part)                                                                                               \
  case LoopPart::part:                                                                                                 \
    return get##part();
    REMAT_LOOP_PARTS(REMAT_CASE)
  }
  return 0;
}
