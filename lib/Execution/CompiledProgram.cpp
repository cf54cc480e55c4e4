//===- CompiledProgram.cpp - Compile once, call per batch ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/CompiledProgram.h"

#include "CallFrame.h"
#include "Descriptors.h"
#include "Lowering.h"
#include "MachineCode.h"
#include "MemoryBlock.h"
#include "remat/Execution/ProgramError.h"

#include <numeric>

using namespace remat;

struct CompiledProgram::Implementation {
  Signature signature;
  std::vector<PhaseTime> times;
  MachineCode code;
  MachineCode::PackedFunction entry = nullptr;
};

CompiledProgram::CompiledProgram(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}

CompiledProgram::~CompiledProgram() = default;

const Signature &CompiledProgram::getSignature() const { return implementation->signature; }

llvm::ArrayRef<PhaseTime> CompiledProgram::getPhaseTimes() const { return implementation->times; }

double CompiledProgram::getCompileSeconds() const {
  return std::accumulate(implementation->times.begin(), implementation->times.end(), 0.0,
                         [](double sum, const PhaseTime &time) { return sum + time.seconds; });
}

llvm::Expected<std::unique_ptr<CompiledProgram>> CompiledProgram::compile(mlir::ModuleOp module, llvm::StringRef entry,
                                                                          const CPUPipelineOptions &options,
                                                                          const TargetOptions &target) {
  auto implementation = std::make_unique<Implementation>();
  auto lowered = lowerProgram(module, entry, options, implementation->signature, implementation->times);
  if (!lowered)
    return lowered.takeError();
  auto code = MachineCode::create(**lowered, {entry.str()}, target, implementation->times);
  if (!code)
    return code.takeError();
  auto address = code->lookup(entry);
  if (!address)
    return address.takeError();
  implementation->code = std::move(*code);
  implementation->entry = *address;
  return std::unique_ptr<CompiledProgram>(new CompiledProgram(std::move(implementation)));
}

llvm::Expected<PlanFigures> CompiledProgram::getPlan(llvm::ArrayRef<ArrayView> arguments) {
  if (llvm::Error error = implementation->signature.checkArguments(arguments))
    return std::move(error);
  return PlanFigures();
}

llvm::Error CompiledProgram::call(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                  CallCounters *counters) {
  const Signature &signature = implementation->signature;
  if (llvm::Error error = signature.checkArguments(arguments))
    return error;
  if (llvm::Error error = signature.checkResults(arguments, results))
    return error;
  PackedArguments packed;
  for (auto [info, view] : llvm::zip(signature.getArguments(), arguments)) {
    if (info.isScalar)
      packed.addScalar(view.data);
    else
      packed.addMemRef(view);
  }
  for (const ArrayView &view : results)
    packed.addMemRef(view);
  return runGuarded([&] { implementation->entry(packed.getPointers()); });
}

llvm::Error CompiledProgram::measure(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                     const MeasureOptions &options, Measurement &measurement, CallCounters *counters) {
  return call(arguments, results, counters);
}
