//===- LinalgToGPUKernels.cpp - Linalg on memrefs to kernels ------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Named ops are generalised first, as on the CPU: forms look at maps and bodies, so that
// all spellings of one product give one result. Two ops share a kernel if the functions
// that hold them print alike.
//
//===----------------------------------------------------------------------===//

#include "DeviceForms.h"
#include "KernelForm.h"
#include "KernelFunction.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTLINALGTOGPUKERNELSPASS
#include "remat/Target/NVVM/Passes.h.inc"
} // namespace remat

using namespace remat;

/// What PTX lets a kernel be given.
static constexpr int64_t mostParameterBytes = 32764;

/// The constant array that argument number \p number of \p function is in all \p calls.
static memref::GetGlobalOp getCommonArray(ArrayRef<func::CallOp> calls, unsigned number) {
  memref::GetGlobalOp common;
  for (func::CallOp call : calls) {
    Value argument = call.getOperand(number);
    memref::GetGlobalOp global = getConstantArray(argument);
    // A view would have to be made again.
    if (!global || argument != global.getResult() || (common && common.getNameAttr() != global.getNameAttr()))
      return {};
    common = global;
  }
  return common;
}

/// Lets private functions use constant arrays themselves that they are always given.
static void passConstantsDown(ModuleOp module) {
  llvm::MapVector<func::FuncOp, SmallVector<func::CallOp>> callsOf;
  SymbolTableCollection symbols;
  module.walk([&](func::CallOp call) {
    if (auto callee = symbols.lookupNearestSymbolFrom<func::FuncOp>(call, call.getCalleeAttr()))
      callsOf[callee].push_back(call);
  });
  for (bool changed = true; changed;) {
    changed = false;
    for (auto &[function, calls] : callsOf) {
      if (!function.isPrivate() || function.isExternal())
        continue;
      for (BlockArgument argument : function.getArguments()) {
        memref::GetGlobalOp global = getCommonArray(calls, argument.getArgNumber());
        if (!global || argument.use_empty())
          continue;
        OpBuilder builder = OpBuilder::atBlockBegin(&function.front());
        argument.replaceAllUsesWith(builder.clone(*global)->getResult(0));
        changed = true;
      }
    }
  }
}

namespace {

struct ConvertLinalgToGPUKernelsPass final
    : remat::impl::ConvertLinalgToGPUKernelsPassBase<ConvertLinalgToGPUKernelsPass> {
  using Base::Base;
  void runOnOperation() override;

private:
  FailureOr<linalg::GenericOp> generalize(linalg::LinalgOp op);
  LogicalResult convert(linalg::GenericOp op);
  /// The kernel in the module that \p function, which is new, can share; or itself.
  gpu::GPUFuncOp share(KernelFunction &function, StringRef name);
  void copyConstantArrays(ArrayRef<FlatSymbolRefAttr> names);

  gpu::GPUModuleOp kernels;
  llvm::StringMap<gpu::GPUFuncOp> kernelOfText;
};

} // namespace

FailureOr<linalg::GenericOp> ConvertLinalgToGPUKernelsPass::generalize(linalg::LinalgOp op) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op.getOperation()))
    return generic;
  IRRewriter rewriter(op);
  FailureOr<linalg::GenericOp> generic = linalg::generalizeNamedOp(rewriter, op);
  if (failed(generic))
    op.emitOpError("expects a form that has loops");
  return generic;
}

void ConvertLinalgToGPUKernelsPass::copyConstantArrays(ArrayRef<FlatSymbolRefAttr> names) {
  SymbolTable device(kernels);
  for (FlatSymbolRefAttr name : names) {
    if (device.lookup(name.getValue()))
      continue;
    auto global = cast<memref::GlobalOp>(SymbolTable::lookupSymbolIn(getOperation(), name));
    OpBuilder builder = OpBuilder::atBlockBegin(kernels.getBody());
    cast<memref::GlobalOp>(builder.clone(*global)).setSymVisibility("private");
  }
}

gpu::GPUFuncOp ConvertLinalgToGPUKernelsPass::share(KernelFunction &function, StringRef name) {
  auto [entry, isNew] = kernelOfText.try_emplace(function.getText(), function.getFunction());
  if (!isNew) {
    function.getFunction().erase();
    return entry->second;
  }
  gpu::GPUFuncOp kernel = function.getFunction();
  copyConstantArrays(function.getConstantArrays());
  kernel.setName(name);
  SymbolTable(kernels).insert(kernel);
  kernel.setKnownBlockSize(ArrayRef<int32_t>{int32_t(threadsPerBlock), 1, 1});
  KernelBuilder b(function.getOp());
  chooseForm(function.getOp())->emit(b, kernel);
  function.getOp()->erase();
  return kernel;
}

LogicalResult ConvertLinalgToGPUKernelsPass::convert(linalg::GenericOp op) {
  if (failed(checkDeviceForms(op)))
    return failure();
  FailureOr<KernelFunction> function = KernelFunction::create(op);
  if (failed(function))
    return failure();
  std::unique_ptr<KernelForm> form = chooseForm(op);
  gpu::GPUFuncOp kernel = share(*function, form->getName());
  if (int64_t bytes = 8 * int64_t(kernel.getNumArguments()); bytes > mostParameterBytes)
    return op.emitOpError("expects at most ")
           << mostParameterBytes << " bytes of arguments of a kernel, but got " << bytes;
  KernelBuilder b(op);
  Value one = b.index(1);
  gpu::KernelDim3 grid{form->countBlocks(b), one, one}, block{b.index(threadsPerBlock), one, one};
  gpu::LaunchFuncOp::create(b, kernel, grid, block, /*dynamicSharedMemorySize=*/Value(), function->createArguments(b));
  op.erase();
  return success();
}

void ConvertLinalgToGPUKernelsPass::runOnOperation() {
  ModuleOp module = getOperation();
  passConstantsDown(module);
  // Copies of a buffer onto itself are nothing.
  SmallVector<memref::CopyOp> copies;
  module.walk([&](memref::CopyOp copy) { copies.push_back(copy); });
  for (memref::CopyOp copy : copies) {
    OpBuilder builder(copy);
    if (copy.getSource() != copy.getTarget())
      linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(), copy.getTarget());
    copy.erase();
  }
  SmallVector<linalg::LinalgOp> ops;
  module.walk([&](linalg::LinalgOp op) {
    if (op.hasPureBufferSemantics())
      ops.push_back(op);
  });
  if (ops.empty())
    return;
  SymbolTable symbols(module);
  OpBuilder builder(&getContext());
  kernels = gpu::GPUModuleOp::create(builder, module.getLoc(), kernelModuleName);
  symbols.insert(kernels, module.getBody()->begin());
  module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(), builder.getUnitAttr());
  kernelOfText.clear();
  for (linalg::LinalgOp op : ops) {
    FailureOr<linalg::GenericOp> generic = generalize(op);
    if (failed(generic) || failed(convert(*generic)))
      return signalPassFailure();
  }
}
