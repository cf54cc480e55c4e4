//===- ElementwiseLoop.cpp - One loop for many operations --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseLoop.h"

#include "ElementAccess.h"
#include "remat/Dialect/Linalg/VectorLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace remat;

namespace {

/// Writes one `linalg.generic` for a group of operations, with or without a reduction
/// behind them.
class LoopBuilder {
public:
  /// \p element leads from points of the loops to elements of the members.
  LoopBuilder(ArrayRef<Operation *> members, AffineMap element, Operation *last)
      : members(members), builder(last), loc(builder.getFusedLoc(getLocations(last))),
        type(cast<RankedTensorType>(members.front()->getResult(0).getType())), element(element) {}

  void emitLoop(const WritableArguments &writable);
  void emitReduction(linalg::LinalgOp reduction);

private:
  SmallVector<Location> getLocations(Operation *last) const {
    SmallVector<Location> locations = llvm::map_to_vector(members, [](Operation *op) { return op->getLoc(); });
    if (!llvm::is_contained(members, last))
      locations.push_back(last->getLoc());
    return locations;
  }
  bool isMember(Value value) const {
    return value.getDefiningOp() && llvm::is_contained(members, value.getDefiningOp());
  }
  void addRead(Value value, AffineMap map);
  void addReadsOfMembers();
  Value readElement(Value value, AffineMap map, OpBuilder &body);
  void emitStructured(linalg::LinalgOp op, IRMapping &mapping, OpBuilder &body);
  void emitMembers(OpBuilder &body);
  SmallVector<OpFoldResult> getSizes();

  ArrayRef<Operation *> members;
  OpBuilder builder;
  Location loc;
  RankedTensorType type;
  AffineMap element;

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
  ElementAccess access = resolveAccess(value, map);
  if (!access.source || inputOf.contains({access.source, access.map}))
    return;
  inputOf[{access.source, access.map}] = reads.values.size();
  reads.values.push_back(access.source);
  reads.maps.push_back(access.map ? access.map : AffineMap::get(element.getNumDims(), 0, builder.getContext()));
}

void LoopBuilder::addReadsOfMembers() {
  for (Operation *op : members)
    forEachRead(op, [&](OpOperand &operand, AffineMap map) { addRead(operand.get(), map.compose(element)); });
}

Value LoopBuilder::readElement(Value value, AffineMap map, OpBuilder &body) {
  if (isMember(value))
    return elements.lookup(value);
  ElementAccess access = resolveAccess(value, map);
  if (access.constant)
    return arith::ConstantOp::create(body, loc, cast<TypedAttr>(access.constant));
  return bodyBlock->getArgument(inputOf.lookup({access.source, access.map}));
}

/// The body of \p op, whose arguments \p mapping knows.
void LoopBuilder::emitStructured(linalg::LinalgOp op, IRMapping &mapping, OpBuilder &body) {
  for (Operation &nested : op.getBlock()->without_terminator())
    body.clone(nested, mapping);
  for (auto [result, yielded] : llvm::zip_equal(op->getResults(), op.getBlock()->getTerminator()->getOperands()))
    elements.map(result, mapping.lookupOrDefault(yielded));
}

void LoopBuilder::emitMembers(OpBuilder &body) {
  bodyBlock = body.getInsertionBlock();
  for (Operation *op : members) {
    if (auto structured = dyn_cast<linalg::LinalgOp>(op)) {
      IRMapping mapping;
      forEachRead(op, [&](OpOperand &operand, AffineMap map) {
        mapping.map(structured.getMatchingBlockArgument(&operand),
                    readElement(operand.get(), map.compose(element), body));
      });
      emitStructured(structured, mapping, body);
      continue;
    }
    SmallVector<Value> operands;
    forEachRead(op, [&](OpOperand &operand, AffineMap map) {
      operands.push_back(readElement(operand.get(), map.compose(element), body));
    });
    Type type = getElementTypeOrSelf(op->getResult(0).getType());
    OperationState state(op->getLoc(), op->getName(), operands, TypeRange(type),
                         op->getDiscardableAttrDictionary().getValue());
    state.propertiesAttr = op->getPropertiesAsAttribute();
    elements.map(op->getResult(0), body.create(state)->getResult(0));
  }
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

void LoopBuilder::emitLoop(const WritableArguments &writable) {
  addReadsOfMembers();
  for (Operation *op : members)
    for (Value result : op->getResults())
      if (!llvm::all_of(result.getUsers(), [&](Operation *user) { return llvm::is_contained(members, user); }))
        outputs.push_back(result);
  SmallVector<Value> inits = chooseDestinations(members, reads, outputs, writable);
  for (auto [output, init] : llvm::zip_equal(outputs, inits))
    if (!init)
      init = tensor::EmptyOp::create(builder, loc, getSizes(), getElementTypeOrSelf(output.getType()));
  SmallVector<AffineMap> maps(reads.maps);
  maps.append(outputs.size(), element);
  SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
  auto loop = linalg::GenericOp::create(
      builder, loc, ValueRange(outputs).getTypes(), reads.values, inits, maps, iterators,
      [&](OpBuilder &body, Location, ValueRange) {
        emitMembers(body);
        linalg::YieldOp::create(body, loc,
                                llvm::map_to_vector(outputs, [&](Value output) { return elements.lookup(output); }));
      });
  for (auto [output, result] : llvm::zip_equal(outputs, loop.getResults()))
    output.replaceAllUsesWith(result);
}

void LoopBuilder::emitReduction(linalg::LinalgOp reduction) {
  addReadsOfMembers();
  for (OpOperand *input : reduction.getDpsInputOperands())
    addRead(input->get(), reduction.getMatchingIndexingMap(input));
  SmallVector<AffineMap> maps(reads.maps);
  for (OpOperand &init : reduction.getDpsInitsMutable())
    maps.push_back(reduction.getMatchingIndexingMap(&init));
  auto emitBody = [&](OpBuilder &body, Location, ValueRange arguments) {
    emitMembers(body);
    IRMapping mapping;
    for (OpOperand *input : reduction.getDpsInputOperands())
      mapping.map(reduction.getMatchingBlockArgument(input),
                  readElement(input->get(), reduction.getMatchingIndexingMap(input), body));
    ValueRange sums = arguments.take_back(reduction.getNumDpsInits());
    for (auto [init, sum] : llvm::zip_equal(reduction.getDpsInitsMutable(), sums))
      mapping.map(reduction.getMatchingBlockArgument(&init), sum);
    emitStructured(reduction, mapping, body);
    linalg::YieldOp::create(
        body, loc, llvm::map_to_vector(reduction->getResults(), [&](Value result) { return elements.lookup(result); }));
  };
  // What it read said along which loop the lanes of its sums lie.
  SmallVector<NamedAttribute> attributes(reduction->getDiscardableAttrs());
  std::optional<unsigned> vectorLoop = getVectorLoop(reduction);
  auto loop =
      linalg::GenericOp::create(builder, loc, reduction->getResultTypes(), reads.values, reduction.getDpsInits(), maps,
                                reduction.getIteratorTypesArray(), emitBody, attributes);
  loop->setAttr(vectorLoopAttrName, builder.getI64IntegerAttr(*vectorLoop));
  reduction->replaceAllUsesWith(loop.getResults());
}

void remat::emitElementwiseLoop(ArrayRef<Operation *> members, const WritableArguments &writable) {
  auto rank = cast<RankedTensorType>(members.front()->getResult(0).getType()).getRank();
  LoopBuilder(members, AffineMap::getMultiDimIdentityMap(rank, members.front()->getContext()), members.back())
      .emitLoop(writable);
  for (Operation *op : llvm::reverse(members))
    op->erase();
}

void remat::emitFusedReduction(ArrayRef<Operation *> members, const FusedReduction &reduction) {
  LoopBuilder(members, reduction.element, reduction.op).emitReduction(cast<linalg::LinalgOp>(reduction.op));
  reduction.op->erase();
  for (Operation *op : llvm::reverse(members))
    op->erase();
}
