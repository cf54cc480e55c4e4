//===- KernelFunction.cpp - What a kernel is given ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelFunction.h"

#include "../HostCode/MemoryPlaces.h"
#include "DynamicOffsets.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/MapVector.h"

using namespace remat;

/// What \p memref is a view of.
static Value getRoot(Value memref) {
  while (auto view = memref.getDefiningOp<ViewLikeOpInterface>())
    memref = view.getViewSource();
  return memref;
}

Value KernelFunction::addParameter(Parameter parameter, Type type) {
  parameters.push_back(parameter);
  return function.getBody().front().addArgument(type, parameter.value.getLoc());
}

/// A memref of the same shape at the address of its first element.
Value KernelFunction::provideMemRef(Value value) {
  auto type = cast<MemRefType>(value.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  bool isOnStack = getRoot(value).getDefiningOp<memref::AllocaOp>() != nullptr;
  if (failed(type.getStridesAndOffset(strides, offset)) || isOnStack)
    return Value();
  Value address = addParameter({Parameter::Address, value, 0}, getElementAddressType(type));
  if (type.getRank() == 0)
    return address;
  OpBuilder builder = OpBuilder::atBlockEnd(&function.getBody().front());
  Type index = builder.getIndexType();
  SmallVector<OpFoldResult> mixedSizes, mixedStrides;
  for (auto [dim, size] : llvm::enumerate(type.getShape()))
    mixedSizes.push_back(ShapedType::isDynamic(size)
                             ? OpFoldResult(addParameter({Parameter::Size, value, unsigned(dim)}, index))
                             : OpFoldResult(builder.getIndexAttr(size)));
  for (auto [dim, stride] : llvm::enumerate(strides))
    mixedStrides.push_back(ShapedType::isDynamic(stride)
                               ? OpFoldResult(addParameter({Parameter::Stride, value, unsigned(dim)}, index))
                               : OpFoldResult(builder.getIndexAttr(stride)));
  auto metadata = memref::ExtractStridedMetadataOp::create(builder, value.getLoc(), address);
  return memref::ReinterpretCastOp::create(builder, value.getLoc(), getDynamicOffset(type), address,
                                           metadata.getOffset(), mixedSizes, mixedStrides);
}

/// Whether \p memref may be a constant array, or a view of one, as the host chooses.
static bool mayBeConstantArray(Value memref) {
  return llvm::any_of(findPlaces(memref), [](const MemoryPlace &place) {
    return place.root && place.root.getDefiningOp<memref::GetGlobalOp>();
  });
}

Value KernelFunction::provide(Value value) {
  if (Value known = mapping.lookupOrNull(value))
    return known;
  Operation *definition = value.getDefiningOp();
  bool isMemRef = isa<BaseMemRefType>(value.getType());
  bool isHostArray = isMemRef && mayBeConstantArray(value);
  if (definition && (definition->hasTrait<OpTrait::ConstantLike>() || isHostArray)) {
    // The device has arrays of its own, between which the kernel chooses.
    if (definition->getNumRegions() != 0 || !isMemoryEffectFree(definition))
      return Value();
    for (Value operand : definition->getOperands())
      if (!provide(operand))
        return Value();
    OpBuilder builder = OpBuilder::atBlockEnd(&function.getBody().front());
    builder.clone(*definition, mapping);
    return mapping.lookup(value);
  }
  if (isHostArray)
    return Value();
  Value provided;
  if (isa<MemRefType>(value.getType()))
    provided = provideMemRef(value);
  else if (value.getType().isIntOrIndexOrFloat())
    provided = addParameter({Parameter::Scalar, value, 0}, value.getType());
  if (provided)
    mapping.map(value, provided);
  return provided;
}

FailureOr<KernelFunction> KernelFunction::create(OnDeviceOp region) {
  // What is used from outside, and where first.
  llvm::MapVector<Value, Operation *> used;
  region.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (Value operand : op->getOperands())
      if (!region->isAncestor(operand.getParentBlock()->getParentOp()))
        used.insert({operand, op});
  });

  KernelFunction kernel;
  OpBuilder builder(region.getContext());
  Location loc = region.getLoc();
  kernel.function = gpu::GPUFuncOp::create(builder, loc, "kernel", builder.getFunctionType({}, {}));
  kernel.function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), builder.getUnitAttr());
  Block &body = kernel.function.getBody().front();
  for (auto [value, user] : used) {
    if (kernel.provide(value))
      continue;
    kernel.function->erase();
    user->emitOpError("expects scalars and strided memrefs that are not on the stack, but got ") << value.getType();
    return failure();
  }
  builder.setInsertionPointToEnd(&body);
  for (Operation &op : region.getBody().front())
    builder.clone(op, kernel.mapping);
  kernel.function.walk([&](memref::GetGlobalOp global) {
    if (!llvm::is_contained(kernel.constantArrays, global.getNameAttr()))
      kernel.constantArrays.push_back(global.getNameAttr());
  });
  gpu::ReturnOp::create(builder, loc);
  kernel.function.setFunctionType(builder.getFunctionType(body.getArgumentTypes(), {}));
  makeOffsetsDynamic(kernel.function);
  return kernel;
}

std::string KernelFunction::getText() const {
  std::string text;
  llvm::raw_string_ostream(text) << function;
  return text;
}

/// The address of the first element of \p memref.
static Value createAddress(OpBuilder &builder, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  Location loc = memref.getLoc();
  SmallVector<int64_t> strides;
  int64_t offset;
  (void)type.getStridesAndOffset(strides, offset);
  MemRefType addressType = getElementAddressType(type);
  if (ShapedType::isDynamic(offset)) {
    auto metadata = memref::ExtractStridedMetadataOp::create(builder, loc, memref);
    return memref::ReinterpretCastOp::create(builder, loc, addressType, memref, metadata.getOffset(),
                                             ArrayRef<OpFoldResult>(), ArrayRef<OpFoldResult>());
  }
  auto layout = offset == 0 ? StridedLayoutAttr() : StridedLayoutAttr::get(type.getContext(), offset, {});
  auto first = memref::ReinterpretCastOp::create(
      builder, loc, MemRefType::get({}, type.getElementType(), layout, type.getMemorySpace()), memref,
      builder.getIndexAttr(offset), ArrayRef<OpFoldResult>(), ArrayRef<OpFoldResult>());
  return memref::CastOp::create(builder, loc, addressType, first);
}

SmallVector<Value> KernelFunction::createArguments(OpBuilder &builder) const {
  SmallVector<Value> arguments;
  for (const Parameter &parameter : parameters) {
    Location loc = parameter.value.getLoc();
    switch (parameter.kind) {
    case Parameter::Scalar:
      arguments.push_back(parameter.value);
      break;
    case Parameter::Address:
      arguments.push_back(createAddress(builder, parameter.value));
      break;
    case Parameter::Size:
      arguments.push_back(memref::DimOp::create(builder, loc, parameter.value, parameter.dim));
      break;
    case Parameter::Stride: {
      auto metadata = memref::ExtractStridedMetadataOp::create(builder, loc, parameter.value);
      arguments.push_back(metadata.getStrides()[parameter.dim]);
      break;
    }
    }
  }
  return arguments;
}
