// RUN: remat-opt %s -split-input-file --convert-linalg-to-cpu-kernels=isa=avx512 | FileCheck %s
// RUN: remat-opt %s -split-input-file --convert-linalg-to-cpu-kernels=isa=avx2 | FileCheck %s --check-prefix=AVX2

// A tile of eight rows by two vectors, a depth in chunks, the next chunk prefetched.
// CHECK-LABEL: func @packed_product
// CHECK-SAME:    %[[A:.*]]: memref<16x256xf32>, %[[B:.*]]: memref<4x256x32xf32>, %[[C:.*]]: memref<16x4x32xf32>
// CHECK:         scf.for %[[PANEL:[a-z0-9]+]] =
// CHECK:           scf.for %[[CHUNK:[a-z0-9]+]] =
// CHECK:             scf.for %[[ROW:[a-z0-9]+]] =
// The tile starts from zero and is added to the result: a sum block of 128.
// CHECK:               scf.for %[[K:[a-z0-9]+]] =
// CHECK:                 memref.prefetch %[[B]]
// CHECK:                 vector.load %[[B]][%[[PANEL]], %[[K]]
// CHECK:                 %[[ELEMENT:.*]] = memref.load %[[A]][%[[ROW]], %[[K]]]
// CHECK:                 vector.broadcast %[[ELEMENT]] : f32 to vector<16xf32>
// CHECK-COUNT-128:       vector.fma {{.*}} : vector<16xf32>
// CHECK:                 scf.yield
// CHECK:               %[[OLD:.*]] = vector.load %[[C]]
// CHECK-NEXT:          %[[NEW:.*]] = arith.addf %[[OLD]]
// CHECK-NEXT:          vector.store %[[NEW]], %[[C]]
// CHECK-COUNT-15:      vector.store {{.*}}, %[[C]]
// AVX2-LABEL: func @packed_product
// AVX2:         scf.yield {{.*}} : vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>
func.func @packed_product(%a: memref<16x256xf32>, %b: memref<4x256x32xf32>, %c: memref<16x4x32xf32>) {
  linalg.generic {indexing_maps = [affine_map<(m, p, n, k) -> (m, k)>, affine_map<(m, p, n, k) -> (p, k, n)>,
                                   affine_map<(m, p, n, k) -> (m, p, n)>],
                  iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<16x256xf32>, memref<4x256x32xf32>) outs(%c : memref<16x4x32xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %p = arith.mulf %x, %y : f32
    %s = arith.addf %z, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Seventeen rows are a tile of eight and one of nine; nine columns one masked vector.
// CHECK-LABEL: func @edges
// CHECK:         %[[MASK:.*]] = vector.constant_mask [9] : vector<16xi1>
// CHECK:         scf.for
// CHECK-COUNT-8: vector.maskedstore {{.*}}, %[[MASK]]
// CHECK:         scf.for
// CHECK-COUNT-9: vector.maskedstore {{.*}}, %[[MASK]]
// CHECK-NOT:     vector.masked
// AVX2-LABEL: func @edges
// AVX2-NOT:     mask
// AVX2:         vector<1xf32>
// AVX2-NOT:     mask
func.func @edges(%a: memref<17x40xf32>, %b: memref<40x9xf32>, %c: memref<17x9xf32>) {
  linalg.matmul ins(%a, %b : memref<17x40xf32>, memref<40x9xf32>) outs(%c : memref<17x9xf32>)
  return
}

// -----

// A transposed right operand is copied into a panel on the stack, chunk by chunk,
// in squares that are transposed in registers.
// CHECK-LABEL: func @transposed
// CHECK-SAME:    %{{.*}}: memref<16x256xf32>, %[[B:.*]]: memref<64x256xf32>
// CHECK:         %[[PANEL:[a-z0-9]+]] = memref.alloca() {alignment = 64 : i64} : memref<128x32xf32>
// CHECK-COUNT-16: vector.load %[[B]]
// CHECK-COUNT-64: vector.shuffle
// CHECK-COUNT-16: vector.store %{{.*}}, %[[PANEL]]
// CHECK:         vector.load %[[PANEL]]
func.func @transposed(%a: memref<16x256xf32>, %b: memref<64x256xf32>, %c: memref<16x64xf32>) {
  linalg.contract indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n, k)>,
                                   affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : memref<16x256xf32>, memref<64x256xf32>) outs(%c : memref<16x64xf32>)
  return
}

// -----

// If the left operand is transposed too, so is the tile: elements of the matrix are
// broadcast, nothing is copied, and squares of the result are transposed in registers.
// CHECK-LABEL: func @both_transposed
// CHECK-SAME:    %[[A:[a-z0-9]+]]: memref<256x16xf32>, %[[B:[a-z0-9]+]]: memref<64x256xf32>, %[[C:[a-z0-9]+]]: memref<16x64xf32>
// CHECK-NOT:     memref.alloca
// CHECK:         scf.for
// CHECK:           vector.load %[[A]]
// CHECK:           %[[ELEMENT:.*]] = memref.load %[[B]]
// CHECK:           vector.broadcast %[[ELEMENT]]
// CHECK-COUNT-64: vector.shuffle
// CHECK-COUNT-16: vector.store %{{.*}}, %[[C]]
func.func @both_transposed(%a: memref<256x16xf32>, %b: memref<64x256xf32>, %c: memref<16x64xf32>) {
  linalg.contract indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (n, k)>,
                                   affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : memref<256x16xf32>, memref<64x256xf32>) outs(%c : memref<16x64xf32>)
  return
}

// -----

// The gradient of a weight is read and written once, row block after row block.
// CHECK-LABEL: func @weight_gradient
// CHECK-SAME:    memref<256x64xf32>)
// CHECK-NOT:     memref.alloca
// CHECK:         scf.for %[[ROW:[a-z0-9]+]] =
// CHECK:           scf.for %[[COLUMN:[a-z0-9]+]] =
// CHECK:             vector.load %{{.*}}[%[[ROW]], %[[COLUMN]]]
// CHECK:             arith.addf
func.func @weight_gradient(%a: memref<16x256xf32>, %b: memref<16x64xf32>, %c: memref<256x64xf32>) {
  linalg.contract indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>,
                                   affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %b : memref<16x256xf32>, memref<16x64xf32>) outs(%c : memref<256x64xf32>)
  return
}

// -----

// A transpose goes through registers, square by square.
// CHECK-LABEL: func @transpose
// CHECK-COUNT-16: vector.load
// CHECK-COUNT-64: vector.shuffle
// CHECK-COUNT-16: vector.store
func.func @transpose(%a: memref<16x256xf32>, %c: memref<256x16xf32>) {
  linalg.transpose ins(%a : memref<16x256xf32>) outs(%c : memref<256x16xf32>) permutation = [1, 0]
  return
}

// -----

// Contiguous rows are one row; what is left over gets a mask.
// CHECK-LABEL: func @elementwise
// CHECK-COUNT-2: memref.collapse_shape {{.*}} {{\[\[}}0, 1]] : memref<3x65xf32> into memref<195xf32>
// CHECK:         scf.for %{{.*}} = %{{.*}} to %[[END:.*]] step
// CHECK:           %[[X:.*]] = vector.load
// CHECK:           math.tanh %[[X]] : vector<16xf32>
// CHECK:         }
// CHECK:         vector.constant_mask [3]
// CHECK:         vector.maskedload
// CHECK:         math.tanh
// CHECK:         vector.maskedstore
func.func @elementwise(%a: memref<3x65xf32>, %c: memref<3x65xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%a : memref<3x65xf32>) outs(%c : memref<3x65xf32>) {
  ^bb0(%x: f32, %z: f32):
    %t = math.tanh %x : f32
    linalg.yield %t : f32
  }
  return
}

// -----

// What does not vary along the rows is computed once per row, as a scalar.
// CHECK-LABEL: func @gather
// CHECK:         scf.for %[[ROW:[a-z0-9]+]] =
// CHECK:           %[[ID:.*]] = memref.load %{{.*}}[%[[ROW]]] : memref<6xi32>
// CHECK:           %[[INDEX:.*]] = arith.index_cast %[[ID]] : i32 to index
// CHECK:           vector.load %{{.*}}[%[[INDEX]], %{{.*}}] : memref<9x32xf32>, vector<16xf32>
func.func @gather(%ids: memref<6xi32>, %table: memref<9x32xf32>, %c: memref<6x32xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%ids : memref<6xi32>) outs(%c : memref<6x32xf32>) {
  ^bb0(%id: i32, %z: f32):
    %row = arith.index_cast %id : i32 to index
    %column = linalg.index 1 : index
    %v = memref.load %table[%row, %column] : memref<9x32xf32>
    linalg.yield %v : f32
  }
  return
}

// -----

// Sixteen lanes on every target, then a tree of four levels.
// CHECK-LABEL: func @row_sums
// CHECK:         %[[LANES:.*]] = arith.constant dense<{{.*}}> : vector<16xf32>
// CHECK:         scf.for {{.*}} iter_args(%{{.*}} = %[[LANES]])
// CHECK:           arith.addf {{.*}} : vector<16xf32>
// CHECK:         arith.select {{.*}} : vector<16xi1>, vector<16xf32>
// CHECK:         arith.addf {{.*}} : vector<8xf32>
// CHECK:         arith.addf {{.*}} : vector<4xf32>
// CHECK:         arith.addf {{.*}} : vector<2xf32>
// CHECK:         arith.addf {{.*}} : vector<1xf32>
// AVX2-LABEL: func @row_sums
// AVX2:         scf.for {{.*}} -> (vector<16xf32>)
func.func @row_sums(%a: memref<16x65xf32>, %c: memref<16xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
                  iterator_types = ["parallel", "reduction"]}
      ins(%a : memref<16x65xf32>) outs(%c : memref<16xf32>) {
  ^bb0(%x: f32, %z: f32):
    %s = arith.addf %z, %x : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A body with control flow is left to scalar loops.
// CHECK-LABEL: func @branches
// CHECK-NOT:     vector
// CHECK:         scf.if
// CHECK-NOT:     vector
func.func @branches(%a: memref<32xf32>, %c: memref<32xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : memref<32xf32>) outs(%c : memref<32xf32>) {
  ^bb0(%x: f32, %z: f32):
    %zero = arith.constant 0.0 : f32
    %p = arith.cmpf ogt, %x, %zero : f32
    %s = scf.if %p -> f32 {
      scf.yield %x : f32
    } else {
      scf.yield %z : f32
    }
    linalg.yield %s : f32
  }
  return
}
