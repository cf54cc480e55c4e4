//===- HostProgram.cpp - A program in this process ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostProgram.h"

#include "../../../Execution/HostMemory.h"
#include "../../Host/CallFrame.h"
#include "remat/Execution/ProgramError.h"

using namespace remat;

llvm::Expected<std::unique_ptr<LoadedProgram>> HostProgram::create(const LoadRequest &request, Processor processor) {
  auto program = std::make_unique<HostProgram>();
  auto code = MachineCode::create(request, std::move(processor.builder), {getHostSymbols(), {}});
  if (!code)
    return code.takeError();
  program->code = std::move(*code);
  for (const std::string &name : request.functions) {
    auto function = program->code.lookup(name);
    if (!function)
      return function.takeError();
    program->functions.push_back(*function);
  }
  return std::unique_ptr<LoadedProgram>(std::move(program));
}

llvm::Expected<std::unique_ptr<TargetMemory>> HostProgram::allocate(int64_t bytes, std::optional<int64_t> guardBehind) {
  auto block = HostMemory::create(bytes, guardBehind);
  if (!block)
    return block.takeError();
  return std::make_unique<HostMemory>(std::move(*block));
}

llvm::Error HostProgram::run(size_t function, llvm::ArrayRef<void *> arguments) {
  return runGuarded([&] { functions[function](arguments.data()); });
}

llvm::Error HostProgram::call(size_t function, llvm::ArrayRef<void *> arguments) { return run(function, arguments); }

llvm::Error HostProgram::enqueue(size_t, llvm::ArrayRef<void *>, void *) {
  return makeInputError("target cpu has no streams that calls could be put into");
}

llvm::Error HostProgram::measure(size_t function, llvm::ArrayRef<void *> arguments, HeapUse &heap,
                                 int64_t &stackBytes) {
  HeapUse *outer = setActiveHeapUse(&heap);
  llvm::Error error = runOnOwnStack([&] { return run(function, arguments); }, measuredStackBytes, stackBytes);
  setActiveHeapUse(outer);
  return error;
}
