// RUN: remat-opt %s -split-input-file --convert-linalg-to-gpu-kernels | FileCheck %s

// A condition around one op: a grid, of which each thread reads the flag. The host counts the blocks.
// CHECK-LABEL: gpu.func @copy(
// CHECK-SAME:    %[[MASK:.*]]: memref<i1, strided<[], offset: ?>>, %[[STEP:.*]]: index, %[[NEW:.*]]: memref<f32, strided<[], offset: ?>>, %[[SIZE:.*]]: index,
// CHECK:         %[[FLAG:.*]] = memref.load %{{.*}}[%[[STEP]]]
// CHECK:         scf.if %[[FLAG]] {
// CHECK:           gpu.block_id  x
// CHECK:           memref.store
// CHECK-LABEL: func @condition(
// CHECK-SAME:    %{{.*}}: memref<1000xi1>, %[[I:.*]]: index, %[[X:.*]]: memref<?xf32>,
// CHECK:         %[[N:.*]] = memref.dim %[[X]]
// CHECK:         %[[UP:.*]] = arith.addi %[[N]]
// CHECK:         %[[DIV:.*]] = arith.divui %[[UP]]
// CHECK:         %[[BLOCKS:.*]] = arith.maxui %[[DIV]]
// CHECK:         gpu.launch_func  @remat_kernels::@copy blocks in (%[[BLOCKS]],
// CHECK-NOT:     remat.on_device
func.func @condition(%mask: memref<1000xi1>, %step: index, %new: memref<?xf32>, %old: memref<?xf32>) {
  remat.on_device {
    %flag = memref.load %mask[%step] : memref<1000xi1>
    scf.if %flag {
      linalg.copy ins(%new : memref<?xf32>) outs(%old : memref<?xf32>)
    }
  }
  return
}

// -----

// The first thread of the first block counts.
// CHECK-LABEL: gpu.func @copy(
// CHECK:         %[[BLOCK:.*]] = gpu.block_id  x
// CHECK:         %[[THREAD:.*]] = gpu.thread_id  x
// CHECK:         %[[BOTH:.*]] = arith.ori %[[BLOCK]], %[[THREAD]]
// CHECK:         %[[FIRST:.*]] = arith.cmpi eq, %[[BOTH]], %c0
// CHECK:         scf.if %[[FIRST]] {
// CHECK:           memref.load %{{.*}}[%c2
// CHECK:           memref.store %{{.*}}, %{{.*}}[%c2
func.func @count(%x: memref<300xf32>, %y: memref<300xf32>, %counters: memref<5xi64>) {
  remat.on_device {
    remat.count record in %counters : memref<5xi64>
    linalg.copy ins(%x : memref<300xf32>) outs(%y : memref<300xf32>)
  }
  return
}

// -----

// What the op overwrites must not be read by blocks that come later: one block, a barrier between.
// CHECK-LABEL: gpu.func @island(
// CHECK:         %[[VALUE:.*]] = memref.load
// CHECK:         gpu.barrier
// CHECK:         scf.for
// CHECK:           gpu.barrier
// CHECK:           memref.store
// CHECK-LABEL: func @overwritten
// CHECK:         gpu.launch_func  @remat_kernels::@island blocks in (%[[ONE:.*]], %[[ONE]], %[[ONE]])
func.func @overwritten(%x: memref<300xf32>) {
  remat.on_device {
    %c7 = arith.constant 7 : index
    %value = memref.load %x[%c7] : memref<300xf32>
    linalg.fill ins(%value : f32) outs(%x : memref<300xf32>)
  }
  return
}

// -----

// A loop without a linalg op belongs to the first thread, without barriers in it. Equal regions share a kernel,
// also if they use different parts of one block.
// CHECK-LABEL: gpu.module
// CHECK:       gpu.func @island(
// CHECK:         %[[THREAD:.*]] = gpu.thread_id  x
// CHECK:         %[[FIRST:.*]] = arith.cmpi eq, %[[THREAD]], %c0
// CHECK:         scf.if %[[FIRST]] {
// CHECK-NEXT:      scf.for
// CHECK-NOT:         gpu.barrier
// CHECK:             memref.store
// CHECK-NOT:     gpu.barrier
// CHECK:         gpu.return
// CHECK-NOT:   gpu.func
// CHECK-LABEL: func @scatter
// CHECK-COUNT-2: gpu.launch_func  @remat_kernels::@island
func.func @scatter(%at: memref<16xindex>, %x: memref<16xf32>, %y: memref<100xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  remat.on_device {
    scf.for %i = %c0 to %c16 step %c1 {
      %row = memref.load %at[%i] : memref<16xindex>
      %old = memref.load %y[%row] : memref<100xf32>
      %value = memref.load %x[%i] : memref<16xf32>
      %new = arith.addf %old, %value : f32
      memref.store %new, %y[%row] : memref<100xf32>
    }
  }
  %z = memref.subview %y[0] [100] [1] : memref<100xf32> to memref<100xf32, strided<[1]>>
  remat.on_device {
    scf.for %i = %c0 to %c16 step %c1 {
      %row = memref.load %at[%i] : memref<16xindex>
      %old = memref.load %z[%row] : memref<100xf32, strided<[1]>>
      %value = memref.load %x[%i] : memref<16xf32>
      %new = arith.addf %old, %value : f32
      memref.store %new, %z[%row] : memref<100xf32, strided<[1]>>
    }
  }
  return
}

// -----

// Linalg ops of an island use the same shared memory. Only the device knows the extent: block after block.
// CHECK-LABEL: gpu.func @island(
// CHECK-SAME:    workgroup(%[[POOL:.*]] : memref<[[BYTES:.*]]xi8, #gpu.address_space<workgroup>> {llvm.align = 16 : i64})
// CHECK:         %[[N:.*]] = memref.load
// CHECK:         gpu.barrier
// CHECK:         %[[BLOCKS:.*]] = arith.maxui
// CHECK:         scf.for %{{.*}} = %c0{{.*}} to %[[BLOCKS]]
// CHECK:           gpu.barrier
// CHECK:           memref.view %[[POOL]][%c0
// CHECK:           memref.view %[[POOL]][%c0
// CHECK:         gpu.return
func.func @extent(%n: memref<index>, %x: memref<?x16xf32>, %w: memref<16x16xf32>, %y: memref<?x16xf32>, %s: memref<16xf32>) {
  remat.on_device {
    %rows = memref.load %n[] : memref<index>
    %part = memref.subview %x[0, 0] [%rows, 16] [1, 1] : memref<?x16xf32> to memref<?x16xf32, strided<[16, 1]>>
    %result = memref.subview %y[0, 0] [%rows, 16] [1, 1] : memref<?x16xf32> to memref<?x16xf32, strided<[16, 1]>>
    linalg.matmul ins(%part, %w : memref<?x16xf32, strided<[16, 1]>>, memref<16x16xf32>) outs(%result : memref<?x16xf32, strided<[16, 1]>>)
    linalg.reduce {arith.addf} ins(%w : memref<16x16xf32>) outs(%s : memref<16xf32>) dimensions = [1]
  }
  return
}

// -----

// Nothing at all is no kernel, and counters are begun by one thread.
// CHECK-LABEL: gpu.func @island(
// CHECK-COUNT-5: memref.store
// CHECK-NOT:     memref.store
// CHECK:         gpu.return
// CHECK-LABEL: func @reset
// CHECK-COUNT-1: gpu.launch_func
// CHECK-NOT:     gpu.launch_func
func.func @reset(%counters: memref<?xi64>, %x: memref<3xf32>) {
  remat.on_device {
    remat.reset_counters %counters : memref<?xi64>
  }
  remat.on_device {
    memref.copy %x, %x : memref<3xf32> to memref<3xf32>
  }
  return
}

// -----

// The record and its report. Kernels ask first whether a check failed, but for the one that begins to count.
// CHECK-LABEL: gpu.module @remat_kernels
// CHECK-NEXT:    memref.global @remat_record : memref<8xi64> = dense<0>
// CHECK:         gpu.func @island(
// CHECK:           %[[RECORD:.*]] = memref.get_global @remat_record
// CHECK:           %[[SITE:.*]] = memref.load %[[RECORD]][%c0
// CHECK:           %[[NONE:.*]] = arith.cmpi eq, %[[SITE]], %c0
// CHECK:           cf.assert %[[NONE]], ""
// CHECK:           %[[BAD:.*]] = scf.for
// CHECK:             arith.minui
// CHECK-COUNT-8:   gpu.barrier
// CHECK:           %[[HOLDS:.*]] = arith.cmpi eq
// CHECK:           scf.if
// CHECK:             memref.store %c1_i64
// CHECK:           cf.assert %[[HOLDS]], ""
// CHECK:           memref.load
// CHECK:         gpu.func @elementwise(
// CHECK:           cf.assert
// CHECK:         gpu.func @island_{{.*}}(
// CHECK-NOT:       cf.assert
// CHECK:           memref.store %{{.*}}, %{{.*}}[%c4
// CHECK:           %[[RECORD:.*]] = memref.get_global @remat_record
// CHECK:           memref.store %{{.*}}, %[[RECORD]][%c0
// CHECK-NOT:     gpu.func
// CHECK-LABEL: func @checks
// CHECK-LABEL: func @remat_report(
// CHECK-SAME:    %[[WORDS:.*]]: memref<8xi64>) attributes {llvm.emit_c_interface}
// CHECK:         scf.index_switch
// CHECK:         case 1 {
// CHECK:           %[[VALUE:.*]] = memref.load %[[WORDS]][%c3
// CHECK:           %[[STEP:.*]] = memref.load %[[WORDS]][%c1
// CHECK:           %[[POSITION:.*]] = memref.load %[[WORDS]][%c2
// CHECK:           %[[LIMIT:.*]] = memref.load %[[WORDS]][%c4
// CHECK:           llvm.call @rematFailAtIndex(%[[VALUE]], %[[STEP]], %[[POSITION]], %[[LIMIT]],
// CHECK:         case 2 {
// CHECK:           %[[VALUE:.*]] = memref.load %[[WORDS]][%c3
// CHECK:           %[[LEAST:.*]] = memref.load %[[WORDS]][%c4
// CHECK:           %[[MOST:.*]] = memref.load %[[WORDS]][%c5
// CHECK:           %[[STEP:.*]] = memref.load %[[WORDS]][%c1
// CHECK:           llvm.call @rematCheckRange(%[[VALUE]], %[[LEAST]], %[[MOST]], %[[STEP]],
// CHECK:         case 3 {
// CHECK:           llvm.call @rematFail(
// CHECK-NOT:     case
#id = affine_map<(i) -> (i)>
func.func @checks(%table: memref<9xf32>, %at: memref<16xi32>, %step: index, %x: memref<16xf32>, %counters: memref<5xi64>) {
  %c0 = arith.constant 0 : index
  %c9 = arith.constant 9 : index
  remat.on_device {
    remat.check_indices %at at(%step) below %c9 : memref<16xi32>
    %first = memref.load %at[%c0] : memref<16xi32>
    %i = arith.index_cast %first : i32 to index
    remat.check_range %i in %c0 to %c9 at(%step), "first index"
    %n = memref.load %table[%i] : memref<9xf32>
    %zero = arith.constant 0.0 : f32
    %positive = arith.cmpf oge, %n, %zero : f32
    cf.assert %positive, "expects a positive number"
    memref.store %n, %x[%c0] : memref<16xf32>
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
    ins(%at : memref<16xi32>) outs(%x : memref<16xf32>) {
  ^bb0(%a: i32, %o: f32):
    %i = arith.index_cast %a : i32 to index
    %r = memref.load %table[%i] : memref<9xf32>
    linalg.yield %r : f32
  }
  remat.on_device {
    remat.reset_counters %counters : memref<5xi64>
  }
  return
}

// -----

// Loops and choices of memrefs have types without an offset.
// CHECK-LABEL: gpu.func @island(
// CHECK:         scf.while (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) : (memref<16xf32, strided<[1], offset: ?>>, memref<16xf32, strided<[1], offset: ?>>)
// CHECK:           scf.condition
// CHECK:           gpu.barrier
// CHECK:           memref.store
// CHECK:           gpu.barrier
// CHECK:           scf.yield
func.func @buffers(%x: memref<16xf32>, %y: memref<16xf32>) {
  %c0 = arith.constant 0 : index
  remat.on_device {
    %r:2 = scf.while (%a = %x, %b = %y) : (memref<16xf32>, memref<16xf32>) -> (memref<16xf32>, memref<16xf32>) {
      %v = memref.load %a[%c0] : memref<16xf32>
      %limit = arith.constant 10.0 : f32
      %goes = arith.cmpf olt, %v, %limit : f32
      scf.condition(%goes) %a, %b : memref<16xf32>, memref<16xf32>
    } do {
    ^bb0(%a: memref<16xf32>, %b: memref<16xf32>):
      linalg.add ins(%a, %b : memref<16xf32>, memref<16xf32>) outs(%b : memref<16xf32>)
      scf.yield %b, %a : memref<16xf32>, memref<16xf32>
    }
  }
  return
}

// -----

// Names of constant arrays are theirs.
// CHECK-LABEL: gpu.module @remat_kernels
// CHECK:         memref.global "private" constant @copy
// CHECK:         gpu.func @copy_kernel(
// CHECK:           memref.get_global @copy
memref.global "private" constant @copy : memref<3xf32> = dense<[1.0, 2.0, 3.0]>
func.func @names(%x: memref<3xf32>, %y: memref<3xf32>) {
  %table = memref.get_global @copy : memref<3xf32>
  linalg.copy ins(%x : memref<3xf32>) outs(%y : memref<3xf32>)
  linalg.copy ins(%table : memref<3xf32>) outs(%y : memref<3xf32>)
  return
}
