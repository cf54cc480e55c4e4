//===- LinalgToGPUKernels.cpp - What the device executes, to kernels ----------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Named ops are generalised first, as on the CPU: forms look at maps and bodies, so that
// all spellings of one product give one result. An op that stands for itself is a region of
// one op. Two regions share a kernel if the functions that hold them print alike.
//
//===----------------------------------------------------------------------===//

#include "BufferChoices.h"
#include "ConstantArguments.h"
#include "DeviceChecks.h"
#include "DeviceForms.h"
#include "Grid.h"
#include "Island.h"
#include "KernelFunction.h"
#include "remat/ABI/Record.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
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

namespace {

struct ConvertLinalgToGPUKernelsPass final
    : remat::impl::ConvertLinalgToGPUKernelsPassBase<ConvertLinalgToGPUKernelsPass> {
  using Base::Base;
  void runOnOperation() override;

private:
  LogicalResult generalize();
  LogicalResult convert(OnDeviceOp region);
  /// The kernel in the module that \p function, which is new, can share; or itself.
  gpu::GPUFuncOp share(KernelFunction &function, bool isGrid);
  void emit(gpu::GPUFuncOp kernel, bool isGrid);
  void copyConstantArrays(ArrayRef<FlatSymbolRefAttr> names);

  gpu::GPUModuleOp kernels;
  DeviceChecks checks;
  llvm::StringMap<gpu::GPUFuncOp> kernelOfText;
};

} // namespace

/// Makes linalg ops of copies. Those of a buffer onto itself are nothing.
static void convertCopies(ModuleOp module) {
  SmallVector<memref::CopyOp> copies;
  module.walk([&](memref::CopyOp copy) { copies.push_back(copy); });
  for (memref::CopyOp copy : copies) {
    OpBuilder builder(copy);
    if (copy.getSource() != copy.getTarget())
      linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(), copy.getTarget());
    copy.erase();
  }
}

/// Puts \p op into a region of its own, unless it is in one.
static void wrap(linalg::LinalgOp op) {
  if (op->getParentOfType<OnDeviceOp>())
    return;
  OpBuilder builder(op);
  auto region = OnDeviceOp::create(builder, op.getLoc());
  op->moveBefore(&region.getBody().front(), region.getBody().front().end());
}

LogicalResult ConvertLinalgToGPUKernelsPass::generalize() {
  SmallVector<linalg::LinalgOp> ops;
  getOperation().walk([&](linalg::LinalgOp op) {
    if (op.hasPureBufferSemantics())
      ops.push_back(op);
  });
  for (linalg::LinalgOp op : ops) {
    wrap(op);
    if (isa<linalg::GenericOp>(op.getOperation()))
      continue;
    IRRewriter rewriter(op);
    if (failed(linalg::generalizeNamedOp(rewriter, op)))
      return op.emitOpError("expects a form that has loops");
  }
  return success();
}

void ConvertLinalgToGPUKernelsPass::copyConstantArrays(ArrayRef<FlatSymbolRefAttr> names) {
  SymbolTable device(kernels);
  for (FlatSymbolRefAttr name : names) {
    if (device.lookup(name.getValue()))
      continue;
    auto global = cast<memref::GlobalOp>(SymbolTable::lookupSymbolIn(getOperation(), name));
    OpBuilder builder = OpBuilder::atBlockBegin(kernels.getBody());
    auto copy = cast<memref::GlobalOp>(builder.clone(*global));
    copy.setSymVisibility("private");
    // LLVM aligns arrays to 16 bytes unless it is told otherwise, and then reads as many where
    // fewer are left.
    if (std::optional<int64_t> bytes = getElementBytes(copy.getType().getElementType()))
      copy.setAlignmentAttr(builder.getI64IntegerAttr(*bytes));
  }
}

static bool beginsToCount(Operation *scope) {
  return scope->walk([](ResetCountersOp) { return WalkResult::interrupt(); }).wasInterrupted();
}

void ConvertLinalgToGPUKernelsPass::emit(gpu::GPUFuncOp kernel, bool isGrid) {
  // Behind a failed check memory says anything, or nothing was written there.
  bool hasTest = checks.exist() && !beginsToCount(kernel);
  if (isGrid)
    emitGrid(kernel, checks);
  else
    Island(kernel, checks).emit();
  if (hasTest)
    checks.emitTest(kernel);
}

gpu::GPUFuncOp ConvertLinalgToGPUKernelsPass::share(KernelFunction &function, bool isGrid) {
  gpu::GPUFuncOp kernel = function.getFunction();
  StringRef name = isGrid ? chooseForm(getGridOp(kernel))->getName() : "island";
  auto [entry, isNew] = kernelOfText.try_emplace((name + function.getText()).str(), kernel);
  if (!isNew) {
    kernel.erase();
    return entry->second;
  }
  copyConstantArrays(function.getConstantArrays());
  // Constant arrays keep their names.
  kernel.setName(getOperation().lookupSymbol(name) ? (name + "_kernel").str() : name.str());
  SymbolTable(kernels).insert(kernel);
  kernel.setKnownBlockSize(ArrayRef<int32_t>{int32_t(threadsPerBlock), 1, 1});
  emit(kernel, isGrid);
  return kernel;
}

LogicalResult ConvertLinalgToGPUKernelsPass::convert(OnDeviceOp region) {
  if (failed(checkDeviceForms(region)))
    return failure();
  FailureOr<KernelFunction> function = KernelFunction::create(region);
  if (failed(function))
    return failure();
  // What it is for stands behind what it needs.
  Operation &last = region.getBody().front().back();
  Value blocks = countGridBlocks(region);
  gpu::GPUFuncOp kernel = share(*function, /*isGrid=*/blocks != nullptr);
  if (int64_t bytes = 8 * int64_t(kernel.getNumArguments()); bytes > mostParameterBytes)
    return mlir::emitError(last.getLoc(), "this would be a kernel with ")
           << bytes << " bytes of arguments, and GPUs take at most " << mostParameterBytes;
  ImplicitLocOpBuilder b(region.getLoc(), region);
  Value one = arith::ConstantIndexOp::create(b, 1), threads = arith::ConstantIndexOp::create(b, threadsPerBlock);
  gpu::KernelDim3 grid{blocks ? blocks : one, one, one}, block{threads, one, one};
  gpu::LaunchFuncOp::create(b, kernel, grid, block, /*dynamicSharedMemorySize=*/Value(), function->createArguments(b));
  region.erase();
  return success();
}

void ConvertLinalgToGPUKernelsPass::runOnOperation() {
  ModuleOp module = getOperation();
  convertCopies(module);
  selectBuffers(module);
  if (failed(passConstantsDown(module)) || failed(generalize()))
    return signalPassFailure();
  SmallVector<OnDeviceOp> regions;
  module.walk([&](OnDeviceOp region) { regions.push_back(region); });
  if (regions.empty())
    return;
  checks.collect(module);
  if (checks.exist())
    if (Operation *other = module.lookupSymbol(REMAT_REPORT_NAME)) {
      other->emitOpError("expects another name: '") << REMAT_REPORT_NAME << "' reports failed checks";
      return signalPassFailure();
    }
  checks.createReport(module);
  SymbolTable symbols(module);
  OpBuilder builder(&getContext());
  kernels = gpu::GPUModuleOp::create(builder, module.getLoc(), kernelModuleName);
  symbols.insert(kernels, module.getBody()->begin());
  module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(), builder.getUnitAttr());
  if (checks.exist())
    checks.declareRecord(kernels);
  kernelOfText.clear();
  for (OnDeviceOp region : regions) {
    if (region.getBody().front().empty())
      region.erase();
    else if (failed(convert(region)))
      return signalPassFailure();
  }
}
