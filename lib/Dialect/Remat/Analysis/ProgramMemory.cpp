//===- ProgramMemory.cpp - What an entry function keeps, and when -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/ProgramMemory.h"

#include "remat/Dialect/Remat/Analysis/ExtentBounds.h"
#include "remat/Dialect/Remat/IR/CoreLayout.h"
#include "remat/Support/FormatPlace.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/Twine.h"

using namespace mlir;
using namespace remat;

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

BlockTimes::BlockTimes(Block &block) : block(&block) {
  for (auto [time, op] : llvm::enumerate(block))
    times[&op] = time;
}

int64_t BlockTimes::of(Operation *op) const {
  Operation *ancestor = block->findAncestorOpInBlock(*op);
  return ancestor ? times.lookup(ancestor) : 0;
}

LogicalResult ProgramMemory::collectLoops(const StepCosts &costs) {
  WalkResult result = entry.walk([&](ForwardSweepOp forward) {
    Loop &loop = loops.emplace_back();
    loop.forward = forward;
    loop.chain = SymbolTable::lookupNearestSymbolFrom<ChainOp>(forward, forward.getChainAttr());
    return failed(describeLoop(loop, costs)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// The temporaries of the functions that each kind of move calls.
static void describeWorkspaces(ChainOp chain, schedule::LoopStage &stage) {
  auto get = [&](StepRole role) { return chain.getWorkspaceBytesOf(static_cast<unsigned>(role)); };
  StepRole advanceAgain = chain.getAdvanceAgainAttr() ? StepRole::AdvanceAgain : StepRole::Advance;
  StepRole recordAgain = chain.getRecordAgainAttr() ? StepRole::RecordAgain : StepRole::Record;
  stage.againWorkspaceBytes = std::max({get(advanceAgain), get(recordAgain), get(StepRole::Resume)});
  stage.linearizeWorkspaceBytes = get(StepRole::Linearize);
  stage.reverseWorkspaceBytes = get(StepRole::Reverse);
  stage.forwardWorkspaceBytes = std::max(get(StepRole::Advance), get(StepRole::Record));
  stage.turnWorkspaceBytes = get(StepRole::Record);
}

LogicalResult remat::describeSizes(ChainOp chain, schedule::ProgramLoop &loop) {
  schedule::LoopStage &stage = loop.stages.front();
  std::optional<int64_t> state = getAlignedBytes(chain.getCarryTypes());
  std::optional<int64_t> tape = getAlignedBytes(chain.getTapeTypes());
  std::optional<int64_t> gradient = getAlignedBytes(chain.getMovedGradientTypes());
  if (!state || !tape || !gradient)
    return chain.emitOpError("has carries or a tape of more than 2^63 bytes");
  stage.stateBytes = *state;
  stage.tapeBytes = *tape;
  stage.carriedBytes = CoreLayout(chain, loop.isDifferentiated).getCarriedBytes();
  stage.isRestartable = chain.getResumeAttr() != nullptr;
  loop.gradientBytes = *gradient;
  describeWorkspaces(chain, stage);
  return success();
}

LogicalResult ProgramMemory::describeLoop(Loop &loop, const StepCosts &costs) {
  ForwardSweepOp forward = loop.forward;
  if (!loop.chain || !loop.chain.isFinalized())
    return forward.emitOpError("expects a chain whose workspace is assigned");
  if (forward->getBlock() != &entry.getBody().front())
    return forward.emitOpError("expects to stand in the block of its function, but stands inside of '")
           << forward->getParentOp()->getName() << "'";
  if (loop.chain.isDifferentiated()) {
    // Without a backward sweep the history is dead, and so is what is recorded.
    for (Operation *user : forward.getHistory().getUsers())
      loop.backward = cast<BackwardSweepOp>(user);
    if (loop.backward && loop.backward->getBlock() != forward->getBlock())
      return loop.backward.emitOpError("expects to stand in the block of its forward sweep");
  }
  schedule::ProgramLoop &record = problem.loops.emplace_back();
  schedule::LoopStage &stage = record.stages.front();
  stage.count = getCountNumber(forward.getCount());
  record.isDifferentiated = loop.backward != nullptr;
  if (failed(describeSizes(loop.chain, record)))
    return failure();
  StepTimes estimate = estimateStepTimes(loop.chain, costs);
  stage.advanceTime = estimate.advance;
  stage.recordTime = estimate.record;
  stage.reverseTime = estimate.reverse;
  record.forward = record.filled = getTime(forward);
  record.backward = loop.backward ? getTime(loop.backward) : 0;
  return success();
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

/// The allocation that \p value is, looking through casts.
static memref::AllocOp getAllocation(Value value) {
  while (auto cast = value.getDefiningOp<memref::CastOp>())
    value = cast.getSource();
  return value.getDefiningOp<memref::AllocOp>();
}

/// An initial carry is owned if it is an allocation that, after it was filled, only
/// the sweeps of this loop use, as this carry.
bool ProgramMemory::isInitialCarryOwned(Loop &loop, unsigned index) {
  Value init = loop.forward.getInits()[index];
  if (!loop.backward || loop.backward.getInits()[index] != init || !init.getDefiningOp<memref::AllocOp>())
    return false;
  for (Value alias : aliases->resolve(init))
    for (OpOperand &use : alias.getUses()) {
      Operation *user = use.getOwner();
      bool isInit = (user == loop.forward || user == loop.backward) && alias == init;
      if (!isInit && getTime(user) >= getTime(loop.forward))
        return false;
    }
  return llvm::count(loop.forward->getOperands(), init) == 1 && llvm::count(loop.backward->getOperands(), init) == 1;
}

/// The final carries of \p loop that only its forward sweep touches, to be written to core
/// state 1. That keeps all of it in use in the last step, so where they are less than half
/// of it they have places of their own: none is returned.
static SmallVector<int64_t> getUnusedFinals(Loop &loop) {
  SmallVector<int64_t> unused;
  // The sum of all carries fits in 64 bits.
  int64_t unusedBytes = 0, allBytes = 0;
  for (auto [index, value] : llvm::enumerate(loop.forward.getFinals())) {
    int64_t bytes = getAlignedBytes(cast<ShapedType>(value.getType())).value_or(0);
    allBytes += bytes;
    if (!value.getDefiningOp<memref::AllocOp>() || !value.hasOneUse())
      continue;
    unusedBytes += bytes;
    unused.push_back(index);
  }
  if (unusedBytes < allBytes - unusedBytes)
    unused.clear();
  return unused;
}

/// Where the last initial carry that is a number ends in a state, or 0 if none is.
static int64_t getSplatBytes(ForwardSweepOp forward, ChainOp chain) {
  int64_t end = 0, bytes = 0;
  // The sum of all carries fits in 64 bits.
  for (auto [init, type] : llvm::zip_equal(forward.getInits(), chain.getCarryTypes().getAsValueRange<TypeAttr>())) {
    int64_t own = *getAlignedBytes(cast<ShapedType>(type));
    bytes += own;
    if (own > 0 && !isa<ShapedType>(init.getType()))
      end = bytes;
  }
  return end;
}

/// The initial carries that are owned begin the slot region, one behind the other.
void ProgramMemory::keepInits(int64_t index, DenseMap<Operation *, Home> &homes) {
  Loop &loop = loops[index];
  int64_t &end = problem.loops[index].initialBytes;
  for (auto [number, init] : llvm::enumerate(loop.forward.getInits())) {
    if (!isInitialCarryOwned(loop, number))
      continue;
    // The sum of all carries fits in 64 bits.
    int64_t bytes = getAlignedBytes(cast<ShapedType>(init.getType())).value_or(0);
    if (bytes == 0)
      continue;
    homes[init.getDefiningOp()] = {schedule::BufferHome::Slots, index, end};
    loop.keptInits.push_back(number);
    end += bytes;
  }
}

void ProgramMemory::assignHomes(int64_t index, DenseMap<Operation *, Home> &homes) {
  using schedule::BufferHome;
  Loop &loop = loops[index];
  if (loop.backward) {
    loop.unusedFinals = getUnusedFinals(loop);
    for (int64_t unused : loop.unusedFinals)
      homes[loop.forward.getFinals()[unused].getDefiningOp()] = {BufferHome::ForwardCore, index, 0};
  }
  problem.loops[index].splatBytes = getSplatBytes(loop.forward, loop.chain);
  keepInits(index, homes);
  for (int64_t packed : loop.forward.getPackedCaptures())
    if (memref::AllocOp alloc = getAllocation(loop.forward.getCaptures()[packed]))
      parameters.insert(alloc);
  if (loop.backward)
    for (int64_t packed : loop.backward.getPackedAccumulators())
      if (memref::AllocOp alloc = getAllocation(loop.backward.getAccumulators()[packed]))
        parameters.insert(alloc);
}

/// Whether \p op writes to \p buffer itself, as far as it says what it does.
static bool writes(Operation *op, Value buffer) {
  auto effects = dyn_cast<MemoryEffectOpInterface>(op);
  return effects && effects.getEffectOnValue<MemoryEffects::Write>(buffer).has_value();
}

/// Whether \p alias stands for a part of \p alloc in every run: a choice may stand for another buffer.
static bool isAlways(Value alias, memref::AllocOp alloc, const BufferAliases &aliases) {
  return llvm::none_of(aliases.resolveReverse(alias), [&](Value origin) {
    auto argument = dyn_cast<BlockArgument>(origin);
    bool isArgument = argument && isa<FunctionOpInterface>(argument.getOwner()->getParentOp());
    return isArgument || (origin.getDefiningOp<memref::AllocOp>() && origin != alloc.getResult());
  });
}

/// Whether the operation at time \p last, which uses \p alloc last, is a backward sweep
/// to which it is a final cotangent and nothing else.
bool ProgramMemory::endsInFirstReverse(memref::AllocOp alloc, int64_t last) {
  bool isCotangent = false;
  for (Value alias : aliases->resolve(alloc.getResult()))
    for (OpOperand &use : alias.getUses()) {
      if (getTime(use.getOwner()) != last)
        continue;
      auto sweep = dyn_cast<BackwardSweepOp>(use.getOwner());
      if (!sweep)
        return false;
      OperandRange cotangents = sweep.getFinalCotangents();
      unsigned position = use.getOperandNumber() - cotangents.getBeginOperandIndex();
      if (use.getOperandNumber() < cotangents.getBeginOperandIndex() || position >= cotangents.size())
        return false;
      isCotangent = true;
    }
  return isCotangent;
}

std::optional<BufferSize> remat::getBufferSize(memref::AllocOp alloc) {
  Block &body = alloc->getParentOfType<func::FuncOp>().getBody().front();
  // What is computed in a loop or branch is nothing that a plan could ask for.
  MemRefType type = alloc.getType();
  bool isCounted = type.getNumDynamicDims() > 0 &&
                   llvm::all_of(alloc.getDynamicSizes(), [&](Value size) { return size.getParentBlock() == &body; });
  std::optional<int64_t> bytes = isCounted ? getUnitBytes(type) : getLargestBytes(alloc);
  if (!bytes || (isCounted && type.getNumDynamicDims() > 1) || !type.getLayout().isIdentity())
    return std::nullopt;
  return BufferSize{*bytes, isCounted ? alloc.getDynamicSizes()[0] : Value()};
}

LogicalResult ProgramMemory::addBuffer(memref::AllocOp alloc, const DenseMap<Operation *, Home> &homes) {
  MemRefType type = alloc.getType();
  std::optional<BufferSize> size = getBufferSize(alloc);
  if (!size)
    // Of the array that the author wrote; an allocation is none of his words.
    return alloc.emitError("expects an array of at most one extent that is not known when the program is planned, "
                           "but got ")
           << RankedTensorType::get(type.getShape(), type.getElementType()) << ": write the other extents as numbers";
  schedule::ProgramBuffer buffer;
  buffer.bytes = size->bytes;
  if (size->count)
    buffer.count = getCountNumber(size->count);
  buffer.first = buffer.last = getTime(alloc);
  buffer.isCertain = false;
  bool isFirst = alloc->getBlock() == &entry.getBody().front();
  for (Value alias : aliases->resolve(alloc.getResult()))
    for (Operation *user : alias.getUsers()) {
      buffer.first = isFirst ? getTime(user) : std::min(buffer.first, getTime(user));
      buffer.last = std::max(buffer.last, getTime(user));
      buffer.isCertain |=
          user->getBlock() == &entry.getBody().front() && writes(user, alias) && isAlways(alias, alloc, *aliases);
      isFirst = false;
    }
  buffer.endsInFirstReverse = endsInFirstReverse(alloc, buffer.last);
  if (auto home = homes.find(alloc); home != homes.end()) {
    buffer.home = home->second.part;
    buffer.loop = home->second.loop;
    buffer.offsetInHome = home->second.offset;
    // The slot region holds the initial state from when it is filled.
    schedule::ProgramLoop &loop = problem.loops[buffer.loop];
    if (buffer.home == schedule::BufferHome::Slots)
      loop.filled = std::min(loop.filled, buffer.first);
  }
  problem.buffers.push_back(buffer);
  allocations.push_back(alloc);
  return success();
}

LogicalResult ProgramMemory::collectBuffers() {
  DenseMap<Operation *, Home> homes;
  for (size_t index = 0; index < loops.size(); ++index)
    assignHomes(index, homes);
  WalkResult result = entry.walk([&](memref::AllocOp alloc) {
    if (parameters.contains(alloc))
      return WalkResult::advance();
    return failed(addBuffer(alloc, homes)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult ProgramMemory::addParameterCopies() {
  for (Operation *op : parameters) {
    auto alloc = cast<memref::AllocOp>(op);
    std::optional<int64_t> bytes = getAlignedBytes(alloc.getType());
    std::optional<int64_t> end = bytes ? addBytes(problem.parameterBytes, *bytes) : std::nullopt;
    if (!end)
      return alloc.emitOpError("expects a copy of a parameter to have a static shape, but got ") << alloc.getType();
    parameterCopies.push_back(alloc);
    problem.parameterBytes = *end;
  }
  return success();
}

FailureOr<ProgramMemory> ProgramMemory::analyze(func::FuncOp entry, const StepCosts &costs) {
  if (!entry.getBody().hasOneBlock())
    return entry.emitOpError("expects a body of one block, but got ") << entry.getBody().getBlocks().size();
  ProgramMemory memory;
  memory.entry = entry;
  memory.times = BlockTimes(entry.getBody().front());
  FailureOr<BufferAliases> aliases = BufferAliases::analyze(entry);
  if (failed(aliases))
    return failure();
  memory.aliases = std::make_shared<BufferAliases>(std::move(*aliases));
  if (failed(memory.collectLoops(costs)) || failed(memory.collectBuffers()) || failed(memory.addParameterCopies()))
    return failure();
  memory.problem.numCounts = memory.counts.size();
  return memory;
}

//===----------------------------------------------------------------------===//
// Counts
//===----------------------------------------------------------------------===//

int64_t ProgramMemory::getCountNumber(Value count) {
  counts.insert(count);
  return llvm::find(counts, count) - counts.begin();
}

//===----------------------------------------------------------------------===//
// Descriptions
//===----------------------------------------------------------------------===//

/// What an allocation is for, from the sweep that uses it.
static std::string describeAllocation(memref::AllocOp alloc) {
  auto find = [&](OperandRange range, StringRef what, StringRef chain) -> std::string {
    auto position = llvm::find(range, alloc.getResult());
    if (position == range.end())
      return "";
    return (what + " #" + Twine(position - range.begin()) + " of @" + chain).str();
  };
  std::string text;
  for (Operation *user : alloc->getUsers()) {
    if (auto sweep = dyn_cast<ForwardSweepOp>(user)) {
      StringRef chain = sweep.getChain();
      for (auto [range, what] :
           {std::pair(sweep.getStacked(), "stacked output"), std::pair(sweep.getFinals(), "final carry"),
            std::pair(sweep.getInits(), "initial carry"), std::pair(sweep.getScans(), "scan"),
            std::pair(sweep.getCaptures(), "capture")})
        if (text.empty())
          text = find(range, what, chain);
    } else if (auto sweep = dyn_cast<BackwardSweepOp>(user)) {
      StringRef chain = sweep.getChain();
      for (auto [range, what] :
           {std::pair(sweep.getStackedCotangents(), "cotangent of stacked output"),
            std::pair(sweep.getFinalCotangents(), "cotangent of final carry"),
            std::pair(sweep.getInitGradients(), "gradient of initial carry"),
            std::pair(sweep.getScanGradients(), "gradient of scan"), std::pair(sweep.getAccumulators(), "accumulator")})
        if (text.empty())
          text = find(range, what, chain);
    }
  }
  return text.empty() ? "intermediate value" : text;
}

static StringRef describePart(schedule::LoopPart part) {
  switch (part) {
  case schedule::LoopPart::Walk:
    return "walk of the plan";
  case schedule::LoopPart::Stack:
    return "stack of the walk";
  case schedule::LoopPart::ForwardState0:
  case schedule::LoopPart::ForwardState1:
  case schedule::LoopPart::CoreState0:
  case schedule::LoopPart::CoreState1:
    return "core state";
  case schedule::LoopPart::CarriedTape:
    return "core state that is part of the core tape";
  case schedule::LoopPart::CoreTape:
    return "core tape";
  case schedule::LoopPart::Gradients:
    return "gradient carries";
  case schedule::LoopPart::ForwardWorkspace:
  case schedule::LoopPart::TurnWorkspace:
    return "workspace of a forward step";
  case schedule::LoopPart::ReverseWorkspace:
    return "workspace of a backward step";
  case schedule::LoopPart::LinearizeWorkspace:
  case schedule::LoopPart::AgainWorkspace:
    return "workspace of a step that runs again";
  case schedule::LoopPart::Slots:
    break;
  }
  return "kept states and tapes";
}

PeakBuffer ProgramMemory::describe(size_t liveIndex, int64_t bytes) {
  if (liveIndex < loops.size() * schedule::numLoopParts) {
    Loop &loop = loops[liveIndex / schedule::numLoopParts];
    StringRef part = describePart(schedule::LoopPart(liveIndex % schedule::numLoopParts));
    return {bytes, (part + " of @" + loop.chain.getSymName()).str(), loop.forward.getLoc()};
  }
  memref::AllocOp alloc = allocations[liveIndex - loops.size() * schedule::numLoopParts];
  // The author wrote tensors.
  std::string text;
  MemRefType type = alloc.getType();
  llvm::raw_string_ostream(text) << describeAllocation(alloc) << " ("
                                 << RankedTensorType::get(type.getShape(), type.getElementType()) << ")";
  return {bytes, text, alloc.getLoc()};
}

SmallVector<PeakBuffer> ProgramMemory::getBuffersAtPeak(const schedule::ProgramInstance &instance) {
  SmallVector<PeakBuffer> described;
  for (size_t index : instance.getLiveAtPeak())
    described.push_back(describe(index, instance.getLiveBuffers()[index].bytes));
  return described;
}

SmallVector<std::string> ProgramMemory::describeLiveBuffers() {
  SmallVector<std::string> described;
  for (size_t index = 0; index < loops.size() * schedule::numLoopParts + allocations.size(); ++index) {
    PeakBuffer buffer = describe(index, 0);
    described.push_back(buffer.description + formatPlace(buffer.loc));
  }
  return described;
}
