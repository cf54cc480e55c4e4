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
// could not be put in order again.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/StepFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <queue>

namespace remat {
#define GEN_PASS_DEF_FUSEELEMENTWISE
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

//===----------------------------------------------------------------------===//
// What can be fused
//===----------------------------------------------------------------------===//

namespace {
/// How an element of a tensor is read: from \p source at \p map of the indices, or
/// from a scalar (no map) that is used for every element.
struct Access {
  Value source;
  AffineMap map;      // null for a scalar
  Attribute constant; // in place of a source
};
} // namespace

/// True for a generic over parallel loops whose body only computes on scalars.
static bool isElementwiseGeneric(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() != 0 || !op.hasPureTensorSemantics())
    return false;
  for (OpOperand &init : op.getDpsInitsMutable())
    if (!op.getMatchingIndexingMap(&init).isIdentity())
      return false;
  for (OpOperand *input : op.getDpsInputOperands())
    if (!op.getMatchingIndexingMap(input).isProjectedPermutation(/*allowZeroInResults=*/true))
      return false;
  return llvm::all_of(op.getBlock()->without_terminator(), [](Operation &nested) {
    return OpTrait::hasElementwiseMappableTraits(&nested) || nested.hasTrait<OpTrait::ConstantLike>();
  });
}

/// The input that \p op copies to its only result, through whatever map; null if it
/// computes something.
static OpOperand *getCopiedInput(linalg::LinalgOp op) {
  if (!isElementwiseGeneric(op) || op.getNumDpsInits() != 1)
    return nullptr;
  auto argument = dyn_cast<BlockArgument>(op.getBlock()->getTerminator()->getOperand(0));
  if (!argument || argument.getOwner() != op.getBlock() || argument.getArgNumber() >= op.getNumDpsInputs())
    return nullptr;
  return &op->getOpOperand(argument.getArgNumber());
}

/// True for an operation that becomes part of a fused loop.
static bool isFusible(Operation *op) {
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return isElementwiseGeneric(structured) && !getCopiedInput(structured);
  if (!OpTrait::hasElementwiseMappableTraits(op) || op->getNumResults() != 1)
    return false;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  return type && !type.getEncoding() && llvm::all_of(op->getOperandTypes(), [&](Type operand) {
           auto tensor = dyn_cast<RankedTensorType>(operand);
           return tensor ? tensor.getShape() == type.getShape() : operand.isIntOrIndexOrFloat();
         });
}

static RankedTensorType getShapeOf(Operation *op) { return cast<RankedTensorType>(op->getResult(0).getType()); }

/// Looks through broadcasts, transpositions, fills and splats: reading an element
/// of their result is reading one of their operand.
static Access resolve(Value value, AffineMap map) {
  while (true) {
    DenseElementsAttr constant;
    if (matchPattern(value, m_Constant(&constant)) && constant.isSplat())
      return {{}, {}, constant.getSplatValue<Attribute>()};
    if (auto splat = value.getDefiningOp<tensor::SplatOp>())
      return {splat.getInput(), {}, {}};
    auto copy = value.getDefiningOp<linalg::LinalgOp>();
    OpOperand *input = copy ? getCopiedInput(copy) : nullptr;
    if (!input)
      return {value, map, {}};
    if (!isa<RankedTensorType>(input->get().getType())) {
      Attribute scalar;
      if (matchPattern(input->get(), m_Constant(&scalar)))
        return {{}, {}, scalar};
      return {input->get(), {}, {}};
    }
    map = copy.getMatchingIndexingMap(input).compose(map);
    value = input->get();
  }
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

namespace {

/// Results of step functions and the arguments that they have to update in place.
using InPlaceArguments = DenseMap<OpOperand *, Value>;

/// Operations of one block that become one loop.
struct Cluster {
  SmallVector<Operation *> members; // in the order of the block
};

/// Fuses the element-wise operations of one block.
class BlockFuser {
public:
  BlockFuser(Block &block, const InPlaceArguments &inPlace) : block(block), inPlace(inPlace) {}

  void run() {
    findClusters();
    if (clusters.empty())
      return;
    sortBlock();
    for (Cluster &cluster : clusters)
      emit(cluster);
  }

private:
  /// The operations that an operation of the block uses, itself or in its regions.
  SmallVector<Operation *> getProducers(Operation *op) const {
    SmallVector<Operation *> producers;
    for (Value input : getInputs(op))
      if (Operation *producer = input.getDefiningOp(); producer && producer->getBlock() == &block)
        producers.push_back(producer);
    return producers;
  }

  bool canJoin(Operation *op, size_t cluster) const;
  void findClusters();
  void sortBlock();
  void emit(Cluster &cluster);

  Block &block;
  const InPlaceArguments &inPlace;
  std::vector<Cluster> clusters;
  DenseMap<Operation *, size_t> clusterOf;
};

} // namespace

/// Walks back from \p op outside of the cluster: meeting a member means that
/// something outside lies between.
bool BlockFuser::canJoin(Operation *op, size_t cluster) const {
  bool isDynamic = !getShapeOf(op).hasStaticShape(), readsMember = false;
  SmallVector<Operation *> worklist;
  for (Operation *producer : getProducers(op)) {
    auto found = clusterOf.find(producer);
    if (found != clusterOf.end() && found->second == cluster)
      readsMember = true;
    else
      worklist.push_back(producer);
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
    if (!isFusible(&op))
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

//===----------------------------------------------------------------------===//
// The fused loop
//===----------------------------------------------------------------------===//

namespace {

/// Writes one `linalg.generic` for a cluster.
class LoopBuilder {
public:
  LoopBuilder(Cluster &cluster, const InPlaceArguments &inPlace)
      : members(cluster.members), inPlace(inPlace), builder(members.back()), loc(builder.getFusedLoc(getLocations())),
        type(getShapeOf(members.front())), identity(builder.getMultiDimIdentityMap(type.getRank())) {}

  void run();

private:
  SmallVector<Location> getLocations() const {
    return llvm::map_to_vector(members, [](Operation *op) { return op->getLoc(); });
  }
  bool isMember(Value value) const {
    return value.getDefiningOp() && llvm::is_contained(members, value.getDefiningOp());
  }
  void addRead(Value value, AffineMap map);
  Value readElement(Value value, AffineMap map, OpBuilder &body);
  void emitBody(OpBuilder &body);
  Value getUpdated(Value output);
  Value chooseInit(Value output);
  SmallVector<OpFoldResult> getSizes();

  ArrayRef<Operation *> members;
  const InPlaceArguments &inPlace;
  OpBuilder builder;
  Location loc;
  RankedTensorType type;
  AffineMap identity;

  SmallVector<Value> inputs, outputs, inits;
  SmallVector<AffineMap> maps;
  DenseMap<std::pair<Value, AffineMap>, unsigned> inputOf;
  DenseSet<Value> taken; // inputs that the loop writes over
  IRMapping elements;    // of the members' results
  Block *bodyBlock = nullptr;
};

} // namespace

void LoopBuilder::addRead(Value value, AffineMap map) {
  if (isMember(value))
    return;
  Access access = resolve(value, map);
  if (!access.source || inputOf.contains({access.source, access.map}))
    return;
  inputOf[{access.source, access.map}] = inputs.size();
  inputs.push_back(access.source);
  maps.push_back(access.map ? access.map : AffineMap::get(type.getRank(), 0, builder.getContext()));
}

Value LoopBuilder::readElement(Value value, AffineMap map, OpBuilder &body) {
  if (isMember(value))
    return elements.lookup(value);
  Access access = resolve(value, map);
  if (access.constant)
    return arith::ConstantOp::create(body, loc, cast<TypedAttr>(access.constant));
  return bodyBlock->getArgument(inputOf.lookup({access.source, access.map}));
}

/// Visits what \p op reads, in the order of its operands.
static void forEachRead(Operation *op, AffineMap identity, function_ref<void(OpOperand &, AffineMap)> visit) {
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  for (OpOperand &operand : op->getOpOperands())
    if (!structured)
      visit(operand, identity);
    else if (structured.payloadUsesValueFromOperand(&operand))
      visit(operand, structured.getMatchingIndexingMap(&operand));
}

void LoopBuilder::emitBody(OpBuilder &body) {
  bodyBlock = body.getInsertionBlock();
  for (Operation *op : members) {
    IRMapping mapping;
    if (auto structured = dyn_cast<linalg::LinalgOp>(op)) {
      forEachRead(op, identity, [&](OpOperand &operand, AffineMap map) {
        mapping.map(structured.getMatchingBlockArgument(&operand), readElement(operand.get(), map, body));
      });
      for (Operation &nested : structured.getBlock()->without_terminator())
        body.clone(nested, mapping);
      for (auto [result, yielded] :
           llvm::zip_equal(op->getResults(), structured.getBlock()->getTerminator()->getOperands()))
        elements.map(result, mapping.lookupOrDefault(yielded));
      continue;
    }
    SmallVector<Value> operands;
    forEachRead(op, identity,
                [&](OpOperand &operand, AffineMap map) { operands.push_back(readElement(operand.get(), map, body)); });
    Type element = getElementTypeOrSelf(op->getResult(0).getType());
    OperationState state(op->getLoc(), op->getName(), operands, TypeRange(element),
                         op->getDiscardableAttrDictionary().getValue());
    state.propertiesAttr = op->getPropertiesAsAttribute();
    elements.map(op->getResult(0), body.create(state)->getResult(0));
  }
  linalg::YieldOp::create(body, loc,
                          llvm::map_to_vector(outputs, [&](Value output) { return elements.lookup(output); }));
}

/// True if \p input is a slice and \p output is only put back in its place.
static bool isReplacedSlice(Value input, Value output) {
  auto extract = input.getDefiningOp<tensor::ExtractSliceOp>();
  auto insert = output.hasOneUse() ? dyn_cast<tensor::InsertSliceOp>(*output.user_begin()) : tensor::InsertSliceOp();
  return extract && insert && insert.getSource() == output && insert.getDest() == extract.getSource() &&
         insert.isSameAs(extract, [](OpFoldResult left, OpFoldResult right) { return left == right; });
}

/// The accumulator that \p output is the new value of; null if it is something else.
Value LoopBuilder::getUpdated(Value output) {
  for (OpOperand &use : output.getUses())
    if (Value argument = inPlace.lookup(&use))
      for (auto [input, map] : llvm::zip_equal(inputs, maps))
        if (input == argument && map.isIdentity())
          return argument;
  return {};
}

/// The tensor that \p output is written over: an input that nobody reads afterwards
/// (the pre-activation of a gate, say; the slice that is updated), or an empty one.
Value LoopBuilder::chooseInit(Value output) {
  for (auto [input, map] : llvm::zip_equal(inputs, maps)) {
    if (input.getType() != output.getType() || taken.contains(input))
      continue;
    bool isReadElsewhere =
        llvm::any_of(llvm::zip_equal(inputs, maps),
                     [&, input = input](auto other) {
                       return std::get<0>(other) == input && !std::get<1>(other).isIdentity();
                     }) ||
        !llvm::all_of(input.getUsers(), [&](Operation *user) { return llvm::is_contained(members, user); });
    auto producer = input.getDefiningOp<linalg::LinalgOp>();
    bool isTemporary = producer && producer.getNumReductionLoops() != 0;
    if (isReadElsewhere || (!isTemporary && !isReplacedSlice(input, output)))
      continue;
    taken.insert(input);
    return input;
  }
  return tensor::EmptyOp::create(builder, loc, getSizes(), cast<RankedTensorType>(output.getType()).getElementType());
}

/// The sizes of the loop.
SmallVector<OpFoldResult> LoopBuilder::getSizes() {
  if (type.hasStaticShape())
    return getAsIndexOpFoldResult(builder.getContext(), type.getShape());
  for (auto [input, map] : llvm::zip_equal(inputs, maps))
    if (map.isIdentity())
      return tensor::getMixedSizes(builder, loc, input);
  // All that is read is broadcast: there is a structured operation with a destination.
  for (Operation *op : members)
    if (auto structured = dyn_cast<linalg::LinalgOp>(op))
      return tensor::getMixedSizes(builder, loc, structured.getDpsInits().front());
  return {};
}

void LoopBuilder::run() {
  for (Operation *op : members) {
    forEachRead(op, identity, [&](OpOperand &operand, AffineMap map) { addRead(operand.get(), map); });
    for (Value result : op->getResults())
      if (!llvm::all_of(result.getUsers(), [&](Operation *user) { return llvm::is_contained(members, user); }))
        outputs.push_back(result);
  }
  // Accumulators have to be updated where they are: nothing else may take their place.
  for (Value output : outputs)
    if (Value updated = inits.emplace_back(getUpdated(output)))
      taken.insert(updated);
  for (auto [output, init] : llvm::zip_equal(outputs, inits))
    if (!init)
      init = chooseInit(output);
  maps.append(outputs.size(), identity);
  SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
  auto loop = linalg::GenericOp::create(builder, loc, ValueRange(outputs).getTypes(), inputs, inits, maps, iterators,
                                        [&](OpBuilder &nested, Location, ValueRange) { emitBody(nested); });
  for (auto [output, result] : llvm::zip_equal(outputs, loop.getResults()))
    output.replaceAllUsesWith(result);
}

void BlockFuser::emit(Cluster &cluster) {
  LoopBuilder(cluster, inPlace).run();
  for (Operation *op : llvm::reverse(cluster.members))
    op->erase();
}

static InPlaceArguments findInPlaceArguments(ModuleOp module) {
  InPlaceArguments inPlace;
  for (ChainOp chain : getChains(module))
    for (StepFunction step : getStepFunctions(chain)) {
      Operation *end = step.function.getBody().front().getTerminator();
      for (OpOperand &result : end->getOpOperands())
        if (std::optional<unsigned> argument = step.getInPlaceArgument(result.getOperandNumber()))
          inPlace[&result] = step.function.getArgument(*argument);
    }
  return inPlace;
}

namespace {
struct FuseElementwisePass final : remat::impl::FuseElementwiseBase<FuseElementwisePass> {
  using Base::Base;

  void runOnOperation() override {
    InPlaceArguments inPlace;
    if (auto module = dyn_cast<ModuleOp>(getOperation()))
      inPlace = findInPlaceArguments(module);
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
      BlockFuser(*block, inPlace).run();
      // What the loops read through.
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*block)))
        if (isOpTriviallyDead(&op))
          op.erase();
    }
  }
};
} // namespace
