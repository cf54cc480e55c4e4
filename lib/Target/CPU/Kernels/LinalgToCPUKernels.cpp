//===- LinalgToCPUKernels.cpp - Linalg on memrefs to vector kernels -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds the kernel for each op. Named ops are generalised first: the kernels look
// at maps and bodies, so that all spellings of one product give one result.
//
//===----------------------------------------------------------------------===//

#include "remat/Target/CPU/LinalgToCPUKernels.h"
#include "remat/Support/LLVM.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Remarks.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTLINALGTOCPUKERNELSPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace remat;

LogicalResult remat::lowerLinalgOp(RewriterBase &rewriter, linalg::LinalgOp op, const RegisterFile &registers) {
  rewriter.setInsertionPoint(op);
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  if (!generic) {
    FailureOr<linalg::GenericOp> generalized = linalg::generalizeNamedOp(rewriter, op);
    if (succeeded(generalized))
      generic = *generalized;
  }
  if (generic && (succeeded(lowerContraction(rewriter, generic, registers)) ||
                  succeeded(lowerTranspose(rewriter, generic, registers)) ||
                  succeeded(lowerElementwise(rewriter, generic, registers)) ||
                  succeeded(lowerReduction(rewriter, generic, registers))))
    return success();
  linalg::LinalgOp remaining = generic ? cast<linalg::LinalgOp>(generic.getOperation()) : op;
  rewriter.setInsertionPoint(remaining);
  if (failed(linalg::linalgOpToLoops(rewriter, remaining)))
    return remaining.emitOpError("expects a form that has loops");
  rewriter.eraseOp(remaining);
  return success();
}

/// Turns a copy that memcpy cannot do into a linalg op; nothing remains of a copy
/// of a buffer onto itself.
static linalg::LinalgOp convertCopy(RewriterBase &rewriter, memref::CopyOp copy) {
  auto source = dyn_cast<MemRefType>(copy.getSource().getType());
  auto target = dyn_cast<MemRefType>(copy.getTarget().getType());
  if (copy.getSource() == copy.getTarget()) {
    rewriter.eraseOp(copy);
    return {};
  }
  if (!source || !target || (source.getLayout().isIdentity() && target.getLayout().isIdentity()))
    return {};
  rewriter.setInsertionPoint(copy);
  auto op = linalg::CopyOp::create(rewriter, copy.getLoc(), copy.getSource(), copy.getTarget());
  rewriter.eraseOp(copy);
  return op;
}

namespace {

struct ConvertLinalgToCPUKernelsPass final
    : remat::impl::ConvertLinalgToCPUKernelsPassBase<ConvertLinalgToCPUKernelsPass> {
  using Base::Base;

  void runOnOperation() override {
    RegisterFile registers = RegisterFile::get(isa);
    // The code of the entry runs at its speed on such processors alone.
    if (getOperation()->hasAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName()))
      remark::analysis(
          getOperation().getLoc(),
          remark::RemarkOpts::name("InstructionSet").category("remat-kernels").function(getOperation().getSymName()))
          << remark::metric("ISA", remat::getName(resolveVectorISA(isa)));
    IRRewriter rewriter(&getContext());
    SmallVector<memref::CopyOp> copies;
    getOperation().walk([&](memref::CopyOp copy) { copies.push_back(copy); });
    for (memref::CopyOp copy : copies)
      convertCopy(rewriter, copy);
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics())
        ops.push_back(op);
    });
    for (linalg::LinalgOp op : ops)
      if (failed(lowerLinalgOp(rewriter, op, registers)))
        return signalPassFailure();
  }
};

} // namespace
