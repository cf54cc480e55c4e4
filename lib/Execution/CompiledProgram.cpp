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

/// Bytes behind the planned arena that a measured call may touch and be caught.
static constexpr int64_t slackBytes = 1 << 16;
/// The stack of a measured call; the usual size of a process' main stack.
static constexpr int64_t measuredStackBytes = 8 << 20;

struct CompiledProgram::Implementation {
  std::vector<PhaseTime> times;
  LoweredProgram lowered;
  MachineCode code;
  MachineCode::PackedFunction entry = nullptr;
  /// Made at the first call.
  MemoryBlock arena;
  MemoryBlock parameters;
  bool hasBlocks = false;

  llvm::Error checkArrays(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results) const;
  void pack(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results, const MemoryBlock &arena,
            const MemoryBlock &parameters, CallCounters &counters, PackedArguments &packed) const;
};

llvm::Error CompiledProgram::Implementation::checkArrays(llvm::ArrayRef<ArrayView> arguments,
                                                         llvm::ArrayRef<ArrayView> results) const {
  if (llvm::Error error = lowered.signature.checkArguments(arguments))
    return error;
  return lowered.signature.checkResults(arguments, results);
}

/// A view of the first bytes of a block.
static ArrayView viewBytes(const MemoryBlock &block, int64_t bytes) {
  return ArrayView{ElementType::I8, {bytes}, block.getAddress()};
}

/// The arguments of an entry function: those of the program, its results, the
/// arena, the parameter block and the counters.
void CompiledProgram::Implementation::pack(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                           const MemoryBlock &arena, const MemoryBlock &parameters,
                                           CallCounters &counters, PackedArguments &packed) const {
  for (auto [info, view] : llvm::zip(lowered.signature.getArguments(), arguments)) {
    if (info.isScalar)
      packed.addScalar(view.data);
    else
      packed.addMemRef(view);
  }
  for (const ArrayView &view : results)
    packed.addMemRef(view);
  packed.addMemRef(viewBytes(arena, lowered.plan.peakBytes));
  packed.addMemRef(viewBytes(parameters, lowered.plan.parameterCopyBytes));
  static_assert(sizeof(CallCounters) == 5 * sizeof(int64_t), "the counters are what the program increments");
  packed.addMemRef(ArrayView{ElementType::I64, {5}, &counters});
}

CompiledProgram::CompiledProgram(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}

CompiledProgram::~CompiledProgram() = default;

const Signature &CompiledProgram::getSignature() const { return implementation->lowered.signature; }

llvm::ArrayRef<PhaseTime> CompiledProgram::getPhaseTimes() const { return implementation->times; }

double CompiledProgram::getCompileSeconds() const {
  return std::accumulate(implementation->times.begin(), implementation->times.end(), 0.0,
                         [](double sum, const PhaseTime &time) { return sum + time.seconds; });
}

llvm::Expected<std::unique_ptr<CompiledProgram>> CompiledProgram::compile(mlir::ModuleOp module, llvm::StringRef entry,
                                                                          const CPUPipelineOptions &options,
                                                                          const TargetOptions &target) {
  auto implementation = std::make_unique<Implementation>();
  auto host = TargetDescription::create(target);
  if (!host)
    return host.takeError();
  CPUPipelineOptions forTarget;
  forTarget.copyOptionValuesFrom(options);
  forTarget.isa = host->isa;
  auto lowered = lowerProgram(module, entry, forTarget, implementation->times);
  if (!lowered)
    return lowered.takeError();
  auto code = MachineCode::create(*lowered->module, {entry.str()}, *host, implementation->times);
  if (!code)
    return code.takeError();
  // The program is machine code now; its IR is not needed any more.
  lowered->module = nullptr;
  implementation->lowered = std::move(*lowered);
  auto address = code->lookup(entry);
  if (!address)
    return address.takeError();
  implementation->code = std::move(*code);
  implementation->entry = *address;
  return std::unique_ptr<CompiledProgram>(new CompiledProgram(std::move(implementation)));
}

llvm::Expected<PlanFigures> CompiledProgram::getPlan(llvm::ArrayRef<ArrayView> arguments) {
  if (llvm::Error error = implementation->lowered.signature.checkArguments(arguments))
    return std::move(error);
  return implementation->lowered.plan;
}

int64_t CompiledProgram::getObjectBytes() const { return implementation->code.getObjectBytes(); }

llvm::Error CompiledProgram::call(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                  CallCounters *counters) {
  if (llvm::Error error = implementation->checkArrays(arguments, results))
    return error;
  if (!implementation->hasBlocks) {
    auto arena = MemoryBlock::create(implementation->lowered.plan.peakBytes);
    if (!arena)
      return arena.takeError();
    auto parameters = MemoryBlock::create(implementation->lowered.plan.parameterCopyBytes);
    if (!parameters)
      return parameters.takeError();
    implementation->arena = std::move(*arena);
    implementation->parameters = std::move(*parameters);
    implementation->hasBlocks = true;
  }
  CallCounters counted;
  PackedArguments packed;
  implementation->pack(arguments, results, implementation->arena, implementation->parameters, counted, packed);
  llvm::Error error = runGuarded([&] { implementation->entry(packed.getPointers()); });
  if (counters)
    *counters = counted;
  return error;
}

llvm::Error CompiledProgram::measure(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                     const MeasureOptions &options, Measurement &measurement, CallCounters *counters) {
  if (llvm::Error error = implementation->checkArrays(arguments, results))
    return error;
  auto arena = MemoryBlock::create(implementation->lowered.plan.peakBytes + slackBytes, options.guardBehind);
  if (!arena)
    return arena.takeError();
  auto parameters = MemoryBlock::create(implementation->lowered.plan.parameterCopyBytes + slackBytes);
  if (!parameters)
    return parameters.takeError();
  arena->fillWithPattern();
  parameters->fillWithPattern();

  CallCounters counted;
  PackedArguments packed;
  implementation->pack(arguments, results, *arena, *parameters, counted, packed);
  measurement = Measurement();
  HeapUse *outer = setActiveHeapUse(&measurement.heap);
  llvm::Error error = runGuardedOnOwnStack([&] { implementation->entry(packed.getPointers()); }, measuredStackBytes,
                                           measurement.stackBytes);
  setActiveHeapUse(outer);
  measurement.arenaBytes = arena->findHighestTouched();
  measurement.parameterCopyBytes = parameters->findHighestTouched();
  if (counters)
    *counters = counted;
  return error;
}
