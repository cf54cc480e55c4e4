//===- ComputedInReader.cpp - What a loop computes of its inputs -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ComputedInReader.h"

#include "remat/Dialect/Remat/Analysis/MinCut.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace remat;

/// So many operations on one element are worth a byte less to write, keep and read again. What is reduced at
/// once is larger than what remains of it, and often than all that a step keeps; an element-wise loop
/// saves an array of its own size.
static constexpr double operationsPerReducedByte = 8;
static constexpr double operationsPerByte = 4;
/// Operations that take less are computed again together with what they read.
static constexpr int64_t cheapCost = 8;
static constexpr int64_t functionCost = 17;
static constexpr int64_t divisionCost = 24;

/// What computing \p op, which works on scalars or element by element, takes in additions.
static int64_t getScalarCost(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>() || isa<linalg::YieldOp>(op))
    return 0;
  if (isa<arith::DivFOp, arith::RemFOp, math::SqrtOp, math::RsqrtOp>(op))
    return divisionCost;
  bool isCheap = isa<math::AbsFOp, math::CopySignOp, math::FmaOp, math::IsNaNOp, math::IsInfOp, math::FloorOp,
                     math::CeilOp, math::AbsIOp>(op);
  return isa<math::MathDialect>(op->getDialect()) && !isCheap ? functionCost : 1;
}

static int64_t getElementCost(Operation *op) {
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  if (!structured)
    return getScalarCost(op);
  int64_t cost = 0;
  for (Operation &nested : *structured.getBlock())
    cost += getScalarCost(&nested);
  return cost;
}

namespace {
/// What may be computed a second time.
enum class Again { Anything, Cheap, Nothing };

/// One choice of operations for a reader.
struct Choice {
  llvm::SetVector<Operation *> computed; // readers first
  int64_t savedBytes = 0;
  int64_t cost = 0; // of an element, of what is computed again
};

/// Finds the operations for one reader.
class ChoiceFinder {
public:
  explicit ChoiceFinder(const ArrayReader &reader) : reader(reader) { collect(); }

  std::optional<Choice> find(Again again) const;

private:
  void collect();
  llvm::SetVector<Operation *> getMoved(ArrayRef<Operation *> computed) const;

  const ArrayReader &reader;
  /// Operations that may be computed in the loop, readers first.
  SmallVector<Operation *> candidates;
  llvm::SetVector<Operation *> direct; ///< of those, the ones that the loop reads
};
} // namespace

void ChoiceFinder::collect() {
  llvm::SetVector<Operation *> found;
  DenseSet<Operation *> whole;
  auto visit = [&](Value array, bool inPlace) {
    Operation *producer = array.getDefiningOp();
    if (producer && !inPlace)
      whole.insert(producer);
    else if (producer && reader.canCompute(producer))
      found.insert(producer);
  };
  for (Operation *member : reader.members)
    reader.forEachArray(member, visit);
  size_t numDirect = found.size();
  for (size_t next = 0; next < found.size(); ++next)
    reader.forEachArray(found[next], visit);
  // What is read elsewhere than in place has to be an array.
  for (auto [number, op] : llvm::enumerate(found))
    if (!whole.contains(op)) {
      candidates.push_back(op);
      if (number < numDirect)
        direct.insert(op);
    }
  llvm::sort(candidates, [](Operation *left, Operation *right) { return right->isBeforeInBlock(left); });
}

/// Those of \p computed, readers first, that nothing else needs if the loop has them.
llvm::SetVector<Operation *> ChoiceFinder::getMoved(ArrayRef<Operation *> computed) const {
  llvm::SetVector<Operation *> moved;
  for (Operation *op : computed)
    if (llvm::all_of(op->getUsers(),
                     [&](Operation *user) { return moved.contains(user) || llvm::is_contained(reader.members, user); }))
      moved.insert(op);
  return moved;
}

std::optional<Choice> ChoiceFinder::find(Again again) const {
  llvm::SetVector<Operation *> allowed = getMoved(candidates);
  for (Operation *op : candidates)
    if (again == Again::Anything || (again == Again::Cheap && getElementCost(op) < cheapCost))
      allowed.insert(op);

  MinCut graph;
  DenseMap<Value, unsigned> nodes;
  auto getNode = [&](Value array) {
    auto [entry, isNew] = nodes.try_emplace(array, 0);
    if (isNew) {
      // Sums of the weights stay far from the bound of the cut.
      entry->second = graph.addNode(std::min(reader.getKeptBytes(array), MinCut::unbounded >> 20));
      if (Operation *op = array.getDefiningOp(); !op || !allowed.contains(op))
        graph.addSource(entry->second);
    }
    return entry->second;
  };
  Choice choice;
  for (Operation *op : direct) {
    graph.addSink(getNode(op->getResult(0)));
    choice.savedBytes += reader.getKeptBytes(op->getResult(0));
  }
  for (Operation *op : allowed)
    reader.forEachArray(op, [&](Value array, bool) { graph.addEdge(getNode(array), getNode(op->getResult(0))); });
  std::optional<MinCut::Cut> cut = graph.solve();
  if (!cut)
    return std::nullopt;
  choice.savedBytes -= cut->weight;

  DenseSet<unsigned> kept(cut->nodes.begin(), cut->nodes.end());
  // Readers come first among the candidates.
  for (Operation *op : candidates) {
    bool isRead = direct.contains(op) || llvm::any_of(choice.computed, [&](Operation *computed) {
                    return llvm::is_contained(computed->getOperands(), op->getResult(0));
                  });
    if (isRead && allowed.contains(op) && !kept.contains(getNode(op->getResult(0))))
      choice.computed.insert(op);
  }
  llvm::SetVector<Operation *> moved = getMoved(choice.computed.getArrayRef());
  for (Operation *op : choice.computed)
    if (!moved.contains(op))
      choice.cost += getElementCost(op);
  return choice;
}

SmallVector<Operation *> remat::chooseComputed(const ArrayReader &reader) {
  ChoiceFinder finder(reader);
  for (Again again : {Again::Anything, Again::Cheap, Again::Nothing}) {
    std::optional<Choice> choice = finder.find(again);
    if (!choice || choice->computed.empty())
      continue;
    bool saves = choice->savedBytes > 0 || (reader.isReduction && choice->cost == 0 && choice->savedBytes == 0);
    double cost = static_cast<double>(choice->cost) * static_cast<double>(reader.points);
    double worth = reader.isReduction ? operationsPerReducedByte : operationsPerByte;
    if (saves && cost <= worth * static_cast<double>(choice->savedBytes))
      return llvm::to_vector(llvm::reverse(choice->computed));
  }
  return {};
}
