//===- LaunchArguments.cpp - What kernels are given, in memory ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchArguments.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace remat;

/// Word number \p number of those at \p base.
static Value getWord(ImplicitLocOpBuilder &b, Value base, int64_t number) {
  return LLVM::GEPOp::create(b, base.getType(), b.getI64Type(), base, ArrayRef<LLVM::GEPArg>{int32_t(number)});
}

LaunchArguments::LaunchArguments(func::FuncOp function, ArrayRef<gpu::LaunchFuncOp> launches) {
  int64_t most = 0;
  for (gpu::LaunchFuncOp launch : launches)
    most = std::max<int64_t>(most, launch.getNumKernelOperands());
  ImplicitLocOpBuilder b(function.getLoc(), OpBuilder::atBlockBegin(&function.getBody().front()));
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  Value count = LLVM::ConstantOp::create(b, b.getI64Type(), b.getI64IntegerAttr(std::max<int64_t>(2 * most, 1)));
  words = LLVM::AllocaOp::create(b, pointer, b.getI64Type(), count, /*alignment=*/sizeof(int64_t));
  pointers = getWord(b, words, most);
  for (int64_t number = 0; number < most; ++number)
    LLVM::StoreOp::create(b, getWord(b, words, number), getWord(b, pointers, number));
}

/// The address of the first element of \p memref, as a number.
static Value getAddress(ImplicitLocOpBuilder &b, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(b, memref);
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (succeeded(type.getStridesAndOffset(strides, offset)) && offset == 0)
    return address;
  auto metadata = memref::ExtractStridedMetadataOp::create(b, memref);
  int64_t bytes = type.getElementType().isIndex() ? sizeof(int64_t) : (type.getElementTypeBitWidth() + 7) / 8;
  Value begin = arith::MulIOp::create(b, metadata.getOffset(), arith::ConstantIndexOp::create(b, bytes));
  return arith::AddIOp::create(b, address, begin);
}

Value LaunchArguments::store(gpu::LaunchFuncOp launch) {
  ImplicitLocOpBuilder b(launch.getLoc(), launch);
  for (auto [number, operand] : llvm::enumerate(launch.getKernelOperands())) {
    Value value = operand;
    if (isa<MemRefType>(value.getType()))
      value = getAddress(b, value);
    if (value.getType().isIndex())
      value = arith::IndexCastOp::create(b, b.getI64Type(), value);
    LLVM::StoreOp::create(b, value, getWord(b, words, number));
  }
  return pointers;
}
