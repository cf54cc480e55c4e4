//===- ReportFunction.cpp - What the host says of a failed check --------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The texts of checks are in the program, as on a processor. The record has the numbers.
//
//===----------------------------------------------------------------------===//

#include "../../../Conversion/RuntimeCalls.h"
#include "DeviceChecks.h"
#include "remat/ABI/Record.h"
#include "remat/ABI/Symbols.h"
#include "remat/Support/FormatPlace.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace remat;

void DeviceChecks::createReport(ModuleOp module) const {
  if (!exist())
    return;
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Type i64 = builder.getI64Type(), pointer = LLVM::LLVMPointerType::get(builder.getContext());
  auto type = MemRefType::get({REMAT_RECORD_WORDS}, i64);
  auto function =
      func::FuncOp::create(builder, module.getLoc(), REMAT_REPORT_NAME, builder.getFunctionType({type}, TypeRange()));
  function->setAttr(LLVM::LLVMDialect::getEmitCWrapperAttrName(), builder.getUnitAttr());
  builder.setInsertionPointToStart(function.addEntryBlock());
  SymbolTable symbols(module);

  auto load = [&](Location loc, RematRecord word) -> Value {
    Value at = arith::ConstantIndexOp::create(builder, loc, word);
    return memref::LoadOp::create(builder, loc, function.getArgument(0), at);
  };
  Value site = arith::IndexCastOp::create(builder, module.getLoc(), builder.getIndexType(),
                                          load(module.getLoc(), REMAT_RECORD_SITE));
  auto numbers = llvm::to_vector(llvm::seq<int64_t>(1, int64_t(sites.size()) + 1));
  auto choice = scf::IndexSwitchOp::create(builder, module.getLoc(), TypeRange(), site, numbers, numbers.size());
  func::ReturnOp::create(builder, module.getLoc());
  builder.createBlock(&choice.getDefaultRegion());
  scf::YieldOp::create(builder, module.getLoc());
  for (auto [site, region] : llvm::zip_equal(sites, choice.getCaseRegions())) {
    Location loc = site.loc;
    builder.createBlock(&region);
    SmallVector<Value> arguments;
    auto addText = [&](StringRef text) {
      arguments.push_back(LLVM::AddressOfOp::create(builder, loc, createRuntimeText(module, symbols, loc, text)));
    };
    LLVM::LLVMFuncOp callee;
    switch (site.kind) {
    case Site::Indices:
      for (RematRecord word : {REMAT_RECORD_VALUE, REMAT_RECORD_STEP, REMAT_RECORD_POSITION, REMAT_RECORD_LEAST})
        arguments.push_back(load(loc, word));
      addText(formatPlace(loc));
      callee = getOrDeclareRuntime(module, symbols, symbols::rematFailAtIndex, {i64, i64, i64, i64, pointer});
      break;
    case Site::Range:
      for (RematRecord word : {REMAT_RECORD_VALUE, REMAT_RECORD_LEAST, REMAT_RECORD_MOST, REMAT_RECORD_STEP})
        arguments.push_back(load(loc, word));
      addText(site.what);
      addText(formatPlace(loc));
      callee = getOrDeclareCheckRange(module, symbols);
      break;
    case Site::Assertion:
      addText(getAssertionText(site.what, loc));
      callee = getOrDeclareFail(module, symbols);
      break;
    }
    LLVM::CallOp::create(builder, loc, callee, arguments);
    scf::YieldOp::create(builder, loc);
  }
}
