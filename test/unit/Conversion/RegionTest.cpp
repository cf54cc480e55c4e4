//===- RegionTest.cpp - Regions of the device ---------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What decides on memory what to do, as kernels in the stand-in and as code of a processor:
// the same bits. In the texts DEVICE stands for a region; T, B and N for a type, its bits and an
// extent.
//
//===----------------------------------------------------------------------===//

#include "RegionHarness.h"

#include "gtest/gtest.h"

using namespace remat;
using namespace remat::test;

static const int64_t extents[] = {1, 3, 16, 17, 33};
static const char *const allTypes[] = {"f32", "f64", "f16", "bf16", "i1", "i8", "i32", "i64", "index"};

//===----------------------------------------------------------------------===//
// Grids
//===----------------------------------------------------------------------===//

TEST(Regions, Condition) {
  for (const char *type : allTypes)
    checkRegions(R"(
          func.func @f(%mask: memref<2xi1>, %new: memref<?x3xT>, %old: memref<?x3xT>) attributes {llvm.emit_c_interface} {
            %step = arith.constant 1 : index
            DEVICE {
              %flag = memref.load %mask[%step] : memref<2xi1>
              scf.if %flag {
                linalg.copy ins(%new : memref<?x3xT>) outs(%old : memref<?x3xT>)
              }
            }
            return
          })",
                 {{"T", type}}, extents, [](Buffers &buffers) { buffers[0]->set(1, buffers[1]->getShape()[0] != 16); });
}

/// The offset is loaded, a buffer is chosen in two ways, and a number is.
TEST(Regions, Choices) {
  for (int64_t extent : extents)
    for (int flag : {0, 1})
      checkRegions(R"(
        func.func @f(%flags: memref<1xi1>, %at: memref<i32>, %x: memref<40xf32>, %y: memref<Nxf32>, %z: memref<Nxf32>)
            attributes {llvm.emit_c_interface} {
          %c0 = arith.constant 0 : index
          DEVICE {
            %flag = memref.load %flags[%c0] : memref<1xi1>
            %first = memref.load %at[] : memref<i32>
            %i = arith.index_cast %first : i32 to index
            %part = memref.subview %x[%i] [N] [1] : memref<40xf32> to memref<Nxf32, strided<[1], offset: ?>>
            %start = memref.subview %x[2] [N] [1] : memref<40xf32> to memref<Nxf32, strided<[1], offset: 2>>
            %open = memref.cast %start : memref<Nxf32, strided<[1], offset: 2>> to memref<Nxf32, strided<[1], offset: ?>>
            %from = arith.select %flag, %part, %open : memref<Nxf32, strided<[1], offset: ?>>
            %to = scf.if %flag -> memref<Nxf32> {
              scf.yield %y : memref<Nxf32>
            } else {
              scf.yield %z : memref<Nxf32>
            }
            %a = arith.constant 2.0 : f32
            %b = arith.constant 3.0 : f32
            %scale = arith.select %flag, %a, %b : f32
            linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
              ins(%from : memref<Nxf32, strided<[1], offset: ?>>) outs(%to : memref<Nxf32>) {
            ^bb0(%in: f32, %out: f32):
              %r = arith.mulf %in, %scale : f32
              linalg.yield %r : f32
            }
          }
          return
        })",
                   {{"N", std::to_string(extent)}}, {0}, [&](Buffers &buffers) {
                     buffers[0]->set(0, flag);
                     buffers[1]->set(0, 5);
                   });
}

/// Numbers of all types that the host hands over.
TEST(Regions, Scalars) {
  checkRegions(R"(
      func.func @f(%n: memref<?xi8>, %flags: memref<1xi1>, %integers: memref<6xi64>, %numbers: memref<4xf64>)
          attributes {llvm.emit_c_interface} {
        %c0 = arith.constant 0 : index
        %size = memref.dim %n, %c0 : memref<?xi8>
        %i64 = arith.index_cast %size : index to i64
        %i32 = arith.trunci %i64 : i64 to i32
        %i16 = arith.trunci %i64 : i64 to i16
        %i8 = arith.trunci %i64 : i64 to i8
        %i1 = arith.trunci %i64 : i64 to i1
        %f64 = arith.sitofp %i64 : i64 to f64
        %f32 = arith.sitofp %i64 : i64 to f32
        %f16 = arith.sitofp %i64 : i64 to f16
        %bf16 = arith.sitofp %i64 : i64 to bf16
        DEVICE {
          %c1 = arith.constant 1 : index
          %c2 = arith.constant 2 : index
          %c3 = arith.constant 3 : index
          %c4 = arith.constant 4 : index
          %c5 = arith.constant 5 : index
          memref.store %i1, %flags[%c0] : memref<1xi1>
          memref.store %i64, %integers[%c0] : memref<6xi64>
          %a = arith.extsi %i32 : i32 to i64
          memref.store %a, %integers[%c1] : memref<6xi64>
          %b = arith.extsi %i16 : i16 to i64
          memref.store %b, %integers[%c2] : memref<6xi64>
          %c = arith.extsi %i8 : i8 to i64
          memref.store %c, %integers[%c3] : memref<6xi64>
          %d = arith.index_cast %size : index to i64
          memref.store %d, %integers[%c4] : memref<6xi64>
          %e = arith.extui %i1 : i1 to i64
          memref.store %e, %integers[%c5] : memref<6xi64>
          memref.store %f64, %numbers[%c0] : memref<4xf64>
          %g = arith.extf %f32 : f32 to f64
          memref.store %g, %numbers[%c1] : memref<4xf64>
          %h = arith.extf %f16 : f16 to f64
          memref.store %h, %numbers[%c2] : memref<4xf64>
          %k = arith.extf %bf16 : bf16 to f64
          memref.store %k, %numbers[%c3] : memref<4xf64>
        }
        return
      })",
               {}, extents);
}

//===----------------------------------------------------------------------===//
// Islands
//===----------------------------------------------------------------------===//

/// Every form, round after round as memory says, and a number that is stored between.
TEST(Regions, AllForms) {
  for (auto [type, extent] :
       {std::pair("f32", 1), {"f32", 3}, {"f32", 16}, {"f32", 33}, {"f64", 17}, {"f16", 17}, {"bf16", 17}})
    checkRegions(R"(
        func.func @f(%rounds: memref<i32>, %x: memref<NxNxT>, %w: memref<NxNxT>, %y: memref<NxNxT>, %s: memref<NxT>,
                     %p: memref<8xT>, %log: memref<4xT>) attributes {llvm.emit_c_interface} {
          %c0 = arith.constant 0 : index
          DEVICE {
            %zero = arith.constant 0 : i32
            %one = arith.constant 1 : i32
            %last = scf.while (%i = %zero) : (i32) -> i32 {
              %n = memref.load %rounds[] : memref<i32>
              %goes = arith.cmpi slt, %i, %n : i32
              scf.condition(%goes) %i : i32
            } do {
            ^bb0(%i: i32):
              linalg.matmul ins(%x, %w : memref<NxNxT>, memref<NxNxT>) outs(%y : memref<NxNxT>)
              linalg.reduce {arith.addf} ins(%y : memref<NxNxT>) outs(%s : memref<NxT>) dimensions = [1]
              %total = memref.load %s[%c0] : memref<NxT>
              %at = arith.index_cast %i : i32 to index
              memref.store %total, %log[%at] : memref<4xT>
              linalg.reduce {arith.addf} ins(%y : memref<NxNxT>) outs(%s : memref<NxT>) dimensions = [0]
              linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i mod 3)>], iterator_types = ["reduction"]}
                ins(%s : memref<NxT>) outs(%p : memref<8xT>) {
              ^bb0(%in: T, %out: T):
                %r = arith.addf %in, %out : T
                linalg.yield %r : T
              }
              linalg.transpose ins(%y : memref<NxNxT>) outs(%x : memref<NxNxT>) permutation = [1, 0]
              linalg.map { arith.mulf } ins(%x, %w : memref<NxNxT>, memref<NxNxT>) outs(%y : memref<NxNxT>)
              linalg.fill ins(%total : T) outs(%s : memref<NxT>)
              %next = arith.addi %i, %one : i32
              scf.yield %next : i32
            }
            memref.store %last, %rounds[] : memref<i32>
          }
          return
        })",
                 {{"T", type}, {"N", std::to_string(extent)}}, {0}, [](Buffers &buffers) { buffers[0]->set(0, 3); });
}

/// Integers, whose sums meet in lanes as well.
TEST(Regions, IntegerForms) {
  for (auto [type, combine] :
       {std::pair("i1", "arith.ori"), {"i8", "arith.addi"}, {"i32", "arith.xori"}, {"i64", "arith.muli"}})
    checkRegions(R"(
      func.func @f(%rounds: memref<i8>, %x: memref<?x33xT>, %s: memref<?xT>, %p: memref<33xT>) attributes {llvm.emit_c_interface} {
        DEVICE {
          %zero = arith.constant 0 : i8
          %one = arith.constant 1 : i8
          %n = memref.load %rounds[] : memref<i8>
          %last = scf.while (%i = %zero) : (i8) -> i8 {
            %goes = arith.cmpi slt, %i, %n : i8
            scf.condition(%goes) %i : i8
          } do {
          ^bb0(%i: i8):
            linalg.reduce {OP} ins(%x : memref<?x33xT>) outs(%s : memref<?xT>) dimensions = [1]
            linalg.reduce {OP} ins(%x : memref<?x33xT>) outs(%p : memref<33xT>) dimensions = [0]
            linalg.broadcast ins(%p : memref<33xT>) outs(%x : memref<?x33xT>) dimensions = [0]
            %next = arith.addi %i, %one : i8
            scf.yield %next : i8
          }
        }
        return
      })",
                 {{"T", type}, {"OP", combine}}, extents, [](Buffers &buffers) { buffers[0]->set(0, 2); });
}

/// Only the device knows how many rows there are: none, some, more than a block of threads has.
TEST(Regions, DeviceExtents) {
  for (const char *type : {"f32", "bf16", "f64"})
    checkRegions(R"(
        func.func @f(%n: memref<1xindex>, %x: memref<?x17xT>, %w: memref<17x33xT>, %y: memref<?x33xT>, %s: memref<33xT>)
            attributes {llvm.emit_c_interface} {
          %c0 = arith.constant 0 : index
          DEVICE {
            %rows = memref.load %n[%c0] : memref<1xindex>
            %a = memref.subview %x[0, 0] [%rows, 17] [1, 1] : memref<?x17xT> to memref<?x17xT, strided<[17, 1]>>
            %b = memref.subview %y[1, 0] [%rows, 33] [1, 1] : memref<?x33xT> to memref<?x33xT, strided<[33, 1], offset: 33>>
            linalg.matmul ins(%a, %w : memref<?x17xT, strided<[17, 1]>>, memref<17x33xT>) outs(%b : memref<?x33xT, strided<[33, 1], offset: 33>>)
            linalg.reduce {arith.addf} ins(%b : memref<?x33xT, strided<[33, 1], offset: 33>>) outs(%s : memref<33xT>) dimensions = [0]
            %all = memref.collapse_shape %b [[0, 1]] : memref<?x33xT, strided<[33, 1], offset: 33>> into memref<?xT, strided<[1], offset: 33>>
            linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%all : memref<?xT, strided<[1], offset: 33>>) {
            ^bb0(%out: T):
              %r = arith.addf %out, %out : T
              linalg.yield %r : T
            }
          }
          return
        })",
                 {{"T", type}}, {1, 2, 4, 17, 18, 34},
                 [](Buffers &buffers) { buffers[0]->set(0, buffers[1]->getShape()[0] - 1); });
}

/// Rows that share a place: in order.
TEST(Regions, ScatterAdd) {
  for (const char *type : {"f32", "f64", "f16", "bf16"})
    checkRegions(R"(
        func.func @f(%at: memref<?xi8>, %x: memref<?x3xT>, %y: memref<5x3xT>) attributes {llvm.emit_c_interface} {
          %c0 = arith.constant 0 : index
          %c1 = arith.constant 1 : index
          %c3 = arith.constant 3 : index
          %n = memref.dim %at, %c0 : memref<?xi8>
          DEVICE {
            scf.for %i = %c0 to %n step %c1 {
              %index = memref.load %at[%i] : memref<?xi8>
              %row = arith.index_cast %index : i8 to index
              scf.for %j = %c0 to %c3 step %c1 {
                %old = memref.load %y[%row, %j] : memref<5x3xT>
                %value = memref.load %x[%i, %j] : memref<?x3xT>
                %new = arith.addf %old, %value : T
                memref.store %new, %y[%row, %j] : memref<5x3xT>
              }
            }
          }
          return
        })",
                 {{"T", type}}, extents);
}

/// A loop over rows with an op in it: the row's place is loaded.
TEST(Regions, RowsOfALoop) {
  for (const char *type : allTypes)
    checkRegions(R"(
        func.func @f(%at: memref<?xindex>, %x: memref<?x17xT>, %y: memref<5x17xT>) attributes {llvm.emit_c_interface} {
          %c0 = arith.constant 0 : index
          %c1 = arith.constant 1 : index
          %n = memref.dim %at, %c0 : memref<?xindex>
          DEVICE {
            scf.for %i = %c0 to %n step %c1 {
              %row = memref.load %at[%i] : memref<?xindex>
              %from = memref.subview %x[%i, 0] [1, 17] [1, 1] : memref<?x17xT> to memref<17xT, strided<[1], offset: ?>>
              %to = memref.subview %y[%row, 0] [1, 17] [1, 1] : memref<5x17xT> to memref<17xT, strided<[1], offset: ?>>
              memref.copy %from, %to : memref<17xT, strided<[1], offset: ?>> to memref<17xT, strided<[1], offset: ?>>
            }
          }
          return
        })",
                 {{"T", type}}, extents);
}

/// Buffers and numbers that loops carry, whose bounds are loaded.
TEST(Regions, CarriedValues) {
  checkRegions(R"(
      func.func @f(%n: memref<2xindex>, %x: memref<?xf32>, %y: memref<?xf32>, %log: memref<2xf32>) attributes {llvm.emit_c_interface} {
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %zero = arith.constant 0.0 : f32
        DEVICE {
          %outer = memref.load %n[%c0] : memref<2xindex>
          %inner = memref.load %n[%c1] : memref<2xindex>
          %r:3 = scf.for %i = %c0 to %outer step %c1 iter_args(%a = %x, %b = %y, %sum = %zero) -> (memref<?xf32>, memref<?xf32>, f32) {
            %part = scf.for %j = %c0 to %inner step %c1 iter_args(%s = %sum) -> f32 {
              linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
                ins(%a : memref<?xf32>) outs(%b : memref<?xf32>) {
              ^bb0(%in: f32, %out: f32):
                %t = arith.mulf %in, %in : f32
                %u = arith.subf %t, %out : f32
                %v = arith.addf %u, %s : f32
                linalg.yield %v : f32
              }
              %first = memref.load %b[%c0] : memref<?xf32>
              %next = arith.addf %s, %first : f32
              scf.yield %next : f32
            }
            scf.yield %b, %a, %part : memref<?xf32>, memref<?xf32>, f32
          }
          memref.store %r#2, %log[%c0] : memref<2xf32>
          %end = memref.load %r#0[%c0] : memref<?xf32>
          memref.store %end, %log[%c1] : memref<2xf32>
        }
        return
      })",
               {}, extents, [](Buffers &buffers) {
                 buffers[0]->set(0, 3);
                 buffers[0]->set(1, 2);
               });
}

/// One of several regions, in which there are writes of both kinds.
TEST(Regions, Switch) {
  for (int choice : {0, 1, 2, 7})
    checkRegions(R"(
      func.func @f(%choice: memref<index>, %x: memref<17xf32>, %y: memref<17xf32>, %z: memref<i64>) attributes {llvm.emit_c_interface} {
        %c0 = arith.constant 0 : index
        DEVICE {
          %i = memref.load %choice[] : memref<index>
          %which = scf.index_switch %i -> i64
          case 0 {
            %a = arith.constant 10 : i64
            linalg.add ins(%x, %x : memref<17xf32>, memref<17xf32>) outs(%y : memref<17xf32>)
            scf.yield %a : i64
          }
          case 2 {
            %b = arith.constant 12 : i64
            %v = memref.load %x[%i] : memref<17xf32>
            memref.store %v, %y[%c0] : memref<17xf32>
            scf.yield %b : i64
          }
          default {
            %old = memref.load %z[] : memref<i64>
            scf.yield %old : i64
          }
          %last = memref.load %y[%c0] : memref<17xf32>
          memref.store %last, %x[%i] : memref<17xf32>
          memref.store %which, %z[] : memref<i64>
        }
        return
      })",
                 {}, {0}, [&](Buffers &buffers) { buffers[0]->set(0, choice); });
}

/// A grid would write what later blocks read.
TEST(Regions, OverwritesWhatItReads) {
  checkRegions(R"(
      func.func @f(%x: memref<?xf32>) attributes {llvm.emit_c_interface} {
        %c0 = arith.constant 0 : index
        DEVICE {
          %value = memref.load %x[%c0] : memref<?xf32>
          linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%x : memref<?xf32>) {
          ^bb0(%out: f32):
            %r = arith.subf %out, %value : f32
            linalg.yield %r : f32
          }
        }
        return
      })",
               {}, {1, 33, 300});
}

/// Bytes of one block, and an array that does not change.
TEST(Regions, ViewsOfABlock) {
  checkRegions(R"(
    memref.global "private" constant @table : memref<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]>
    func.func @f(%at: memref<index>, %block: memref<256xi8>, %y: memref<3xf32>) attributes {llvm.emit_c_interface} {
      %c0 = arith.constant 0 : index
      %c64 = arith.constant 64 : index
      %table = memref.get_global @table : memref<4xf32>
      %own = memref.view %block[%c64][] : memref<256xi8> to memref<16xf32>
      DEVICE {
        %i = memref.load %at[] : memref<index>
        %other = memref.view %block[%c0][] : memref<256xi8> to memref<16xf32>
        %isLow = arith.cmpi slt, %i, %c64 : index
        %from = arith.select %isLow, %other, %own : memref<16xf32>
        %part = memref.subview %table[%i] [3] [1] : memref<4xf32> to memref<3xf32, strided<[1], offset: ?>>
        linalg.copy ins(%part : memref<3xf32, strided<[1], offset: ?>>) outs(%y : memref<3xf32>)
        %v = memref.load %y[%i] : memref<3xf32>
        memref.store %v, %from[%i] : memref<16xf32>
        linalg.fill ins(%v : f32) outs(%own : memref<16xf32>)
      }
      return
    })",
               {}, {0}, [](Buffers &buffers) { buffers[0]->set(0, 1); });
}

/// Constant arrays that the host chooses, for itself and for a function.
TEST(Regions, ConstantArguments) {
  checkRegions(R"(
    memref.global "private" constant @first : memref<3xf32> = dense<[1.0, 2.0, 3.0]>
    memref.global "private" constant @second : memref<3xf32> = dense<[4.0, 5.0, 6.0]>
    func.func @f(%n: memref<?xi8>, %x: memref<3xf32>, %y: memref<4x3xf32>) attributes {llvm.emit_c_interface} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %c4 = arith.constant 4 : index
      %size = memref.dim %n, %c0 : memref<?xi8>
      %isOne = arith.cmpi eq, %size, %c1 : index
      %isThree = arith.cmpi eq, %size, %c3 : index
      %first = memref.get_global @first : memref<3xf32>
      %second = memref.get_global @second : memref<3xf32>
      scf.for %i = %c0 to %c4 step %c1 {
        %row = memref.subview %y[%i, 0] [1, 3] [1, 1] : memref<4x3xf32> to memref<3xf32, strided<[1], offset: ?>>
        %isFirst = arith.cmpi eq, %i, %c0 : index
        %a = arith.select %isOne, %first, %x : memref<3xf32>
        %b = arith.select %isThree, %second, %a : memref<3xf32>
        %c = arith.select %isFirst, %b, %x : memref<3xf32>
        func.call @step(%c, %row) : (memref<3xf32>, memref<3xf32, strided<[1], offset: ?>>) -> ()
      }
      %last = memref.subview %y[3, 0] [1, 3] [1, 1] : memref<4x3xf32> to memref<3xf32, strided<[1], offset: 9>>
      %open = memref.cast %last : memref<3xf32, strided<[1], offset: 9>> to memref<3xf32, strided<[1], offset: ?>>
      func.call @step(%second, %open) : (memref<3xf32>, memref<3xf32, strided<[1], offset: ?>>) -> ()
      return
    }
    func.func private @step(%x: memref<3xf32>, %y: memref<3xf32, strided<[1], offset: ?>>) {
      DEVICE {
        linalg.add ins(%x, %x : memref<3xf32>, memref<3xf32>) outs(%y : memref<3xf32, strided<[1], offset: ?>>)
      }
      return
    })",
               {}, {1, 3, 16});
}

/// The last three numbers of a constant array are not read as four.
TEST(Regions, EndOfAConstantArray) {
  checkRegions(R"(
    memref.global "private" constant @table : memref<3x3x3xf32> = dense<2.0>
    func.func @f(%y: memref<3xf32>) attributes {llvm.emit_c_interface} {
      DEVICE {
        %table = memref.get_global @table : memref<3x3x3xf32>
        linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
          ins(%table : memref<3x3x3xf32>) outs(%y : memref<3xf32>) {
        ^bb0(%in: f32, %out: f32):
          %a = arith.mulf %in, %out : f32
          %b = arith.addf %a, %in : f32
          linalg.yield %b : f32
        }
      }
      return
    })",
               {}, {0});
}

TEST(Regions, Counting) {
  RegionProgram program(R"(
    func.func @f(%counters: memref<5xi64>, %x: memref<300xf32>, %y: memref<300xf32>) attributes {llvm.emit_c_interface} {
      %c0 = arith.constant 0 : index
      DEVICE {
        remat.reset_counters %counters : memref<5xi64>
      }
      DEVICE {
        remat.count advance in %counters : memref<5xi64>
        linalg.copy ins(%x : memref<300xf32>) outs(%y : memref<300xf32>)
      }
      DEVICE {
        remat.count reverse in %counters : memref<5xi64>
        remat.count advance in %counters : memref<5xi64>
        %v = memref.load %y[%c0] : memref<300xf32>
        memref.store %v, %x[%c0] : memref<300xf32>
      }
      return
    })");
  ASSERT_TRUE(program.isValid());
  program.run([](Buffers &buffers) {
    for (int64_t i = 0; i < 5; ++i)
      buffers[0]->set(i, 100 + i);
  });
  double expected[] = {2, 0, 0, 0, 1};
  for (int64_t i = 0; i < 5; ++i)
    EXPECT_EQ(program.getBuffers()[0]->get(i), expected[i]) << i;
}
