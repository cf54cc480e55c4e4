//===- ExportMemory.cpp - Sizes of blocks as symbols --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program that is compiled ahead of time is called with blocks of memory that
// its caller allocates. The sizes are known to the compiler alone, so they go into
// the object file.
//
//===----------------------------------------------------------------------===//

#include "remat/ABI/Entry.h"
#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace remat {
#define GEN_PASS_DEF_EXPORTMEMORYPASS
#include "remat/Conversion/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

namespace {
struct ExportMemoryPass final : remat::impl::ExportMemoryPassBase<ExportMemoryPass> {
  using Base::Base;

  void runOnOperation() override {
    OpBuilder builder = OpBuilder::atBlockBegin(getOperation().getBody());
    for (func::FuncOp entry : getOperation().getOps<func::FuncOp>()) {
      // A plan that is made later has its problem in the object file already.
      entry->removeAttr(problemAttrName);
      auto memory = entry->getAttrOfType<MemoryAttr>(memoryAttrName);
      if (!memory)
        continue;
      if (failed(exportSize(builder, entry, REMAT_ARENA_BYTES_SUFFIX, memory.getArena())) ||
          failed(exportSize(builder, entry, REMAT_PARAMETER_BYTES_SUFFIX, memory.getParameters())) ||
          failed(exportSize(builder, entry, REMAT_WALK_BYTES_SUFFIX, memory.getWalk())))
        return signalPassFailure();
      entry->removeAttr(memoryAttrName);
    }
  }

  LogicalResult exportSize(OpBuilder &builder, func::FuncOp entry, StringRef suffix, int64_t size) {
    std::string name = (entry.getName() + suffix).str();
    if (getOperation().lookupSymbol(name))
      return entry.emitOpError("expects the symbol '") << name << "' to be free for the size of a block";
    LLVM::GlobalOp::create(builder, entry.getLoc(), builder.getI64Type(), /*isConstant=*/true, LLVM::Linkage::External,
                           name, builder.getI64IntegerAttr(size));
    return success();
  }
};
} // namespace
