//===- PlannerFreeTest.cpp - Schedules are lowered, not made -- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// This program has all objects of RematToSCF and RematIR, and none of the planners
// (see the CMakeLists.txt): what a conversion needs of a plan is in the IR.
//
//===----------------------------------------------------------------------===//

#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace remat;

/// A chain whose plan is an argument.
static constexpr StringLiteral program = R"(
  func.func private @advance(%t: index, %pos: index, %h: memref<16xf32>, %next: memref<16xf32>,
                             %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
  func.func private @record(%t: index, %pos: index, %h: memref<16xf32>, %next: memref<16xf32>,
                            %tape: memref<16xf32>, %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
  func.func private @linearize(%t: index, %pos: index, %h: memref<16xf32>, %tape: memref<16xf32>,
                               %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
  func.func private @reverse(%t: index, %pos: index, %tape: memref<16xf32>, %d: memref<16xf32>, %before: memref<16xf32>,
                             %workspace: memref<0xi8>, %counters: memref<5xi64>) { return }
  remat.chain "private" @walk advance(@advance) record(@record) linearize(@linearize) reverse(@reverse)
    carry [tensor<16xf32>] tape [tensor<16xf32>] gradient [tensor<16xf32>]
    workspace [0, 0, 0, 0, 0, 0, 0] loop(0)
  func.func @gradient(%h0: memref<16xf32>, %d: memref<16xf32>, %h: memref<16xf32>, %d0: memref<16xf32>, %count: index,
                      %arena: memref<?xi8>, %parameters: memref<?xi8>, %counters: memref<?xi64>,
                      %walk_block: memref<?xi8>, %plan: memref<?xi64>) {
    %history = remat.forward_sweep @walk count(%count) init(%h0 : memref<16xf32>) final(%h : memref<16xf32>)
      history !remat.history schedule { remat.walk }
    remat.backward_sweep @walk history(%history) count(%count) init(%h0 : memref<16xf32>)
      final_cotangent(%d : memref<16xf32>) init_gradient(%d0 : memref<16xf32>) schedule { remat.walk }
    return
  })";

TEST(PlannerFreeTest, AWalkIsLowered) {
  MLIRContext context;
  context.loadDialect<arith::ArithDialect, func::FuncDialect, linalg::LinalgDialect, memref::MemRefDialect,
                      scf::SCFDialect, RematDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(program, &context);
  ASSERT_TRUE(module);
  PassManager manager(&context);
  manager.addPass(createConvertRematToSCFPass());
  ASSERT_TRUE(succeeded(manager.run(*module)));
  EXPECT_TRUE(module->lookupSymbol<func::FuncOp>("rematWalkBegin"));
  EXPECT_TRUE(module->lookupSymbol<func::FuncOp>("rematWalkNext"));
  EXPECT_TRUE(module->getOps<ChainOp>().empty());
}
