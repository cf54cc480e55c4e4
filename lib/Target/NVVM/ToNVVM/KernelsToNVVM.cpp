//===- KernelsToNVVM.cpp - From gpu, memref and arith to NVVM -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the conversions of MLIR do one after the other, in one, as for processors
// (KernelsToLLVM.cpp). convert-gpu-to-nvvm is not used: it makes calls of a CUDA library
// of what math has left, and has no form for a memref whose offset is not known.
//
//===----------------------------------------------------------------------===//

#include "remat/Support/LLVM.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/Analysis/DataLayoutAnalysis.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Transforms/DialectConversion.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTGPUKERNELSTONVVMPASS
#include "remat/Target/NVVM/Passes.h.inc"
} // namespace remat

using namespace remat;

/// An argument is the address itself: nothing is left of an offset, which only a type
/// without one says.
static void dropOffsets(gpu::GPUFuncOp kernel) {
  OpBuilder builder = OpBuilder::atBlockBegin(&kernel.getBody().front());
  SmallVector<Type> types;
  for (BlockArgument argument : kernel.getBody().getArguments().take_front(kernel.getNumArguments())) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (type && type.getRank() == 0 && !type.getLayout().isIdentity()) {
      argument.setType(MemRefType::get({}, type.getElementType(), MemRefLayoutAttrInterface(), type.getMemorySpace()));
      auto cast = memref::CastOp::create(builder, argument.getLoc(), type, argument);
      argument.replaceAllUsesExcept(cast, cast);
    }
    types.push_back(argument.getType());
  }
  kernel.setFunctionType(builder.getFunctionType(types, {}));
}

namespace {

struct ConvertGPUKernelsToNVVMPass final : remat::impl::ConvertGPUKernelsToNVVMPassBase<ConvertGPUKernelsToNVVMPass> {
  using Base::Base;

  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    for (auto kernel : module.getOps<gpu::GPUFuncOp>())
      dropOffsets(kernel);
    const auto &layouts = getAnalysis<DataLayoutAnalysis>();
    LowerToLLVMOptions options(&getContext(), layouts.getAtOrAbove(module));
    options.useBarePtrCallConv = true;
    LLVMTypeConverter converter(&getContext(), options, &layouts);
    configureGpuToNVVMTypeConverter(converter);
    RewritePatternSet patterns(&getContext());
    SymbolTableCollection symbols;
    populateGpuToNVVMConversionPatterns(converter, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns, &symbols);
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    arith::populateArithToLLVMConversionPatterns(converter, patterns);
    index::populateIndexToLLVMConversionPatterns(converter, patterns);
    populateFuncToLLVMConversionPatterns(converter, patterns, &symbols);
    populateMathToLLVMConversionPatterns(converter, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    ub::populateUBToLLVMConversionPatterns(converter, patterns);
    LLVMConversionTarget target(getContext());
    target.addLegalDialect<NVVM::NVVMDialect>();
    target.addLegalOp<gpu::GPUModuleOp>();
    // A constant that folding makes of an argument's offset would be converted by nobody.
    ConversionConfig config;
    config.foldingMode = DialectConversionFoldingMode::Never;
    if (failed(applyFullConversion(module, target, std::move(patterns), config)))
      signalPassFailure();
  }
};

} // namespace
