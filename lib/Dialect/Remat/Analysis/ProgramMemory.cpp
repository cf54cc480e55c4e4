//===- ProgramMemory.cpp - What an entry function keeps, and when -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/ProgramMemory.h"

#include "remat/Dialect/Remat/Analysis/StepCost.h"
#include "remat/Runtime/Runtime.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/Twine.h"

using namespace mlir;
using namespace remat;

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

std::optional<int64_t> remat::getWalkBytes(int64_t stackFrames) {
  // The move that the runtime writes takes one unit of alignment.
  static_assert(REMAT_WALK_BYTES % arenaAlignment == 0 && 4 * sizeof(int64_t) <= arenaAlignment);
  std::optional<int64_t> stack = multiplyBytes(stackFrames, REMAT_FRAME_BYTES);
  if (stack)
    stack = alignBytes(*stack);
  return stack ? addBytes(REMAT_WALK_BYTES + arenaAlignment, *stack) : std::nullopt;
}

schedule::ChainProblem Loop::getProblem() {
  schedule::ChainProblem problem;
  problem.steps = steps;
  problem.stateSize = stateBytes;
  problem.tapeSize = tapeBytes;
  problem.initialStateSize = stateBytes;
  StepTimes times = estimateStepTimes(chain);
  problem.advanceTime = times.advance;
  problem.recordTime = times.record;
  problem.reverseTime = times.reverse;
  problem.restartable = chain.getResumeAttr() != nullptr;
  problem.start = ownsInitialState ? schedule::Start::Releasable : schedule::Start::External;
  return problem;
}

int64_t ProgramMemory::getTime(Operation *op) {
  Block &body = entry.getBody().front();
  Operation *ancestor = body.findAncestorOpInBlock(*op);
  // Operations are numbered once, by the block itself.
  return ancestor ? times.lookup(ancestor) : 0;
}

LogicalResult ProgramMemory::collectLoops() {
  WalkResult result = entry.walk([&](ForwardSweepOp forward) {
    Loop &loop = loops.emplace_back();
    loop.forward = forward;
    loop.chain = SymbolTable::lookupNearestSymbolFrom<ChainOp>(forward, forward.getChainAttr());
    return failed(describeLoop(loop)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult ProgramMemory::describeLoop(Loop &loop) {
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
  std::optional<int64_t> count = getConstantIntValue(forward.getCount());
  if (!count)
    return forward.emitOpError("expects a trip count that is known when the program is planned");
  loop.steps = *count;

  std::optional<int64_t> state = getAlignedBytes(loop.chain.getCarryTypes());
  std::optional<int64_t> tape = getAlignedBytes(loop.chain.getTapeTypes());
  std::optional<int64_t> gradient = getAlignedBytes(loop.chain.getGradientTypes());
  if (!state || !tape || !gradient)
    return loop.chain.emitOpError("has carries or a tape of more than 2^63 bytes");
  loop.stateBytes = *state;
  loop.tapeBytes = *tape;
  loop.gradientBytes = *gradient;
  loop.workspaceBytes = *loop.chain.getWorkspaceBytes();
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

/// The initial carries are owned if each is an allocation of its own that, after
/// it was filled, only the sweeps of this loop use, as this carry.
bool ProgramMemory::isInitialStateOwned(Loop &loop) {
  if (!loop.backward || loop.forward.getInits().empty())
    return false;
  llvm::SmallDenseSet<Operation *> seen;
  for (auto [index, init] : llvm::enumerate(loop.forward.getInits())) {
    auto alloc = init.getDefiningOp<memref::AllocOp>();
    if (!alloc || !seen.insert(alloc).second || loop.backward.getInits()[index] != init)
      return false;
    for (Value alias : aliases->resolve(init))
      for (OpOperand &use : alias.getUses()) {
        Operation *user = use.getOwner();
        bool isInit = (user == loop.forward || user == loop.backward) && alias == init;
        if (!isInit && getTime(user) >= getTime(loop.forward))
          return false;
      }
    if (llvm::count(loop.forward->getOperands(), init) != 1 || llvm::count(loop.backward->getOperands(), init) != 1)
      return false;
  }
  return true;
}

/// The positions of destinations that only this sweep touches.
static SmallVector<unsigned> getUnusedDestinations(OperandRange destinations) {
  SmallVector<unsigned> unused;
  for (auto [index, value] : llvm::enumerate(destinations))
    if (auto alloc = value.getDefiningOp<memref::AllocOp>(); alloc && value.hasOneUse())
      unused.push_back(index);
  return unused;
}

void ProgramMemory::addLoopBuffers(unsigned index) {
  Loop &loop = loops[index];
  if (loop.steps <= 0)
    return;
  auto add = [&](BufferUse use, int64_t bytes, Operation *from, Operation *to, bool isCertain) {
    ArenaBuffer &buffer = buffers.emplace_back();
    buffer.use = use;
    buffer.loop = index;
    buffer.live = {bytes, getTime(from), getTime(to), isCertain};
  };
  ForwardSweepOp forward = loop.forward;
  BackwardSweepOp backward = loop.backward;
  // A step between two others reads one core state and writes the other. Without
  // a plan the first one reads the initial state and the last one writes the final
  // one; with a plan a state may be copied into the core from a slot.
  int64_t cores = std::min<int64_t>(2, loop.steps - 1);
  if (backward && loop.steps >= 2)
    cores = 2;
  add(BufferUse::ForwardCore, cores * loop.stateBytes, forward, forward, /*isCertain=*/!backward);
  add(BufferUse::ForwardWorkspace, loop.workspaceBytes, forward, forward, /*isCertain=*/false);
  if (!backward)
    return;
  int64_t gradients = std::min<int64_t>(2, loop.unusedInitGradients.empty() ? loop.steps - 1 : loop.steps);
  add(BufferUse::Walk, 0, forward, backward, /*isCertain=*/false);
  add(BufferUse::BackwardCore, 2 * loop.stateBytes, backward, backward, /*isCertain=*/false);
  add(BufferUse::BackwardWorkspace, loop.workspaceBytes, backward, backward, /*isCertain=*/false);
  add(BufferUse::CoreTape, loop.tapeBytes, forward, backward, /*isCertain=*/true);
  add(BufferUse::Gradients, gradients * loop.gradientBytes, backward, backward, /*isCertain=*/true);
  add(BufferUse::Slots, 0, forward, backward, /*isCertain=*/true);
}

LogicalResult ProgramMemory::collectBuffers() {
  // Allocations that have no place of their own.
  llvm::SmallDenseSet<Operation *> elsewhere;
  for (auto [index, loop] : llvm::enumerate(loops)) {
    // Shorter loops write every destination, so that what is planned is touched.
    if (loop.backward && loop.steps >= 3) {
      loop.unusedFinals = getUnusedDestinations(loop.forward.getFinals());
      loop.unusedInitGradients = getUnusedDestinations(loop.backward.getInitGradients());
      for (unsigned unused : loop.unusedFinals)
        elsewhere.insert(loop.forward.getFinals()[unused].getDefiningOp());
      for (unsigned unused : loop.unusedInitGradients)
        elsewhere.insert(loop.backward.getInitGradients()[unused].getDefiningOp());
    }
    loop.ownsInitialState = loop.steps > 0 && isInitialStateOwned(loop);
    if (loop.ownsInitialState)
      for (Value init : loop.forward.getInits())
        elsewhere.insert(init.getDefiningOp());
    for (int64_t packed : loop.forward.getPackedCaptures())
      if (memref::AllocOp alloc = getAllocation(loop.forward.getCaptures()[packed]))
        elsewhere.insert(alloc), parameters.insert(alloc);
    if (loop.backward)
      for (int64_t packed : loop.backward.getPackedAccumulators())
        if (memref::AllocOp alloc = getAllocation(loop.backward.getAccumulators()[packed]))
          elsewhere.insert(alloc), parameters.insert(alloc);
    addLoopBuffers(index);
  }
  WalkResult result = entry.walk([&](memref::AllocOp alloc) {
    std::optional<int64_t> bytes = getAlignedBytes(alloc.getType());
    if (!bytes || !alloc.getType().getLayout().isIdentity()) {
      alloc.emitOpError("expects a shape that is known when the program is planned, but got ") << alloc.getType();
      return WalkResult::interrupt();
    }
    LiveBuffer live = {*bytes, getTime(alloc), getTime(alloc), /*isCertain=*/true};
    bool isNested = alloc->getBlock() != &entry.getBody().front();
    bool isFirst = !isNested;
    for (Value alias : aliases->resolve(alloc.getResult()))
      for (Operation *user : alias.getUsers()) {
        live.first = isFirst ? getTime(user) : std::min(live.first, getTime(user));
        live.last = std::max(live.last, getTime(user));
        isFirst = false;
      }
    if (!elsewhere.contains(alloc)) {
      ArenaBuffer &buffer = buffers.emplace_back();
      buffer.use = BufferUse::Allocation;
      buffer.alloc = alloc;
      buffer.live = live;
      return WalkResult::advance();
    }
    // The slot region holds the initial state from when it is filled.
    for (ArenaBuffer &buffer : buffers)
      if (buffer.use == BufferUse::Slots && loops[buffer.loop].ownsInitialState &&
          llvm::is_contained(loops[buffer.loop].forward.getInits(), alloc.getResult()))
        buffer.live.first = std::min(buffer.live.first, live.first);
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

FailureOr<ProgramMemory> ProgramMemory::analyze(func::FuncOp entry) {
  if (!entry.getBody().hasOneBlock())
    return entry.emitOpError("expects a body of one block, but got ") << entry.getBody().getBlocks().size();
  ProgramMemory memory;
  memory.entry = entry;
  for (auto [time, op] : llvm::enumerate(entry.getBody().front()))
    memory.times[&op] = time;
  memory.aliases = std::make_shared<BufferViewFlowAnalysis>(entry);
  if (failed(memory.collectLoops()) || failed(memory.collectBuffers()))
    return failure();
  return memory;
}

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

std::optional<int64_t> ProgramMemory::layOut(ArrayRef<LoopNeeds> needs) {
  SmallVector<LiveBuffer> live;
  for (ArenaBuffer &buffer : buffers) {
    if (buffer.use == BufferUse::Slots)
      buffer.live.bytes = needs[buffer.loop].slotBytes;
    if (buffer.use == BufferUse::Walk) {
      std::optional<int64_t> bytes = getWalkBytes(needs[buffer.loop].stackFrames);
      if (!bytes)
        return std::nullopt;
      buffer.live.bytes = *bytes;
    }
    live.push_back(buffer.live);
  }
  std::optional<int64_t> total = packBuffers(live);
  for (auto [buffer, placed] : llvm::zip_equal(buffers, live))
    buffer.live.offset = placed.offset;
  return total;
}

SmallVector<ArenaBuffer *> ProgramMemory::getBuffersAtPeak() {
  SmallVector<ArenaBuffer *> best;
  double bestBytes = -1;
  for (ArenaBuffer &start : buffers) {
    // The sum changes only where a buffer begins.
    SmallVector<ArenaBuffer *> current;
    double bytes = 0;
    for (ArenaBuffer &buffer : buffers) {
      if (buffer.live.first > start.live.first || buffer.live.last < start.live.first || buffer.live.bytes == 0)
        continue;
      current.push_back(&buffer);
      bytes += double(buffer.live.bytes);
    }
    if (bytes > bestBytes) {
      bestBytes = bytes;
      best = std::move(current);
    }
  }
  llvm::sort(best, [](ArenaBuffer *a, ArenaBuffer *b) {
    return a->live.bytes != b->live.bytes ? a->live.bytes > b->live.bytes : a < b;
  });
  return best;
}

//===----------------------------------------------------------------------===//
// Parameter copies
//===----------------------------------------------------------------------===//

FailureOr<int64_t> ProgramMemory::layOutParameters(SmallVectorImpl<std::pair<memref::AllocOp, int64_t>> &offsets) {
  int64_t total = 0;
  for (Operation *op : parameters) {
    auto alloc = cast<memref::AllocOp>(op);
    std::optional<int64_t> bytes = getAlignedBytes(alloc.getType());
    std::optional<int64_t> end = bytes ? addBytes(total, *bytes) : std::nullopt;
    if (!end)
      return alloc.emitOpError("expects a copy of a parameter to have a static shape, but got ") << alloc.getType();
    offsets.emplace_back(alloc, total);
    total = *end;
  }
  return total;
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

std::string ArenaBuffer::describe(ArrayRef<Loop> loops) {
  StringRef what;
  switch (use) {
  case BufferUse::Allocation: {
    std::string text;
    llvm::raw_string_ostream(text) << describeAllocation(alloc) << " (" << alloc.getType() << ")";
    return text;
  }
  case BufferUse::Walk:
    what = "walk of the plan";
    break;
  case BufferUse::ForwardCore:
  case BufferUse::BackwardCore:
    what = "core states";
    break;
  case BufferUse::CoreTape:
    what = "core tape";
    break;
  case BufferUse::Gradients:
    what = "gradient carries";
    break;
  case BufferUse::ForwardWorkspace:
  case BufferUse::BackwardWorkspace:
    what = "workspace of a step";
    break;
  case BufferUse::Slots:
    what = "kept states and tapes";
    break;
  }
  Loop &owner = const_cast<Loop &>(loops[loop]);
  return (what + " of @" + owner.chain.getSymName()).str();
}

Location ArenaBuffer::getLoc(ArrayRef<Loop> loops) {
  if (use == BufferUse::Allocation)
    return alloc.getLoc();
  return const_cast<Loop &>(loops[loop]).forward.getLoc();
}
