//===- SumOrderTest.cpp - The order of sums, to the bit -------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// docs/Sums.md evaluated in plain C++, in f32, and compared with kernels bit by bit,
// for every instruction set and for GPUs, on both sides of each border: no sum of its own, one
// block, a second one, a last one with one element.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Linalg/SumOrder.h"
#include "GPUHarness.h"
#include "remat/Target/CPU/LinalgToCPUKernels.h"

#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <array>
#include <cmath>
#include <functional>
#include <optional>

using namespace remat;
using namespace remat::test;

static const int64_t depths[] = {0, 7, 8, 17, 128, 129, 257, 300};
/// The widest and the narrowest registers; that the others agree, checkOp sees.
static constexpr VectorISA isas[] = {VectorISA::Generic, VectorISA::AVX512};

/// The sum of a loop of \p iterations, static or not: \p add continues a sum with an
/// iteration.
static float sumLoop(int64_t iterations, bool isStatic, float outside,
                     const std::function<float(float sum, int64_t iteration)> &add) {
  float sum = outside;
  if (!startsFromZero(isStatic ? iterations : -1)) {
    for (int64_t i = 0; i < iterations; ++i)
      sum = add(sum, i);
    return sum;
  }
  for (int64_t start = 0; start < iterations; start += sumBlock) {
    float block = 0;
    for (int64_t i = start; i < std::min(iterations, start + sumBlock); ++i)
      block = add(block, i);
    sum += block;
  }
  return sum;
}

using Buffers = std::vector<std::unique_ptr<Buffer>>;

/// Seeded buffers of \p types, twice; the second ones are arguments.
static void fillBuffers(ArrayRef<MemRefType> types, int64_t dynamicSize, Buffers &before, Buffers &after,
                        SmallVectorImpl<Buffer *> &arguments) {
  for (auto [number, type] : llvm::enumerate(types)) {
    for (Buffers *buffers : {&before, &after}) {
      buffers->push_back(std::make_unique<Buffer>(type, dynamicSize));
      buffers->back()->fill(number + 1, 4);
    }
    arguments.push_back(after.back().get());
  }
}

/// Runs @f of \p text on seeded buffers of \p types and calls \p check with them, before
/// and after: on processors and on a GPU.
static void run(llvm::StringRef text, ArrayRef<MemRefType> types, int64_t dynamicSize,
                const std::function<void(Buffers &before, Buffers &after)> &check) {
  for (VectorISA isa : isas) {
    SCOPED_TRACE(text.str() + " isa " + std::to_string(static_cast<int>(isa)));
    Program program(text, isa);
    ASSERT_TRUE(program.isValid());
    Buffers before, after;
    SmallVector<Buffer *> arguments;
    fillBuffers(types, dynamicSize, before, after, arguments);
    program.run("f", arguments);
    check(before, after);
  }
  GPUProgram program(text);
  ASSERT_TRUE(program.isValid());
  Buffers before, after;
  SmallVector<Buffer *> arguments;
  fillBuffers(types, dynamicSize, before, after, arguments);
  program.run("f", arguments);
  check(before, after);
}

class SumOrder : public testing::Test {
protected:
  MLIRContext context;
  MemRefType getType(ArrayRef<int64_t> shape) { return MemRefType::get(shape, Float32Type::get(&context)); }
};

static std::string print(MemRefType type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

/// C += A B, of which some operands may be transposed and the depth dynamic.
TEST_F(SumOrder, Products) {
  for (int64_t depth : depths)
    for (auto [rows, columns] : {std::pair<int64_t, int64_t>{1, 17}, {17, 32}})
      for (bool transposed : {false, true})
        for (bool isStatic : {true, false}) {
          int64_t size = isStatic ? depth : ShapedType::kDynamic;
          MemRefType a = getType({rows, size}), c = getType({rows, columns});
          MemRefType b = transposed ? getType({columns, size}) : getType({size, columns});
          std::string text = llvm::formatv(R"(
            func.func @f(%a: {0}, %b: {1}, %c: {2}) attributes {{llvm.emit_c_interface} {{
              linalg.contract indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> ({3})>,
                                               affine_map<(m, n, k) -> (m, n)>]
                  ins(%a, %b : {0}, {1}) outs(%c : {2})
              return
            })",
                                           print(a), print(b), print(c), transposed ? "n, k" : "k, n");
          run(text, {a, b, c}, depth, [&, rows = rows, columns = columns](Buffers &before, Buffers &after) {
            for (int64_t m = 0; m < rows; ++m)
              for (int64_t n = 0; n < columns; ++n) {
                int64_t at = before[2]->getOffset({m, n});
                float expected = sumLoop(depth, isStatic, before[2]->get(at), [&](float sum, int64_t k) {
                  float left = before[0]->get(before[0]->getOffset({m, k}));
                  SmallVector<int64_t> right = {k, n};
                  if (transposed)
                    std::swap(right[0], right[1]);
                  return std::fma(left, float(before[1]->get(before[1]->getOffset(right))), sum);
                });
                ASSERT_EQ(expected, float(after[2]->get(at))) << m << ", " << n;
              }
          });
        }
}

static std::string getReduction(MemRefType in, MemRefType out, StringRef map, StringRef iterators) {
  return llvm::formatv(R"(
    func.func @f(%a: {0}, %c: {1}) attributes {{llvm.emit_c_interface} {{
      linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ({2})>],
                      iterator_types = [{3}]} ins(%a : {0}) outs(%c : {1}) {{
      ^bb0(%x: f32, %z: f32):
        %s = arith.addf %z, %x : f32
        linalg.yield %s : f32
      }
      return
    })",
                       print(in), print(out), map, iterators);
}

/// Sums over rows: a chain per column, also where the result has an extent of one left.
TEST_F(SumOrder, AcrossRows) {
  for (int64_t rows : depths)
    for (bool isStatic : {true, false})
      for (bool keepsExtent : {true, false}) {
        constexpr int64_t columns = 17;
        MemRefType in = getType({isStatic ? rows : ShapedType::kDynamic, columns});
        MemRefType out = keepsExtent ? getType({1, columns}) : getType({columns});
        run(getReduction(in, out, keepsExtent ? "0, j" : "j", R"("reduction", "parallel")"), {in, out}, rows,
            [&](Buffers &before, Buffers &after) {
              for (int64_t j = 0; j < columns; ++j) {
                float expected = sumLoop(rows, isStatic, before[1]->get(j), [&](float sum, int64_t i) {
                  return sum + float(before[0]->get(before[0]->getOffset({i, j})));
                });
                ASSERT_EQ(expected, float(after[1]->get(j))) << j;
              }
            });
      }
}

/// Sums along rows, of one row or of several: 16 lanes, whose iterations take a value
/// in each, and a tree.
TEST_F(SumOrder, AlongRows) {
  for (int64_t columns : {1, 17, 112, 113, 2048, 2049})
    for (int64_t rows : {3, 130})
      for (bool isStatic : {true, false}) {
        MemRefType in = getType({rows, isStatic ? columns : ShapedType::kDynamic}), out = getType({});
        run(getReduction(in, out, "", R"("reduction", "reduction")"), {in, out}, columns,
            [&](Buffers &before, Buffers &after) {
              std::array<float, reductionLanes> lanes;
              for (int64_t lane = 0; lane < reductionLanes; ++lane)
                lanes[lane] = sumLoop(rows, true, 0, [&](float outer, int64_t i) {
                  int64_t iterations = (columns + reductionLanes - 1) / reductionLanes;
                  return sumLoop(iterations, isStatic, outer, [&](float sum, int64_t block) {
                    int64_t j = block * reductionLanes + lane;
                    return j < columns ? sum + float(before[0]->get(before[0]->getOffset({i, j}))) : sum;
                  });
                });
              for (int64_t half = reductionLanes / 2; half >= 1; half /= 2)
                for (int64_t lane = 0; lane < half; ++lane)
                  lanes[lane] += lanes[lane + half];
              ASSERT_EQ(float(before[1]->get(0)) + lanes[0], float(after[1]->get(0)));
            });
      }
}

/// A body with a branch has no vectors: the same sums, element by element.
TEST_F(SumOrder, WithoutVectors) {
  for (int64_t rows : depths) {
    MemRefType in = getType({rows, 3}), out = getType({3});
    std::string text = llvm::formatv(R"(
      func.func @f(%a: {0}, %c: {1}) attributes {{llvm.emit_c_interface} {{
        linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>],
                        iterator_types = ["reduction", "parallel"]} ins(%a : {0}) outs(%c : {1}) {{
        ^bb0(%x: f32, %z: f32):
          %zero = arith.constant 0.0 : f32
          %row = linalg.index 0 : index
          %one = arith.constant 1 : index
          %bit = arith.andi %row, %one : index
          %even = arith.cmpi ne, %bit, %one : index
          %v = scf.if %even -> (f32) {{
            scf.yield %x : f32
          } else {{
            %n = arith.negf %x : f32
            scf.yield %n : f32
          }
          %s = arith.addf %z, %v : f32
          linalg.yield %s : f32
        }
        return
      })",
                                     print(in), print(out));
    run(text, {in, out}, 0, [&](Buffers &before, Buffers &after) {
      for (int64_t j = 0; j < 3; ++j) {
        float expected = sumLoop(rows, true, before[1]->get(j), [&](float sum, int64_t i) {
          float value = before[0]->get(before[0]->getOffset({i, j}));
          return sum + (i % 2 == 0 ? value : -value);
        });
        ASSERT_EQ(expected, float(after[1]->get(j))) << j;
      }
    });
  }
}
