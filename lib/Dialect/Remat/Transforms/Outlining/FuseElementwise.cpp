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
// otherwise compute them all at once and keep them. A loop also computes again what others
// compute where that needs fewer bytes (ComputedInReader.h), and so does a reduction.
//
//===----------------------------------------------------------------------===//

#include "ComputedInReader.h"
#include "ElementwiseLoop.h"

#include "remat/Dialect/Linalg/Contraction.h"
#include "remat/Dialect/Linalg/VectorLoop.h"
#include "remat/Dialect/Remat/Analysis/MinCut.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

#include <queue>

namespace remat {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

static RankedTensorType getShapeOf(Operation *op) { return cast<RankedTensorType>(op->getResult(0).getType()); }

namespace {

/// Operations of one block that become one loop.
struct Cluster {
  SmallVector<Operation *> members; // in the order of the block
  /// Of a reduction, which is the last member: from points of its loops to elements of
  /// the other members.
  AffineMap element;
  bool isReduction() const { return static_cast<bool>(element); }
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
    // What is read behind what is a question of the order.
    sortBlock();
    findReductions();
    computeInReaders();
    sortBlock();
    for (Cluster &cluster : clusters) {
      ArrayRef<Operation *> members = cluster.members;
      if (members.size() > 1 && cluster.isReduction())
        emitFusedReduction(members.drop_back(), {members.back(), cluster.element});
      else if (!members.empty() && !cluster.isReduction())
        emitElementwiseLoop(members, writable);
    }
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
  bool updatesInPlace(Operation *op) const;
  void findReductions();
  void forEachArray(const Cluster &cluster, Operation *op, function_ref<void(Value, bool)> visit) const;
  bool canCompute(const Cluster &cluster, Operation *op) const;
  /// Where \p op runs: a cluster does so as a whole.
  Operation *getPlace(Operation *op) const {
    auto found = clusterOf.find(op);
    return found == clusterOf.end() ? op : clusters[found->second].members.back();
  }
  bool isReadAfter(Value value, Operation *place) const;
  int64_t getKeptBytes(const Cluster &cluster, Value array) const;
  bool coversLoops(const Cluster &cluster, ArrayRef<Operation *> computed) const;
  void computeInReaders();
  void computeIn(size_t reader, ArrayRef<Operation *> computed);
  void sortBlock();

  Block &block;
  const WritableArguments &writable;
  std::vector<Cluster> clusters;
  DenseMap<Operation *, size_t> clusterOf;
  /// The last operation with effects in front of one that it may guard.
  DenseMap<Operation *, Operation *> guardOf;
};

} // namespace

/// True if \p op reads or writes memory at places that types do not tell, or has effects. A sweep runs
/// step functions, whose accesses are not to be seen here.
static bool mayNeedGuard(Operation *op) {
  if (!isMemoryEffectFree(op) || isa<ForwardSweepOp, BackwardSweepOp>(op))
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
    auto type = array ? dyn_cast<RankedTensorType>(array.getType()) : RankedTensorType();
    if (!type || type.getRank() < getShapeOf(op).getRank())
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

/// True if \p op reads what has to be written over.
bool BlockFuser::updatesInPlace(Operation *op) const {
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    Value array = getReadArray(operand);
    return llvm::any_of(writable.updated, [&](auto entry) { return entry.second == array; });
  });
}

void BlockFuser::moveToReaders() {
  for (size_t index = clusters.size(); index-- > 0;)
    for (Operation *op : llvm::to_vector(llvm::reverse(clusters[index].members))) {
      std::optional<size_t> reader = findReader(op);
      if (!reader || updatesInPlace(op) || guardOf.count(op) || !getShapeOf(op).hasStaticShape() ||
          op->getNumResults() != 1 || countKept(op, *reader) > 1)
        continue;
      llvm::erase(clusters[index].members, op);
      // All that read it are members already, and nothing that it reads is.
      SmallVector<Operation *> &members = clusters[*reader].members;
      members.insert(members.begin(), op);
      clusterOf[op] = *reader;
    }
}

//===----------------------------------------------------------------------===//
// What readers compute
//===----------------------------------------------------------------------===//

/// The input of \p op, a reduction with a kernel of vectors, whose elements could be
/// computed in its loops; null if there is none.
static OpOperand *findComputableInput(linalg::LinalgOp op) {
  auto isPlain = [&](OpOperand &operand) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    return type && type.hasStaticShape() && op.getMatchingIndexingMap(&operand).isProjectedPermutation(true);
  };
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  if (op.getNumReductionLoops() == 0 || !op.hasPureTensorSemantics() || linalg::isaContractionOpInterface(op) ||
      (generic && succeeded(Contraction::match(generic))) || !getVectorLoop(op) ||
      !llvm::all_of(op->getOpOperands(), isPlain) || !llvm::all_of(op.getBlock()->without_terminator(), hasVectorForm))
    return nullptr;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    if (map.isPermutation() && input->get().getDefiningOp() && isElementwiseFusible(input->get().getDefiningOp()))
      return input;
  }
  return nullptr;
}

void BlockFuser::findReductions() {
  for (Operation &op : block) {
    auto reduction = dyn_cast<linalg::LinalgOp>(op);
    OpOperand *input = reduction ? findComputableInput(reduction) : nullptr;
    if (!input)
      continue;
    clusterOf[&op] = clusters.size();
    clusters.push_back({{&op}, reduction.getMatchingIndexingMap(input)});
  }
}

/// Visits the arrays that \p op reads in the loop of \p cluster, and whether it does so
/// element by element.
void BlockFuser::forEachArray(const Cluster &cluster, Operation *op, function_ref<void(Value, bool)> visit) const {
  auto visitAccess = [&](Value operand, AffineMap map, bool inPlace) {
    Value array = resolveAccess(operand, map).source;
    if (array && isa<RankedTensorType>(array.getType()))
      visit(array, inPlace && array == operand);
  };
  if (cluster.isReduction() && op == cluster.members.back()) {
    auto reduction = cast<linalg::LinalgOp>(op);
    for (OpOperand *input : reduction.getDpsInputOperands()) {
      AffineMap map = reduction.getMatchingIndexingMap(input);
      visitAccess(input->get(), map, map == cluster.element);
    }
    return;
  }
  forEachRead(op, [&](OpOperand &operand, AffineMap map) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    visitAccess(operand.get(), map,
                type && type.getShape() == getShapeOf(op).getShape() && readsInPlace(map, type.getShape()));
  });
}

/// Whether the loop of \p cluster could compute the elements of \p op itself.
bool BlockFuser::canCompute(const Cluster &cluster, Operation *op) const {
  if (op->getBlock() != &block || !isElementwiseFusible(op) || llvm::is_contained(cluster.members, op) ||
      op->getNumResults() != 1 || !getShapeOf(op).hasStaticShape() || guardOf.count(op) || updatesInPlace(op))
    return false;
  if (!cluster.isReduction())
    return getShapeOf(op).getShape() == getShapeOf(cluster.members.back()).getShape();
  // The kernel of the reduction has to stay one of vectors.
  auto reduction = cast<linalg::LinalgOp>(cluster.members.back());
  if (auto structured = dyn_cast<linalg::LinalgOp>(op)) {
    if (!llvm::all_of(structured.getBlock()->without_terminator(), hasVectorForm))
      return false;
  } else if (!hasVectorForm(*op)) {
    return false;
  }
  AffineExpr lane = getAffineDimExpr(*getVectorLoop(reduction), op->getContext());
  bool isContiguous = true;
  forEachRead(op, [&](OpOperand &operand, AffineMap map) {
    AffineMap access = resolveAccess(operand.get(), map.compose(cluster.element)).map;
    if (access && access.getNumResults() > 0)
      isContiguous &= !llvm::is_contained(access.getResults().drop_back(), lane);
  });
  return isContiguous;
}

/// Whether something that runs behind \p place reads \p value.
bool BlockFuser::isReadAfter(Value value, Operation *place) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (user->hasTrait<OpTrait::IsTerminator>() && user->getBlock() == &block)
      return true;
    // Loops read through copies.
    if (user->getNumResults() == 1 && getReadArray(user->getResult(0)) == value)
      return isReadAfter(user->getResult(0), place);
    Operation *ancestor = block.findAncestorOpInBlock(*user);
    return ancestor && place->isBeforeInBlock(getPlace(ancestor));
  });
}

/// The bytes that are kept until \p cluster runs if it reads \p array, and are not otherwise.
int64_t BlockFuser::getKeptBytes(const Cluster &cluster, Value array) const {
  while (auto slice = array.getDefiningOp<tensor::ExtractSliceOp>())
    array = slice.getSource();
  // An argument is there anyway, but what may be written over lends its place; a gradient
  // that of its next value.
  if (auto argument = dyn_cast<BlockArgument>(array)) {
    bool isLent =
        writable.consumed.contains(argument) || llvm::any_of(writable.gradients, [&](auto entry) {
          Operation *next = entry.second == argument ? entry.first->get().getDefiningOp() : nullptr;
          return next && next->getBlock() == &block && getPlace(next)->isBeforeInBlock(cluster.members.back());
        });
    if (!isLent)
      return 0;
  } else if (array.getDefiningOp()->hasTrait<OpTrait::ConstantLike>() || array.getParentBlock() != &block) {
    return 0;
  }
  if (isReadAfter(array, cluster.members.back()))
    return 0;
  return getUnitBytes(cast<ShapedType>(array.getType())).value_or(MinCut::unbounded);
}

/// Whether each loop of the reduction \p cluster runs along an array that is read or
/// written, if it computes \p computed: nothing else says how often it goes round.
bool BlockFuser::coversLoops(const Cluster &cluster, ArrayRef<Operation *> computed) const {
  auto reduction = cast<linalg::LinalgOp>(cluster.members.back());
  llvm::SmallBitVector covered(reduction.getNumLoops());
  auto cover = [&](AffineMap map) {
    for (AffineExpr expr : map.getResults())
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        covered.set(dim.getPosition());
  };
  auto coverRead = [&](Value value, AffineMap map) {
    if (!llvm::is_contained(computed, value.getDefiningOp()))
      if (AffineMap access = resolveAccess(value, map).map)
        cover(access);
  };
  for (OpOperand &init : reduction.getDpsInitsMutable())
    cover(reduction.getMatchingIndexingMap(&init));
  for (OpOperand *input : reduction.getDpsInputOperands())
    coverRead(input->get(), reduction.getMatchingIndexingMap(input));
  for (Operation *op : computed)
    forEachRead(op, [&](OpOperand &operand, AffineMap map) { coverRead(operand.get(), map.compose(cluster.element)); });
  return covered.all();
}

void BlockFuser::computeInReaders() {
  // Later readers first: what they read stays until they run.
  SmallVector<size_t> order;
  for (size_t index = 0; index < clusters.size(); ++index)
    if (!clusters[index].members.empty())
      order.push_back(index);
  llvm::sort(order, [&](size_t left, size_t right) {
    return clusters[right].members.back()->isBeforeInBlock(clusters[left].members.back());
  });
  for (size_t index : order) {
    const Cluster &cluster = clusters[index];
    // All of it may be computed elsewhere by now.
    if (cluster.members.empty())
      continue;
    int64_t points = 1;
    for (int64_t extent : cluster.isReduction() ? cast<linalg::LinalgOp>(cluster.members.back()).getStaticLoopRanges()
                                                : llvm::to_vector(getShapeOf(cluster.members.back()).getShape()))
      points = llvm::SaturatingMultiply<uint64_t>(points, std::max<int64_t>(extent, 0));
    SmallVector<Operation *> computed =
        chooseComputed({cluster.members,
                        [&](Operation *op, function_ref<void(Value, bool)> visit) { forEachArray(cluster, op, visit); },
                        [&](Operation *op) { return canCompute(cluster, op); },
                        [&](Value array) { return getKeptBytes(cluster, array); }, points, cluster.isReduction()});
    if (!computed.empty() && (!cluster.isReduction() || coversLoops(cluster, computed)))
      computeIn(index, computed);
  }
}

/// Lets the cluster \p reader have its own copies of \p computed.
void BlockFuser::computeIn(size_t reader, ArrayRef<Operation *> computed) {
  SmallVector<Operation *> copies;
  IRMapping mapping;
  for (Operation *op : computed) {
    OpBuilder builder(op);
    builder.setInsertionPointAfter(op);
    copies.push_back(builder.clone(*op, mapping));
    clusterOf[copies.back()] = reader;
  }
  SmallVector<Operation *> &members = clusters[reader].members;
  for (Operation *op : computed)
    op->getResult(0).replaceUsesWithIf(mapping.lookup(op->getResult(0)),
                                       [&](OpOperand &use) { return llvm::is_contained(members, use.getOwner()); });
  members.insert(members.begin(), copies.begin(), copies.end());
  for (Operation *op : llvm::reverse(computed)) {
    if (!op->use_empty())
      continue;
    auto found = clusterOf.find(op);
    llvm::erase(clusters[found->second].members, op);
    clusterOf.erase(found);
    op->erase();
  }
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

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
struct FuseElementwisePass final : remat::impl::FuseElementwisePassBase<FuseElementwisePass> {
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
