//===- FuseElementwise.cpp - One loop for what works in step -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Puts element-wise operations of one shape into one `linalg.generic` with as
// many results as are read elsewhere. The fusion of upstream stops where a value
// has a second reader; the gates of an LSTM all have one, the tape.
//
// The operations of a block are gathered into clusters. An operation may join a
// cluster if nothing outside of the cluster lies between the two, or the block
// could not be put in order again. What has effects stays in front of what it may
// guard: a check of an index or an extent comes before the memory that is read with it.
//
// What only a later cluster reads moves there, unless more arrays would have to be kept
// between the two: a step that computes a dozen values again, each for one place, would
// otherwise compute them all at once and keep them.
//
//===----------------------------------------------------------------------===//

#include "ElementwiseLoop.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

#include <queue>

namespace remat {
#define GEN_PASS_DEF_FUSEELEMENTWISE
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

static RankedTensorType getShapeOf(Operation *op) { return cast<RankedTensorType>(op->getResult(0).getType()); }

namespace {

/// Operations of one block that become one loop.
struct Cluster {
  SmallVector<Operation *> members; // in the order of the block
};

/// Fuses the element-wise operations of one block.
class BlockFuser {
public:
  BlockFuser(Block &block, const WritableArguments &writable) : block(block), writable(writable) {}

  void run() {
    findGuards();
    findClusters();
    if (clusters.empty())
      return;
    moveToReaders();
    sortBlock();
    for (Cluster &cluster : clusters)
      if (!cluster.members.empty())
        emitElementwiseLoop(cluster.members, writable);
  }

private:
  /// The operations that an operation of the block uses, itself or in its regions, and
  /// the one that guards it.
  SmallVector<Operation *> getProducers(Operation *op) const {
    SmallVector<Operation *> producers;
    for (Value input : getInputs(op))
      if (Operation *producer = input.getDefiningOp(); producer && producer->getBlock() == &block)
        producers.push_back(producer);
    if (Operation *guard = guardOf.lookup(op))
      producers.push_back(guard);
    return producers;
  }

  bool canJoin(Operation *op, size_t cluster) const;
  void findGuards();
  void findClusters();
  std::optional<size_t> findReader(Operation *op) const;
  int64_t countKept(Operation *op, size_t reader) const;
  void moveToReaders();
  void sortBlock();

  Block &block;
  const WritableArguments &writable;
  std::vector<Cluster> clusters;
  DenseMap<Operation *, size_t> clusterOf;
  /// The last operation with effects in front of one that it may guard.
  DenseMap<Operation *, Operation *> guardOf;
};

} // namespace

/// True if \p op reads or writes memory at places that types do not tell, or has effects.
static bool mayNeedGuard(Operation *op) {
  if (!isMemoryEffectFree(op))
    return true;
  WalkResult result = op->walk([](Operation *nested) {
    if (isa<tensor::ExtractOp, tensor::InsertOp>(nested))
      return WalkResult::interrupt();
    if (auto slice = dyn_cast<OffsetSizeAndStrideOpInterface>(nested))
      if (!slice.getOffsets().empty() || !slice.getSizes().empty() || !slice.getStrides().empty())
        return WalkResult::interrupt();
    auto isDynamic = [](Type type) {
      auto shaped = dyn_cast<ShapedType>(type);
      return shaped && !shaped.hasStaticShape();
    };
    bool dynamic =
        llvm::any_of(nested->getOperandTypes(), isDynamic) || llvm::any_of(nested->getResultTypes(), isDynamic);
    return dynamic && !isa<tensor::DimOp>(nested) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return result.wasInterrupted();
}

void BlockFuser::findGuards() {
  Operation *last = nullptr;
  for (Operation &op : block.without_terminator()) {
    if (last && mayNeedGuard(&op))
      guardOf[&op] = last;
    if (!isMemoryEffectFree(&op))
      last = &op;
  }
}

/// Walks back from \p op outside of the cluster: meeting a member means that
/// something outside lies between.
bool BlockFuser::canJoin(Operation *op, size_t cluster) const {
  bool isDynamic = !getShapeOf(op).hasStaticShape(), readsMember = false;
  SmallVector<Operation *> worklist;
  for (Operation *producer : getProducers(op)) {
    auto found = clusterOf.find(producer);
    if (found != clusterOf.end() && found->second == cluster) {
      // One point of a loop has the element of each member at that point only.
      if (!readsOnlyInPlace(op, producer))
        return false;
      readsMember = true;
    } else {
      worklist.push_back(producer);
    }
  }
  // Equal dynamic types may stand for different sizes.
  if (isDynamic && !readsMember)
    return false;
  DenseSet<Operation *> seen(worklist.begin(), worklist.end());
  while (!worklist.empty()) {
    Operation *current = worklist.pop_back_val();
    auto visit = [&](Operation *producer) {
      if (seen.insert(producer).second)
        worklist.push_back(producer);
    };
    auto found = clusterOf.find(current);
    if (found == clusterOf.end()) {
      llvm::for_each(getProducers(current), visit);
      continue;
    }
    if (found->second == cluster)
      return false;
    // A cluster runs as a whole.
    for (Operation *member : clusters[found->second].members) {
      seen.insert(member);
      llvm::for_each(getProducers(member), visit);
    }
  }
  return true;
}

void BlockFuser::findClusters() {
  for (Operation &op : block) {
    if (!isElementwiseFusible(&op))
      continue;
    std::optional<size_t> joined;
    for (size_t index = clusters.size(); index-- > 0 && !joined;)
      if (getShapeOf(clusters[index].members.front()).getShape() == getShapeOf(&op).getShape() && canJoin(&op, index))
        joined = index;
    if (!joined) {
      joined = clusters.size();
      clusters.emplace_back();
    }
    clusters[*joined].members.push_back(&op);
    clusterOf[&op] = *joined;
  }
}

/// The one other cluster that reads \p op, point by point; nothing if something else does.
std::optional<size_t> BlockFuser::findReader(Operation *op) const {
  std::optional<size_t> reader;
  for (Operation *user : op->getUsers()) {
    auto found = clusterOf.find(user);
    if (found == clusterOf.end() || found->second == clusterOf.lookup(op) || (reader && *reader != found->second) ||
        getShapeOf(user).getShape() != getShapeOf(op).getShape() || !readsOnlyInPlace(user, op))
      return std::nullopt;
    reader = found->second;
  }
  return reader;
}

/// How many arrays would have to be kept until \p reader runs for \p op to be computed
/// there, which are not kept for something else that runs there.
int64_t BlockFuser::countKept(Operation *op, size_t reader) const {
  llvm::SmallDenseSet<Value> kept;
  for (Value operand : op->getOperands()) {
    Value array = getReadArray(operand);
    if (!array || cast<RankedTensorType>(array.getType()).getRank() < getShapeOf(op).getRank())
      continue;
    // An argument is there anyway, but what may be written over lends its place.
    if (isa<BlockArgument>(array) && !writable.consumed.contains(array))
      continue;
    bool isRead = llvm::any_of(array.getUsers(), [&](Operation *user) {
      auto found = clusterOf.find(user);
      return user->hasTrait<OpTrait::IsTerminator>() || (found != clusterOf.end() && found->second == reader);
    });
    if (!isRead)
      kept.insert(array);
  }
  return kept.size();
}

void BlockFuser::moveToReaders() {
  DenseSet<Value> accumulators;
  for (auto [result, argument] : writable.updated)
    accumulators.insert(argument);
  for (size_t index = clusters.size(); index-- > 0;)
    for (Operation *op : llvm::to_vector(llvm::reverse(clusters[index].members))) {
      std::optional<size_t> reader = findReader(op);
      bool isUpdate =
          llvm::any_of(op->getOperands(), [&](Value operand) { return accumulators.contains(getReadArray(operand)); });
      if (!reader || isUpdate || guardOf.count(op) || !getShapeOf(op).hasStaticShape() || op->getNumResults() != 1 ||
          countKept(op, *reader) > 1)
        continue;
      llvm::erase(clusters[index].members, op);
      // All that read it are members already, and nothing that it reads is.
      SmallVector<Operation *> &members = clusters[*reader].members;
      members.insert(members.begin(), op);
      clusterOf[op] = *reader;
    }
}

/// Brings the members of each cluster side by side: a topological order that stays
/// close to the one that is there.
void BlockFuser::sortBlock() {
  // A unit is an operation, or a cluster at the place of its last member.
  DenseMap<Operation *, size_t> unitOf;
  std::vector<SmallVector<Operation *>> units;
  std::vector<size_t> unitOfCluster(clusters.size(), 0);
  for (Operation &op : llvm::reverse(block.without_terminator())) {
    auto found = clusterOf.find(&op);
    if (found == clusterOf.end()) {
      unitOf[&op] = units.size();
      units.push_back({&op});
      continue;
    }
    if (clusters[found->second].members.back() == &op) {
      unitOfCluster[found->second] = units.size();
      units.push_back(clusters[found->second].members);
    }
    unitOf[&op] = unitOfCluster[found->second];
  }

  // Numbers fall along the block: of the units that are ready the highest comes first.
  std::vector<SetVector<size_t>> users(units.size());
  std::vector<size_t> numMissing(units.size());
  auto addDependence = [&](size_t from, size_t to) {
    if (from != to && users[from].insert(to))
      ++numMissing[to];
  };
  std::optional<size_t> lastEffect;
  for (size_t unit = units.size(); unit-- > 0;)
    for (Operation *op : units[unit]) {
      for (Operation *producer : getProducers(op))
        addDependence(unitOf.lookup(producer), unit);
      if (isMemoryEffectFree(op))
        continue;
      if (lastEffect)
        addDependence(*lastEffect, unit);
      lastEffect = unit;
    }
  std::priority_queue<size_t> ready;
  for (size_t unit = 0; unit < units.size(); ++unit)
    if (numMissing[unit] == 0)
      ready.push(unit);
  Operation *terminator = block.getTerminator();
  while (!ready.empty()) {
    size_t unit = ready.top();
    ready.pop();
    for (Operation *op : units[unit])
      op->moveBefore(terminator);
    for (size_t user : users[unit])
      if (--numMissing[user] == 0)
        ready.push(user);
  }
}

namespace {
struct FuseElementwisePass final : remat::impl::FuseElementwiseBase<FuseElementwisePass> {
  using Base::Base;

  void runOnOperation() override {
    WritableArguments writable;
    if (auto module = dyn_cast<ModuleOp>(getOperation()))
      writable = WritableArguments::find(module);
    SmallVector<Block *> blocks;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<linalg::LinalgOp>(op))
        return WalkResult::skip();
      for (Region &region : op->getRegions())
        for (Block &block : region)
          if (block.mightHaveTerminator())
            blocks.push_back(&block);
      return WalkResult::advance();
    });
    for (Block *block : blocks) {
      BlockFuser(*block, writable).run();
      // What the loops read through.
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*block)))
        if (isOpTriviallyDead(&op))
          op.erase();
    }
  }
};
} // namespace
