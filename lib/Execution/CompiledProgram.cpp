//===- CompiledProgram.cpp - Compile once, call per batch ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/CompiledProgram.h"

#include "CallPlan.h"
#include "Descriptors.h"
#include "HostMemory.h"
#include "Lowering.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Schedule/Program.h"

#include <array>
#include <cstddef>
#include <numeric>

using namespace remat;

/// Bytes behind each planned block that a measured call may touch and be caught.
static constexpr int64_t slackBytes = 1 << 16;
/// The functions that a target loads: the entry, and the one that writes the counts if the
/// plan depends on the arguments.
enum LoadedFunction : size_t { Entry = 0, Counts = 1 };

namespace {
/// The blocks that a call works in.
struct CallMemory {
  std::unique_ptr<TargetMemory> arena, parameters, counters;
  /// The host walks the plan, whatever the target is.
  HostMemory walk;
};
} // namespace

struct CompiledProgram::Implementation {
  std::vector<PhaseTime> times;
  LoweredProgram lowered;
  std::unique_ptr<LoadedProgram> code;
  /// The plan in use, and the counts that it was made for.
  CallPlan plan;
  std::optional<std::vector<int64_t>> plannedCounts;
  /// For this plan; made at the first call with it.
  std::optional<CallMemory> memory;

  /// Compiles; the reproducer of an internal error is what failed, and no more.
  llvm::Error build(mlir::ModuleOp module, llvm::StringRef entryName, const ProgramOptions &options,
                    const Target &target, Diagnosis &diagnosis, CodeCache *cache);
  /// Makes the blocks of a call with so many bytes behind them, unless there is no memory.
  llvm::Expected<CallMemory> allocate(int64_t behind = 0, std::optional<int64_t> guardBehind = {});
  llvm::Error checkArrays(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results) const;
  /// Everything in front of a call but the call.
  llvm::Error prepare(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results);
  /// What the call that ended with \p error counted.
  llvm::Error readCounters(llvm::Error error, const CallMemory &memory, CallCounters *counters) const;
  /// Makes the plan for checked arrays, unless it is the one in use.
  llvm::Error preparePlan(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results);
  void packArrays(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                  PackedArguments &packed) const;
  void pack(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results, const CallMemory &memory,
            PackedArguments &packed) const;
};

llvm::Error CompiledProgram::Implementation::checkArrays(llvm::ArrayRef<ArrayView> arguments,
                                                         llvm::ArrayRef<ArrayView> results) const {
  if (llvm::Error error = lowered.signature.checkArguments(arguments))
    return error;
  if (llvm::Error error = lowered.signature.checkResults(arguments, results))
    return error;
  // Nobody reads an address where nothing lies.
  auto check = [&](const llvm::Twine &what, const ArrayView &view) {
    return view.getByteSize() == 0 ? llvm::Error::success() : code->checkArray(what, view.data, getByteSize(view.type));
  };
  for (auto [info, view] : llvm::zip(lowered.signature.getArguments(), arguments))
    if (!info.isScalar)
      if (llvm::Error error = check("argument '" + info.name + "'", view))
        return error;
  for (auto [info, view] : llvm::zip(lowered.signature.getResults(), results))
    if (llvm::Error error = check("result '" + info.name + "'", view))
      return error;
  return llvm::Error::success();
}

llvm::Expected<CallMemory> CompiledProgram::Implementation::allocate(int64_t behind,
                                                                     std::optional<int64_t> guardBehind) {
  CallMemory memory;
  auto make = [&](std::unique_ptr<TargetMemory> &block, int64_t bytes, std::optional<int64_t> guard) -> llvm::Error {
    auto made = code->allocate(bytes, guard);
    if (!made)
      return made.takeError();
    block = std::move(*made);
    return llvm::Error::success();
  };
  if (llvm::Error error = make(memory.arena, plan.figures.getArenaBytes() + behind, guardBehind))
    return std::move(error);
  if (llvm::Error error = make(memory.parameters, plan.figures.parameterCopyBytes + behind, {}))
    return std::move(error);
  if (llvm::Error error = make(memory.counters, schedule::arenaAlignment, {}))
    return std::move(error);
  auto walk = HostMemory::create(plan.figures.walkBytes + behind);
  if (!walk)
    return walk.takeError();
  memory.walk = std::move(*walk);
  return std::move(memory);
}

/// A view of the first bytes of a block.
static ArrayView viewBytes(const TargetMemory &block, int64_t bytes) {
  return ArrayView{ElementType::I8, {bytes}, block.getAddress()};
}

llvm::Error CompiledProgram::Implementation::preparePlan(llvm::ArrayRef<ArrayView> arguments,
                                                         llvm::ArrayRef<ArrayView> results) {
  if (!lowered.isPlannedLater())
    return llvm::Error::success();
  std::vector<int64_t> counts(static_cast<size_t>(lowered.numCounts));
  PackedArguments packed;
  packArrays(arguments, results, packed);
  packed.addMemRef(ArrayView{ElementType::I64, {lowered.numCounts}, counts.data()});
  // What the function finds is wrong with the arguments; nothing of the program ran.
  if (llvm::Error error = code->call(LoadedFunction::Counts, packed.getPointers()))
    return makeInputError(llvm::toString(std::move(error)));
  if (plannedCounts == counts)
    return llvm::Error::success();
  llvm::Expected<CallPlan> made = planCall(lowered, counts);
  if (!made)
    return made.takeError();
  plan = std::move(*made);
  plannedCounts = std::move(counts);
  memory.reset();
  return llvm::Error::success();
}

void CompiledProgram::Implementation::packArrays(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                                 PackedArguments &packed) const {
  for (auto [info, view] : llvm::zip(lowered.signature.getArguments(), arguments)) {
    if (info.isScalar)
      packed.addScalar(view.data);
    else
      packed.addMemRef(view);
  }
  for (const ArrayView &view : results)
    packed.addMemRef(view);
}

static_assert(offsetof(CallCounters, advance) == REMAT_COUNTER_ADVANCE * sizeof(int64_t) &&
                  offsetof(CallCounters, advanceAgain) == REMAT_COUNTER_ADVANCE_AGAIN * sizeof(int64_t) &&
                  offsetof(CallCounters, record) == REMAT_COUNTER_RECORD * sizeof(int64_t) &&
                  offsetof(CallCounters, recordAgain) == REMAT_COUNTER_RECORD_AGAIN * sizeof(int64_t) &&
                  offsetof(CallCounters, reverse) == REMAT_COUNTER_REVERSE * sizeof(int64_t) &&
                  sizeof(CallCounters) == REMAT_NUM_COUNTERS * sizeof(int64_t),
              "the counters are what the program increments");

/// The arguments of an entry function (remat/ABI/Entry.h).
void CompiledProgram::Implementation::pack(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                           const CallMemory &memory, PackedArguments &packed) const {
  packArrays(arguments, results, packed);
  std::array<ArrayView, REMAT_ENTRY_PLAN + 1> views;
  views[REMAT_ENTRY_ARENA] = viewBytes(*memory.arena, plan.figures.getArenaBytes());
  views[REMAT_ENTRY_PARAMETERS] = viewBytes(*memory.parameters, plan.figures.parameterCopyBytes);
  views[REMAT_ENTRY_COUNTERS] = ArrayView{ElementType::I64, {REMAT_NUM_COUNTERS}, memory.counters->getAddress()};
  views[REMAT_ENTRY_WALK] = viewBytes(memory.walk, plan.figures.walkBytes);
  // The program reads it only; a view cannot say so.
  views[REMAT_ENTRY_PLAN] =
      ArrayView{ElementType::I64, {static_cast<int64_t>(plan.words.size())}, const_cast<int64_t *>(plan.words.data())};
  for (const ArrayView &view : llvm::ArrayRef(views).drop_back(lowered.isPlannedLater() ? 0 : 1))
    packed.addMemRef(view);
}

CompiledProgram::CompiledProgram(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}

CompiledProgram::~CompiledProgram() = default;

const Signature &CompiledProgram::getSignature() const { return implementation->lowered.signature; }

llvm::ArrayRef<PhaseTime> CompiledProgram::getPhaseTimes() const { return implementation->times; }

llvm::ArrayRef<StepLaunches> CompiledProgram::getStepLaunches() const { return implementation->lowered.stepLaunches; }

double CompiledProgram::getCompileSeconds() const {
  return std::accumulate(implementation->times.begin(), implementation->times.end(), 0.0,
                         [](double sum, const PhaseTime &time) { return sum + time.seconds; });
}

llvm::Error CompiledProgram::Implementation::build(mlir::ModuleOp module, llvm::StringRef entryName,
                                                   const ProgramOptions &options, const Target &target,
                                                   Diagnosis &diagnosis, CodeCache *cache) {
  auto program = lowerProgram(module, entryName, options, target, diagnosis, times);
  if (!program)
    return program.takeError();
  lowered = std::move(*program);
  std::vector<std::string> functions = {entryName.str()};
  if (lowered.isPlannedLater())
    functions.push_back(getCountsName(entryName));
  auto made = target.load({*lowered.module, functions, lowered.declared, times, cache});
  if (!made)
    return made.takeError();
  // The program is machine code now; its IR is not needed any more.
  lowered.module = nullptr;
  code = std::move(*made);
  plan.figures = lowered.plan;
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<CompiledProgram>> CompiledProgram::compile(mlir::ModuleOp module, llvm::StringRef entry,
                                                                          const ProgramOptions &options,
                                                                          const Target &target, CodeCache *cache) {
  auto implementation = std::make_unique<Implementation>();
  Diagnosis diagnosis(module);
  llvm::Error error = implementation->build(module, entry, options, target, diagnosis, cache);
  if (llvm::Error failure = addReproducer(std::move(error), module, entry, target.getPipelineText(options)))
    return std::move(failure);
  return std::unique_ptr<CompiledProgram>(new CompiledProgram(std::move(implementation)));
}

bool CompiledProgram::isPlannedPerCall() const { return implementation->lowered.isPlannedLater(); }

llvm::Error CompiledProgram::setBudget(const Budget &budget) {
  if (!isPlannedPerCall())
    return makeInputError("the trip counts of the program are constants, and its budget part of the code");
  std::vector<int64_t> &words = implementation->lowered.problem;
  schedule::ProgramProblem problem;
  schedule::Verdict verdict = schedule::ProgramProblem::read(words.data(), static_cast<int64_t>(words.size()), problem);
  if (!verdict.ok())
    return makeInternalError("the runtime cannot read the problem: " + verdict.message);
  problem.budget = budget;
  words = problem.write();
  implementation->plannedCounts.reset();
  return llvm::Error::success();
}

llvm::Expected<PlanFigures> CompiledProgram::getPlan(llvm::ArrayRef<ArrayView> arguments) {
  if (llvm::Error error = implementation->lowered.signature.checkArguments(arguments))
    return std::move(error);
  // Only the shapes of results matter here.
  std::vector<ArrayView> results;
  for (auto [index, info] : llvm::enumerate(getSignature().getResults())) {
    auto shape = getSignature().getResultShape(index, arguments);
    if (!shape)
      return shape.takeError();
    results.push_back(ArrayView{info.type, std::move(*shape), nullptr});
  }
  if (llvm::Error error = implementation->preparePlan(arguments, results))
    return std::move(error);
  return implementation->plan.figures;
}

llvm::Expected<std::vector<schedule::Chain>> CompiledProgram::getChainProblems(llvm::ArrayRef<ArrayView> arguments) {
  if (auto plan = getPlan(arguments); !plan)
    return plan.takeError();
  if (!implementation->lowered.isPlannedLater())
    return implementation->lowered.chainProblems;
  return remat::getChainProblems(implementation->plan);
}

bool CompiledProgram::sharesMemory() const { return implementation->code->sharesMemory(); }

llvm::Expected<std::unique_ptr<TargetMemory>> CompiledProgram::allocate(int64_t bytes) {
  return implementation->code->allocate(bytes);
}

int64_t CompiledProgram::getObjectBytes() const { return implementation->code->getCodeBytes(); }

llvm::Error CompiledProgram::Implementation::prepare(llvm::ArrayRef<ArrayView> arguments,
                                                     llvm::ArrayRef<ArrayView> results) {
  if (llvm::Error error = checkArrays(arguments, results))
    return error;
  if (llvm::Error error = preparePlan(arguments, results))
    return error;
  if (memory)
    return llvm::Error::success();
  auto made = allocate();
  if (!made)
    return made.takeError();
  memory = std::move(*made);
  return llvm::Error::success();
}

llvm::Error CompiledProgram::Implementation::readCounters(llvm::Error error, const CallMemory &memory,
                                                          CallCounters *counters) const {
  if (error || !counters)
    return error;
  return memory.counters->copyOut(counters, sizeof(CallCounters));
}

llvm::Error CompiledProgram::prepare(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results) {
  return implementation->prepare(arguments, results);
}

llvm::Error CompiledProgram::call(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                  CallCounters *counters) {
  if (llvm::Error error = implementation->prepare(arguments, results))
    return error;
  PackedArguments packed;
  implementation->pack(arguments, results, *implementation->memory, packed);
  return implementation->readCounters(implementation->code->call(LoadedFunction::Entry, packed.getPointers()),
                                      *implementation->memory, counters);
}

llvm::Error CompiledProgram::enqueue(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                     void *stream) {
  if (llvm::Error error = implementation->prepare(arguments, results))
    return error;
  PackedArguments packed;
  implementation->pack(arguments, results, *implementation->memory, packed);
  return implementation->code->enqueue(LoadedFunction::Entry, packed.getPointers(), stream);
}

llvm::Error CompiledProgram::wait(CallCounters *counters) {
  if (!implementation->memory)
    return llvm::Error::success();
  return implementation->readCounters(implementation->code->wait(), *implementation->memory, counters);
}

llvm::Error CompiledProgram::measure(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                                     const MeasureOptions &options, Measurement &measurement, CallCounters *counters) {
  if (llvm::Error error = implementation->checkArrays(arguments, results))
    return error;
  if (llvm::Error error = implementation->preparePlan(arguments, results))
    return error;
  auto memory = implementation->allocate(slackBytes, options.guardBehind);
  if (!memory)
    return memory.takeError();
  for (TargetMemory *block :
       std::initializer_list<TargetMemory *>{memory->arena.get(), memory->parameters.get(), &memory->walk})
    if (llvm::Error error = block->fillWithPattern())
      return error;

  PackedArguments packed;
  implementation->pack(arguments, results, *memory, packed);
  measurement = Measurement();
  if (llvm::Error error = implementation->code->measure(LoadedFunction::Entry, packed.getPointers(), measurement.heap,
                                                        measurement.stackBytes))
    return error;
  measurement.launches = implementation->code->getLaunches();
  std::pair<const TargetMemory *, int64_t *> blocks[] = {{memory->arena.get(), &measurement.arenaBytes},
                                                         {memory->parameters.get(), &measurement.parameterCopyBytes},
                                                         {&memory->walk, &measurement.walkBytes}};
  for (auto [block, touched] : blocks) {
    auto bytes = block->findHighestTouched();
    if (!bytes)
      return bytes.takeError();
    *touched = *bytes;
  }
  return implementation->readCounters(llvm::Error::success(), *memory, counters);
}
