// RUN: remat-opt %s -split-input-file --convert-linalg-to-gpu-kernels | FileCheck %s

// Threads own elements; the same op on views of one shape is one kernel.
// CHECK-LABEL: gpu.module @remat_kernels
// CHECK:         gpu.func @elementwise(%[[X:.*]]: memref<f32, strided<[], offset: ?>>, %[[Y:.*]]: memref<f32, strided<[], offset: ?>>)
// CHECK-SAME:      kernel attributes {known_block_size = array<i32: 128, 1, 1>}
// CHECK:         %[[IN:.*]] = memref.reinterpret_cast %[[X]] to offset: [%{{.*}}], sizes: [300], strides: [1]
// CHECK:         %[[OUT:.*]] = memref.reinterpret_cast %[[Y]] to offset: [%{{.*}}], sizes: [300], strides: [1]
// CHECK:         %[[BLOCK:.*]] = gpu.block_id  x
// CHECK:         %[[THREAD:.*]] = gpu.thread_id  x
// CHECK:         %[[FIRST:.*]] = arith.muli %[[BLOCK]], %c128
// CHECK:         %[[I:.*]] = arith.addi %[[FIRST]], %[[THREAD]]
// CHECK:         %[[EXISTS:.*]] = arith.cmpi ult, %[[I]], %c300
// CHECK:         scf.if %[[EXISTS]] {
// CHECK:           %[[A:.*]] = memref.load %[[IN]][%[[I]]]
// CHECK:           %[[B:.*]] = arith.mulf %[[A]], %[[A]]
// CHECK:           memref.store %[[B]], %[[OUT]][%[[I]]]
// CHECK-NOT:   gpu.func
// CHECK-LABEL: func @twice
// CHECK:         gpu.launch_func  @remat_kernels::@elementwise blocks in (%c3{{.*}}, %[[ONE:.*]], %[[ONE]]) threads in (%c128{{.*}}, %[[ONE]], %[[ONE]])
// CHECK:         %[[VIEW:.*]] = memref.subview
// CHECK:         %[[BASE:.*]], %[[START:.*]], %{{.*}}, %{{.*}} = memref.extract_strided_metadata %[[VIEW]]
// CHECK:         %[[ADDRESS:.*]] = memref.reinterpret_cast %[[VIEW]] to offset: [%[[START]]], sizes: [], strides: []
// CHECK:         gpu.launch_func  @remat_kernels::@elementwise {{.*}} args(%[[ADDRESS]] : memref<f32, strided<[], offset: ?>>,
#id = affine_map<(i) -> (i)>
#square = {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
func.func @twice(%x: memref<300xf32>, %y: memref<300xf32>, %i: index) {
  linalg.generic #square ins(%x : memref<300xf32>) outs(%y : memref<300xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.mulf %a, %a : f32
    linalg.yield %r : f32
  }
  %z = memref.subview %y[%i] [300] [1] : memref<300xf32> to memref<300xf32, strided<[1], offset: ?>>
  linalg.generic #square ins(%z : memref<300xf32, strided<[1], offset: ?>>) outs(%y : memref<300xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.mulf %a, %a : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// What a type leaves open is given, an empty array has a block too, and a copy of a buffer onto itself is
// nothing. Neighbours in the result are neighbouring threads, also where it is transposed.
// CHECK-LABEL: gpu.func @copy(
// CHECK-SAME:    %[[X:.*]]: memref<f32, strided<[], offset: ?>>, %[[ROWS:.*]]: index, %[[STRIDE:.*]]: index, %[[Y:.*]]: memref<f32, strided<[], offset: ?>>, %[[COLUMNS:.*]]: index)
// CHECK:         memref.reinterpret_cast %[[X]] to offset: [%{{.*}}], sizes: [%[[ROWS]], 3], strides: [%[[STRIDE]], 1]
// CHECK:         %[[SAFE:.*]] = arith.maxui
// CHECK:         %[[J:.*]] = arith.remui %{{.*}}, %[[SAFE]]
// CHECK:         %[[I:.*]] = arith.divui %{{.*}}, %[[SAFE]]
// CHECK:         memref.load %{{.*}}[%[[J]], %[[I]]]
// CHECK:         memref.store %{{.*}}[%[[I]], %[[J]]]
// CHECK-LABEL: func @transpose
// CHECK:         %[[BLOCKS:.*]] = arith.divui
// CHECK:         %[[SOME:.*]] = arith.maxui %[[BLOCKS]], %c1
// CHECK:         gpu.launch_func  @remat_kernels::@copy blocks in (%[[SOME]],
// CHECK-NOT:     gpu.launch_func
func.func @transpose(%x: memref<?x3xf32, strided<[?, 1], offset: ?>>, %y: memref<3x?xf32>) {
  linalg.transpose ins(%x : memref<?x3xf32, strided<[?, 1], offset: ?>>) outs(%y : memref<3x?xf32>) permutation = [1, 0]
  memref.copy %y, %y : memref<3x?xf32> to memref<3x?xf32>
  return
}

// -----

// A constant array is an array of the device, also for a function that is always given it. Scalars are given.
// CHECK-LABEL: gpu.module @remat_kernels
// CHECK:         memref.global "private" constant @table : memref<4xf32> = dense<{{.*}}> {alignment = 4 : i64}
// CHECK:         gpu.func @copy(%{{.*}}: memref<f32, strided<[], offset: ?>>) kernel
// CHECK:           %[[TABLE:.*]] = memref.get_global @table
// CHECK:           %[[ANY:.*]] = memref.cast %[[TABLE]] : memref<4xf32> to memref<4xf32, strided<[1], offset: ?>>
// CHECK:           %[[VIEW:.*]] = memref.subview %[[ANY]][1] [3] [1]
// CHECK:           memref.load %[[VIEW]]
// CHECK:         gpu.func @elementwise(%{{.*}}: memref<f32, strided<[], offset: ?>>, %[[SCALE:.*]]: f32)
// CHECK:           memref.get_global @table
// CHECK:           arith.mulf %{{.*}}, %[[SCALE]]
#id = affine_map<(i) -> (i)>
memref.global "private" constant @table : memref<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]>
func.func @constants(%y: memref<3xf32>, %z: memref<4xf32>, %scale: f32) {
  %table = memref.get_global @table : memref<4xf32>
  %view = memref.subview %table[1] [3] [1] : memref<4xf32> to memref<3xf32, strided<[1], offset: 1>>
  memref.copy %view, %y : memref<3xf32, strided<[1], offset: 1>> to memref<3xf32>
  call @step(%table, %z, %scale) : (memref<4xf32>, memref<4xf32>, f32) -> ()
  return
}
func.func private @step(%x: memref<4xf32>, %y: memref<4xf32>, %scale: f32) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
    ins(%x : memref<4xf32>) outs(%y : memref<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %r = arith.mulf %a, %scale : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// A constant array as the host chooses: the kernel chooses, between its own and what it is given. A function that is given
// it by some is told by whom.
// CHECK-LABEL: gpu.module @remat_kernels
// CHECK:         gpu.func @copy(%[[FLAG:.*]]: i1, %[[X:.*]]: memref<f32, strided<[], offset: ?>>, %
// CHECK:         %[[OWN:.*]] = memref.get_global @table
// CHECK:         %[[CAST:.*]] = memref.cast %[[OWN]]
// CHECK:         arith.select %[[FLAG]], %[[CAST]], %{{.*}} : memref<4xf32, strided<[1], offset: ?>>
// CHECK-LABEL: func @choices(
// CHECK-SAME:    %[[C:.*]]: i1,
// CHECK:         %[[IS_TABLE:.*]] = arith.select %[[C]], %true{{.*}}, %false
// CHECK:         call @step(%{{.*}}, %{{.*}}, %[[IS_TABLE]])
// CHECK:         %[[FALSE:.*]] = arith.constant false
// CHECK:         call @step(%{{.*}}, %{{.*}}, %[[FALSE]])
// CHECK-LABEL: func private @step(
// CHECK-SAME:    %[[FLAG:[a-z0-9]+]]: i1)
// CHECK:         gpu.launch_func  @remat_kernels::@copy {{.*}} args(%[[FLAG]] : i1,
memref.global "private" constant @table : memref<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]>
func.func @choices(%c: i1, %x: memref<4xf32>, %y: memref<4xf32>) {
  %table = memref.get_global @table : memref<4xf32>
  %from = arith.select %c, %table, %x : memref<4xf32>
  call @step(%from, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  call @step(%x, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}
func.func private @step(%x: memref<4xf32>, %y: memref<4xf32>) {
  linalg.copy ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  return
}

// -----

// Across rows a thread has the sum of a column, in blocks of 128 rows from -0.
// CHECK-LABEL: gpu.func @reduction
// CHECK:         %[[OUTSIDE:.*]] = memref.load
// CHECK:         %[[SUM:.*]] = scf.for %{{.*}} = %c0 to %c300 step %c128 iter_args(%[[BLOCKS:.*]] = %[[OUTSIDE]])
// CHECK:           %[[ZERO:.*]] = arith.constant -0.000000e+00
// CHECK:           %[[BLOCK:.*]] = scf.for {{.*}} iter_args(%[[CARRIED:.*]] = %[[ZERO]])
// CHECK:             %[[A:.*]] = memref.load
// CHECK:             arith.addf %[[CARRIED]], %[[A]]
// CHECK:           arith.addf %[[BLOCKS]], %[[BLOCK]]
// CHECK:         memref.store %[[SUM]]
func.func @across_rows(%x: memref<300x17xf32>, %y: memref<17xf32>) {
  linalg.reduce {arith.addf} ins(%x : memref<300x17xf32>) outs(%y : memref<17xf32>) dimensions = [0]
  return
}

// -----

// Along rows 16 threads have a lane each, and meet in shared memory. Eight sums fit into a block.
// CHECK-LABEL: gpu.func @lane_reduction
// CHECK-SAME:    workgroup(%[[SHARED:.*]] : memref<128xf32, #gpu.address_space<workgroup>>) kernel
// CHECK:         %[[LANE:.*]] = arith.remui %[[THREAD:.*]], %c16
// CHECK:         %[[ROW:.*]] = arith.addi
// CHECK:         %[[SUM:.*]] = scf.if
// CHECK:           scf.for %[[COLUMN:.*]] = %[[LANE]] to %c33 step %c16
// CHECK:             memref.load %{{.*}}[%[[ROW]], %[[COLUMN]]]
// CHECK:         memref.store %[[SUM]], %[[SHARED]][%[[THREAD]]]
// CHECK-COUNT-4: gpu.barrier
// CHECK-NOT:     gpu.barrier
// CHECK-LABEL: func @along_rows
// CHECK:         gpu.launch_func  @remat_kernels::@lane_reduction blocks in (%c3
func.func @along_rows(%x: memref<17x33xf32>, %y: memref<17xf32>) {
  linalg.reduce {arith.addf} ins(%x : memref<17x33xf32>) outs(%y : memref<17xf32>) dimensions = [1]
  return
}

// -----

// A product: bf16 is staged as f32, the depth of 33 in one sum from zero, fused, then added to the result.
// CHECK-LABEL: gpu.func @contraction
// CHECK-SAME:    workgroup(%[[LHS:.*]] : memref<64x5xf32, #gpu.address_space<workgroup>>, %[[RHS:.*]] : memref<64x33xf32, #gpu.address_space<workgroup>>) kernel
// CHECK:         %[[OUTSIDE:.*]] = scf.if
// CHECK:         gpu.barrier
// CHECK:         arith.extf
// CHECK:         memref.store %{{.*}}, %[[LHS]]
// CHECK:         memref.store %{{.*}}, %[[RHS]]
// CHECK:         gpu.barrier
// CHECK:         %[[SUM:.*]] = scf.for {{.*}} to %c33 {{.*}} iter_args(%[[CARRIED:.*]] = %cst
// CHECK:           %[[A:.*]] = memref.load %[[LHS]]
// CHECK:           %[[B:.*]] = memref.load %[[RHS]]
// CHECK:           math.fma %[[A]], %[[B]], %[[CARRIED]]
// CHECK:         %[[RESULT:.*]] = arith.addf %[[OUTSIDE]], %[[SUM]]
// CHECK:         memref.store %[[RESULT]]
func.func @product(%x: memref<3x33xbf16>, %y: memref<33x17xbf16>, %z: memref<3x17xf32>) {
  linalg.matmul ins(%x, %y : memref<3x33xbf16>, memref<33x17xbf16>) outs(%z : memref<3x17xf32>)
  return
}

// -----

// Large products have larger tiles: eight elements for a thread. A depth of 7 continues the sum outside.
// CHECK-LABEL: gpu.func @contraction
// CHECK-SAME:    workgroup(%{{.*}} : memref<8x17xf32, #gpu.address_space<workgroup>>, %{{.*}} : memref<8x65xf32, #gpu.address_space<workgroup>>)
// CHECK:         scf.for {{.*}} to %c7 {{.*}} -> (f32, f32, f32, f32, f32, f32, f32, f32)
// CHECK-COUNT-8:   math.fma
// CHECK-NOT:     arith.addf
func.func @large(%x: memref<256x7xf32>, %y: memref<7x1024xf32>, %z: memref<256x1024xf32>) {
  linalg.matmul ins(%x, %y : memref<256x7xf32>, memref<7x1024xf32>) outs(%z : memref<256x1024xf32>)
  return
}

// -----

// Without a dimension of its own in the result, a loop is gone through in order, on the result in memory.
// CHECK-LABEL: gpu.func @loops
// CHECK:         scf.for %[[I:.*]] =
// CHECK:           scf.for %[[J:.*]] =
// CHECK:             %[[AT:.*]] = {{.*}}arith.addi %[[I]], %[[J]]
// CHECK:             memref.load
// CHECK:             arith.mulf
// CHECK:             arith.addf
// CHECK:             memref.store
func.func @overlapping(%x: memref<3x16xf32>, %y: memref<5xf32>, %z: memref<3x20xf32>) {
  linalg.generic {indexing_maps = [affine_map<(c, i, j) -> (c, i)>, affine_map<(c, i, j) -> (j)>, affine_map<(c, i, j) -> (c, i + j)>],
                  iterator_types = ["parallel", "reduction", "reduction"]}
    ins(%x, %y : memref<3x16xf32>, memref<5xf32>) outs(%z : memref<3x20xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A branch of the host may yield a constant array, of which the kernel has its own: it repeats the choice.
// CHECK-LABEL: gpu.module @remat_kernels
// CHECK:         gpu.func @copy(%[[C:.*]]: i1, %[[X:.*]]: memref<f32, strided<[], offset: ?>>, %{{.*}}: index, %{{.*}}: memref<f32, strided<[], offset: ?>>)
// CHECK:         memref.get_global @branch_table
// CHECK:         %[[TABLE:.*]] = memref.cast %{{.*}} to memref<4xf32, strided<[?], offset: ?>>
// CHECK:         %[[OTHER:.*]] = memref.reinterpret_cast %[[X]]
// CHECK:         arith.select %[[C]], %[[TABLE]], %[[OTHER]]
// CHECK-LABEL: func @branch(
// CHECK-SAME:    %[[CONDITION:.*]]: i1,
// CHECK:         gpu.launch_func  @remat_kernels::@copy {{.*}} args(%[[CONDITION]] : i1,
memref.global "private" constant @branch_table : memref<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]>
func.func @branch(%c: i1, %x: memref<9xf32>, %y: memref<4xf32>) {
  %table = memref.get_global @branch_table : memref<4xf32>
  %from = scf.if %c -> (memref<4xf32, strided<[?], offset: ?>>) {
    %cast = memref.cast %table : memref<4xf32> to memref<4xf32, strided<[?], offset: ?>>
    scf.yield %cast : memref<4xf32, strided<[?], offset: ?>>
  } else {
    %part = memref.subview %x[2] [4] [1] : memref<9xf32> to memref<4xf32, strided<[1], offset: 2>>
    %cast = memref.cast %part : memref<4xf32, strided<[1], offset: 2>> to memref<4xf32, strided<[?], offset: ?>>
    scf.yield %cast : memref<4xf32, strided<[?], offset: ?>>
  }
  memref.copy %from, %y : memref<4xf32, strided<[?], offset: ?>> to memref<4xf32>
  return
}
