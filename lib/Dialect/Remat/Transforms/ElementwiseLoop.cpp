//===- ElementwiseLoop.cpp - One loop for many operations --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace remat;

/// True for a generic over parallel loops whose body only computes on scalars.
static bool isElementwiseGeneric(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() != 0 || !op.hasPureTensorSemantics() || op.getNumDpsInits() == 0)
    return false;
  ArrayRef<int64_t> shape = op.getShape(op.getDpsInitOperand(0));
  for (OpOperand &init : op.getDpsInitsMutable())
    if (!op.getMatchingIndexingMap(&init).isIdentity() || op.getShape(&init) != shape)
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

/// Visits what \p op reads, in the order of its operands.
static void forEachRead(Operation *op, function_ref<void(OpOperand &, AffineMap)> visit) {
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  auto rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  for (OpOperand &operand : op->getOpOperands())
    if (!structured)
      visit(operand, AffineMap::getMultiDimIdentityMap(rank, op->getContext()));
    else if (structured.payloadUsesValueFromOperand(&operand))
      visit(operand, structured.getMatchingIndexingMap(&operand));
}

/// True if each point of a loop over \p shape reads its own element through \p map.
/// Where an extent is one, its only index may be written as 0.
static bool readsInPlace(AffineMap map, ArrayRef<int64_t> shape) {
  return map.getNumResults() == shape.size() && llvm::all_of(llvm::enumerate(map.getResults()), [&](auto result) {
           return shape[result.index()] == 1 || result.value() == getAffineDimExpr(result.index(), map.getContext());
         });
}

bool remat::readsOnlyInPlace(Operation *op, Operation *producer) {
  bool inPlace = true;
  forEachRead(op, [&](OpOperand &operand, AffineMap map) {
    if (operand.get().getDefiningOp() == producer)
      inPlace &= readsInPlace(map, cast<RankedTensorType>(operand.get().getType()).getShape());
  });
  return inPlace;
}

/// True for an operation that becomes part of a fused loop.
bool remat::isElementwiseFusible(Operation *op) {
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

namespace {
/// How an element of a tensor is read: from \p source at \p map of the indices, or
/// from a scalar (no map) that is used for every element.
struct Access {
  Value source;
  AffineMap map;      // null for a scalar
  Attribute constant; // in place of a source
};
} // namespace

/// Looks through broadcasts, transpositions, fills and splats: reading an element
/// of their result is reading one of their operand.
static Access resolve(Value value, AffineMap map) {
  while (true) {
    // One condition for all elements of a select.
    if (!isa<RankedTensorType>(value.getType()))
      return {value, {}, {}};
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

Value remat::getReadArray(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? resolve(value, AffineMap::getMultiDimIdentityMap(type.getRank(), value.getContext())).source : Value();
}

namespace {

/// Writes one `linalg.generic` for a group of operations.
class LoopBuilder {
public:
  LoopBuilder(ArrayRef<Operation *> members, const WritableArguments &writable)
      : members(members), writable(writable), builder(members.back()), loc(builder.getFusedLoc(getLocations())),
        type(cast<RankedTensorType>(members.front()->getResult(0).getType())),
        identity(builder.getMultiDimIdentityMap(type.getRank())) {}

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
  SmallVector<OpFoldResult> getSizes();

  ArrayRef<Operation *> members;
  const WritableArguments &writable;
  OpBuilder builder;
  Location loc;
  RankedTensorType type;
  AffineMap identity;

  ElementwiseReads reads;
  SmallVector<Value> outputs;
  DenseMap<std::pair<Value, AffineMap>, unsigned> inputOf;
  IRMapping elements; // of the members' results
  Block *bodyBlock = nullptr;
};

} // namespace

void LoopBuilder::addRead(Value value, AffineMap map) {
  if (isMember(value))
    return;
  Access access = resolve(value, map);
  if (!access.source || inputOf.contains({access.source, access.map}))
    return;
  inputOf[{access.source, access.map}] = reads.values.size();
  reads.values.push_back(access.source);
  reads.maps.push_back(access.map ? access.map : AffineMap::get(type.getRank(), 0, builder.getContext()));
}

Value LoopBuilder::readElement(Value value, AffineMap map, OpBuilder &body) {
  if (isMember(value))
    return elements.lookup(value);
  Access access = resolve(value, map);
  if (access.constant)
    return arith::ConstantOp::create(body, loc, cast<TypedAttr>(access.constant));
  return bodyBlock->getArgument(inputOf.lookup({access.source, access.map}));
}

void LoopBuilder::emitBody(OpBuilder &body) {
  bodyBlock = body.getInsertionBlock();
  for (Operation *op : members) {
    IRMapping mapping;
    if (auto structured = dyn_cast<linalg::LinalgOp>(op)) {
      forEachRead(op, [&](OpOperand &operand, AffineMap map) {
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
    forEachRead(op,
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

/// The sizes of \p value, from what it is written into where that is known: the value
/// itself may be a broadcast that nothing needs.
static SmallVector<OpFoldResult> getSizesOf(OpBuilder &builder, Location loc, Value value) {
  while (true) {
    auto result = dyn_cast<OpResult>(value);
    auto destination = result ? dyn_cast<DestinationStyleOpInterface>(result.getOwner()) : nullptr;
    if (!destination)
      break;
    value = destination.getTiedOpOperand(result)->get();
  }
  if (auto empty = value.getDefiningOp<tensor::EmptyOp>())
    return empty.getMixedSizes();
  if (auto splat = value.getDefiningOp<tensor::SplatOp>()) {
    SmallVector<OpFoldResult> sizes = getAsIndexOpFoldResult(builder.getContext(), splat.getType().getShape());
    auto next = splat.getDynamicSizes().begin();
    for (auto [dim, size] : llvm::enumerate(sizes))
      if (splat.getType().isDynamicDim(dim))
        size = *next++;
    return sizes;
  }
  return tensor::getMixedSizes(builder, loc, value);
}

/// The sizes of the loop.
SmallVector<OpFoldResult> LoopBuilder::getSizes() {
  if (type.hasStaticShape())
    return getAsIndexOpFoldResult(builder.getContext(), type.getShape());
  for (auto [input, map] : llvm::zip_equal(reads.values, reads.maps))
    if (map.isIdentity())
      return tensor::getMixedSizes(builder, loc, input);
  // All that is read is broadcast. The first member has the sizes of its destination,
  // or those of an operand: nothing else gives an operation that is not structured a shape.
  Operation *first = members.front();
  if (auto structured = dyn_cast<linalg::LinalgOp>(first))
    return getSizesOf(builder, loc, structured.getDpsInits().front());
  auto operand =
      llvm::find_if(first->getOperands(), [](Value value) { return isa<RankedTensorType>(value.getType()); });
  return getSizesOf(builder, loc, *operand);
}

void LoopBuilder::run() {
  for (Operation *op : members) {
    forEachRead(op, [&](OpOperand &operand, AffineMap map) { addRead(operand.get(), map); });
    for (Value result : op->getResults())
      if (!llvm::all_of(result.getUsers(), [&](Operation *user) { return llvm::is_contained(members, user); }))
        outputs.push_back(result);
  }
  SmallVector<Value> inits = chooseDestinations(members, reads, outputs, writable);
  for (auto [output, init] : llvm::zip_equal(outputs, inits))
    if (!init)
      init = tensor::EmptyOp::create(builder, loc, getSizes(), getElementTypeOrSelf(output.getType()));
  SmallVector<AffineMap> maps(reads.maps);
  maps.append(outputs.size(), identity);
  SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
  auto loop = linalg::GenericOp::create(builder, loc, ValueRange(outputs).getTypes(), reads.values, inits, maps,
                                        iterators, [&](OpBuilder &nested, Location, ValueRange) { emitBody(nested); });
  for (auto [output, result] : llvm::zip_equal(outputs, loop.getResults()))
    output.replaceAllUsesWith(result);
}

void remat::emitElementwiseLoop(ArrayRef<Operation *> members, const WritableArguments &writable) {
  LoopBuilder(members, writable).run();
  for (Operation *op : llvm::reverse(members))
    op->erase();
}
