//===- TargetArrays.cpp - Arrays where a program computes ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/TargetArrays.h"

using namespace remat;

llvm::Expected<TargetArrays> TargetArrays::create(CompiledProgram &program, llvm::ArrayRef<ArrayView> host,
                                                  llvm::function_ref<bool(size_t)> isScalar, bool copies) {
  TargetArrays arrays;
  arrays.host = arrays.views = host.vec();
  arrays.memory.resize(host.size());
  if (program.sharesMemory())
    return std::move(arrays);
  for (size_t number = 0; number < host.size(); ++number) {
    ArrayView &view = arrays.views[number];
    if (isScalar(number))
      continue;
    auto block = program.allocate(view.getByteSize());
    if (!block)
      return block.takeError();
    if (copies)
      if (llvm::Error error = (*block)->copyIn(view.data, view.getByteSize()))
        return std::move(error);
    view.data = (*block)->getAddress();
    arrays.memory[number] = std::move(*block);
  }
  return std::move(arrays);
}

llvm::Expected<TargetArrays> TargetArrays::forArguments(CompiledProgram &program, llvm::ArrayRef<ArrayView> arguments) {
  llvm::ArrayRef<ArgumentInfo> infos = program.getSignature().getArguments();
  return create(program, arguments, [&](size_t number) { return infos[number].isScalar; }, /*copies=*/true);
}

llvm::Expected<TargetArrays> TargetArrays::forResults(CompiledProgram &program, llvm::ArrayRef<ArrayView> results) {
  return create(program, results, [](size_t) { return false; }, /*copies=*/false);
}

llvm::Error TargetArrays::copyBack() const {
  for (auto [view, block] : llvm::zip_equal(host, memory))
    if (block)
      if (llvm::Error error = block->copyOut(view.data, view.getByteSize()))
        return error;
  return llvm::Error::success();
}

llvm::Error remat::callWithHostArrays(CompiledProgram &program, llvm::ArrayRef<ArrayView> arguments,
                                      llvm::ArrayRef<ArrayView> results, CallCounters *counters) {
  auto inputs = TargetArrays::forArguments(program, arguments);
  if (!inputs)
    return inputs.takeError();
  auto outputs = TargetArrays::forResults(program, results);
  if (!outputs)
    return outputs.takeError();
  if (llvm::Error error = program.call(inputs->getViews(), outputs->getViews(), counters))
    return error;
  return outputs->copyBack();
}
