//===- RegionCheckTest.cpp - Checks that kernels make -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What fails, what the host says of it, and what kernels behind it leave alone. The stand-in
// would find a read outside of a table.
//
//===----------------------------------------------------------------------===//

#include "RegionHarness.h"
#include "remat/ABI/Record.h"

#include "gtest/gtest.h"

using namespace remat;
using namespace remat::test;

/// The check, the gather that relies on it in a kernel of its own, and one in the same island.
static std::string getGather(const std::string &type, const std::string &form) {
  return R"(
    func.func @f(%counters: memref<5xi64>, %table: memref<5xf32>, %at: memref<)" +
         type + R"(>, %x: memref<1xf32>, %y: memref<1xf32>)
        attributes {llvm.emit_c_interface} {
      %c0 = arith.constant 0 : index
      %c5 = arith.constant 5 : index
      %c7 = arith.constant 7 : index
      DEVICE {
        remat.reset_counters %counters : memref<5xi64>
      }
      DEVICE {
        remat.check_indices %at )" +
         form + R"( below %c5 : memref<)" + type + R"(> loc("step.mlir":12:3)
        %one = arith.constant 1.0 : f32
        memref.store %one, %x[%c0] : memref<1xf32>
      }
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%y : memref<1xf32>) {
      ^bb0(%out: f32):
        %v = memref.load %x[%c0] : memref<1xf32>
        linalg.yield %v : f32
      }
      return
    })";
}

TEST(RegionChecks, Indices) {
  for (const char *element : {"i8", "i16", "i32", "i64", "index"}) {
    for (int64_t extent : {1, 3, 16, 17, 33, 300}) {
      RegionProgram program(getGather("?x" + std::string(element), "at(%c7)"), extent);
      ASSERT_TRUE(program.isValid());
      program.run();
      EXPECT_EQ(program.report(), "");
      EXPECT_EQ(program.getBuffers()[4]->get(0), 1.0);
      // The smaller of two positions, whatever thread finds it.
      for (int64_t bad : {int64_t(0), extent / 2, extent - 1}) {
        program.run([&](Buffers &buffers) {
          buffers[4]->set(0, 7);
          buffers[2]->set(extent - 1, 5);
          buffers[2]->set(bad, -3);
        });
        EXPECT_EQ(program.report(), "index -3 at step 7, position " + std::to_string(bad) +
                                        " is outside its table: expected 0 to 4 (step.mlir:12)");
        EXPECT_EQ(program.getBuffers()[4]->get(0), 7.0) << "what is behind the check has run";
      }
    }
  }
}

TEST(RegionChecks, IndicesOfSteps) {
  for (bool reversed : {false, true}) {
    RegionProgram program(getGather("?x2x3xi32", reversed ? "per_step reversed" : "per_step"), 17);
    ASSERT_TRUE(program.isValid());
    program.run();
    EXPECT_EQ(program.report(), "");
    program.run([](Buffers &buffers) {
      buffers[2]->set(2 * 6 + 4, 5);
      buffers[2]->set(9 * 6 + 1, 99);
    });
    EXPECT_EQ(program.report(),
              reversed ? "index 99 at step 7, position 1 is outside its table: expected 0 to 4 (step.mlir:12)"
                       : "index 5 at step 2, position 4 is outside its table: expected 0 to 4 (step.mlir:12)");
  }
}

TEST(RegionChecks, NoStep) {
  RegionProgram program(getGather("3xi32", ""));
  ASSERT_TRUE(program.isValid());
  program.run([](Buffers &buffers) { buffers[2]->set(1, 6); });
  EXPECT_EQ(program.report(), "index 6 at position 1 is outside its table: expected 0 to 4 (step.mlir:12)");
}

/// A loop that memory controls leaves, whether or not it would ever end.
TEST(RegionChecks, LoopLeaves) {
  RegionProgram program(R"(
    func.func @f(%counters: memref<5xi64>, %next: memref<4xindex>, %table: memref<4xf32>, %y: memref<4xf32>, %z: memref<300xf32>)
        attributes {llvm.emit_c_interface} {
      %c0 = arith.constant 0 : index
      %c2 = arith.constant 2 : index
      %c3 = arith.constant 3 : index
      DEVICE {
        remat.reset_counters %counters : memref<5xi64>
      }
      DEVICE {
        remat.count advance in %counters : memref<5xi64>
        %last = scf.while (%i = %c0) : (index) -> index {
          %goes = arith.cmpi ne, %i, %c2 : index
          scf.condition(%goes) %i : index
        } do {
        ^bb0(%i: index):
          %j = memref.load %next[%i] : memref<4xindex>
          remat.check_range %j in %c0 to %c3 at(%i), "row" loc("loop.mlir":4:1)
          linalg.add ins(%table, %table : memref<4xf32>, memref<4xf32>) outs(%y : memref<4xf32>)
          %v = memref.load %table[%j] : memref<4xf32>
          memref.store %v, %y[%i] : memref<4xf32>
          scf.yield %j : index
        }
      }
      DEVICE {
        %n = memref.load %next[%c3] : memref<4xindex>
        %part = memref.subview %z[%n] [4] [1] : memref<300xf32> to memref<4xf32, strided<[1], offset: ?>>
        linalg.copy ins(%y : memref<4xf32>) outs(%part : memref<4xf32, strided<[1], offset: ?>>)
      }
      return
    })");
  ASSERT_TRUE(program.isValid());
  auto prepare = [](std::array<int64_t, 4> next) {
    return [next](Buffers &buffers) {
      for (int64_t i = 0; i < 4; ++i)
        buffers[1]->set(i, next[i]);
    };
  };
  program.run(prepare({1, 3, 0, 2}));
  EXPECT_EQ(program.report(), "");
  program.run(prepare({1, 1000000, 0, 2}));
  EXPECT_EQ(program.report(), "row is 1000000 at step 1: expected 0 to 3 (loop.mlir:4)");
  // The last kernel would write outside.
  program.run(prepare({1, 3, 0, 1000000}));
  EXPECT_EQ(program.report(), "row is 1000000 at step 3: expected 0 to 3 (loop.mlir:4)");
  EXPECT_EQ(program.getBuffers()[0]->get(0), 1.0);
}

TEST(RegionChecks, Assertion) {
  RegionProgram program(R"(
    func.func @f(%x: memref<17xf32>, %y: memref<17xf32>) attributes {llvm.emit_c_interface} {
      %c3 = arith.constant 3 : index
      %zero = arith.constant 0.0 : f32
      DEVICE {
        %v = memref.load %x[%c3] : memref<17xf32>
        %isPositive = arith.cmpf oge, %v, %zero : f32
        cf.assert %isPositive, "expects a positive number" loc("a.mlir":9:1)
        linalg.fill ins(%v : f32) outs(%y : memref<17xf32>)
        cf.assert %isPositive, "never" loc("a.mlir":9:1)
      }
      return
    })");
  ASSERT_TRUE(program.isValid());
  program.run([](Buffers &buffers) { buffers[0]->set(3, 2); });
  EXPECT_EQ(program.report(), "");
  EXPECT_EQ(program.getBuffers()[1]->get(16), 2.0);
  program.run([](Buffers &buffers) {
    buffers[0]->set(3, -2);
    buffers[1]->set(16, 5);
  });
  EXPECT_EQ(program.report(), "expects a positive number (a.mlir:9)");
  EXPECT_EQ(program.getBuffers()[1]->get(16), 5.0);
}

/// The first that fails in the order of execution wins, not the first in the program.
TEST(RegionChecks, FirstFailureStays) {
  RegionProgram program(R"(
    func.func @f(%n: memref<2xindex>) attributes {llvm.emit_c_interface} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      DEVICE {
        %a = memref.load %n[%c0] : memref<2xindex>
        remat.check_range %a in %c1 to %c1, "first"
      }
      DEVICE {
        %b = memref.load %n[%c1] : memref<2xindex>
        remat.check_range %b in %c1 to %c1, "second"
      }
      return
    })");
  ASSERT_TRUE(program.isValid());
  program.run([](Buffers &buffers) {
    buffers[0]->set(0, 3);
    buffers[0]->set(1, 4);
  });
  EXPECT_EQ(program.report().substr(0, 23), "first is 3: expected 1 ");
  EXPECT_EQ(program.getRecord()[REMAT_RECORD_SITE], 1);
  EXPECT_EQ(program.getRecord()[REMAT_RECORD_STEP], -1);
}
