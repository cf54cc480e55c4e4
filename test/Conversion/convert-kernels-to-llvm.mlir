// RUN: remat-opt %s -convert-kernels-to-llvm -reconcile-unrealized-casts | FileCheck %s
// RUN: remat-opt %s -remat-linalg-to-llvm | FileCheck %s --check-prefix=PIPELINE

// Loads, arithmetic, calls, branches and poison at once: no cast is left.

// CHECK: llvm.mlir.global private constant @table(dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>)
memref.global "private" constant @table : memref<2xf32> = dense<[1.0, 2.0]>

// CHECK-LABEL: llvm.func @read(
// CHECK-SAME: %[[DATA:.*]]: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: i64, %[[AT:.*]]: i64) -> f32
// CHECK-NOT: unrealized_conversion_cast
// CHECK: %[[SLOT:.*]] = llvm.getelementptr {{.*}}[%[[AT]]]
// CHECK: %[[VALUE:.*]] = llvm.load %[[SLOT]] : !llvm.ptr -> f32
// CHECK: llvm.mlir.addressof @table : !llvm.ptr
// CHECK: %[[SUM:.*]] = llvm.fadd %[[VALUE]], %{{.*}} : f32
// CHECK: llvm.return %[[SUM]] : f32
func.func @read(%x: memref<?xf32>, %i: index) -> f32 {
  %v = memref.load %x[%i] : memref<?xf32>
  %t = memref.get_global @table : memref<2xf32>
  %zero = arith.constant 0 : index
  %w = memref.load %t[%zero] : memref<2xf32>
  %s = arith.addf %v, %w : f32
  return %s : f32
}

// A block's arguments change their types with the branches to it.
// CHECK-LABEL: llvm.func @choose
// CHECK: llvm.cond_br %{{.*}}, ^[[THEN:bb[0-9]+]], ^[[JOIN:bb[0-9]+]](%{{.*}} : {{.*}})
// CHECK: ^[[THEN]]:
// CHECK: %[[CALLED:.*]] = llvm.call @read(
// CHECK: llvm.br ^[[JOIN]](%{{.*}} : {{.*}})
// CHECK: ^[[JOIN]](%{{.*}}: !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>):
// CHECK-NOT: unrealized_conversion_cast
// CHECK: llvm.mlir.poison : f32
func.func @choose(%c: i1, %x: memref<?xf32>, %y: memref<?xf32>, %i: index, %j: index) -> f32 {
  cf.cond_br %c, ^then, ^join(%x : memref<?xf32>)
^then:
  %q = arith.floordivsi %i, %j : index
  %r = call @read(%x, %q) : (memref<?xf32>, index) -> f32
  memref.store %r, %y[%i] : memref<?xf32>
  cf.br ^join(%y : memref<?xf32>)
^join(%z: memref<?xf32>):
  %p = ub.poison : f32
  memref.store %p, %z[%i] : memref<?xf32>
  %v = memref.load %z[%i] : memref<?xf32>
  return %v : f32
}

// Vectors are converted before, so nothing of MLIR's other dialects remains.
// PIPELINE-LABEL: llvm.func @read
// PIPELINE-NOT: {{memref\.|arith\.|index\.|func\.|cf\.|ub\.|unrealized}}
