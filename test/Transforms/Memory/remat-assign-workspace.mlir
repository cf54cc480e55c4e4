// RUN: remat-opt %s --remat-assign-workspace | FileCheck %s

// Temporaries that are not in use at the same time share memory; each function
// counts its own calls; what is copied is noted.
// CHECK-LABEL: func.func private @step_advance
// CHECK-SAME: %[[H:[a-z0-9]+]]: memref<20xf32>, %[[NEXT:[a-z0-9]+]]: memref<20xf32>, %[[WORKSPACE:[a-z0-9]+]]: memref<256xi8>, %[[COUNTERS:[a-z0-9]+]]: memref<5xi64>) {
func.func private @step_advance(%t: index, %pos: index, %h: memref<20xf32>, %next: memref<20xf32>) {
  // CHECK-NEXT: remat.count advance in %[[COUNTERS]]
  // CHECK: %[[AT0:.*]] = arith.constant 0 : index
  // CHECK: %[[A:.*]] = memref.view %[[WORKSPACE]][%[[AT0]]][]
  // CHECK: %[[AT128:.*]] = arith.constant 128 : index
  // CHECK: %[[B:.*]] = memref.view %[[WORKSPACE]][%[[AT128]]][]
  // CHECK: %[[AGAIN:.*]] = arith.constant 0 : index
  // CHECK: %[[C:.*]] = memref.view %[[WORKSPACE]][%[[AGAIN]]][]
  %a = memref.alloc() : memref<20xf32>
  %b = memref.alloc() : memref<20xf32>
  %c = memref.alloc() : memref<20xf32>
  linalg.exp ins(%h : memref<20xf32>) outs(%a : memref<20xf32>)
  linalg.generic {indexing_maps = [affine_map<(i) -> (19 - i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : memref<20xf32>) outs(%b : memref<20xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  }
  linalg.generic {indexing_maps = [affine_map<(i) -> (19 - i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%b : memref<20xf32>) outs(%c : memref<20xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  }
  // CHECK: linalg.copy ins(%[[C]] : memref<20xf32>) outs(%[[NEXT]] : memref<20xf32>)
  memref.copy %c, %next : memref<20xf32> to memref<20xf32>
  return
}

// CHECK: remat.chain "private" @step {{.*}} workspace [256, 0, 0, 0, 0, 0, 0]
remat.chain "private" @step advance(@step_advance) carry [tensor<20xf32>]

// An extent of the step takes the room of what the slice is taken of, or of a constant
// that it does not exceed: 9 x 4 floats are 192 bytes.
// CHECK-LABEL: func.func private @sliced_advance
// CHECK-SAME:    %[[T:.*]]: index, %{{.*}}: index, %{{.*}}: memref<9x4xf32>, %{{.*}}: memref<9x4xf32>, %[[WORKSPACE:.*]]: memref<384xi8>
// CHECK:         memref.view %[[WORKSPACE]][%{{.*}}][%[[T]]] : memref<384xi8> to memref<?x4xf32>
// CHECK:         %[[M:.*]] = arith.minsi
// CHECK:         memref.view %[[WORKSPACE]][%{{.*}}][%[[M]]] : memref<384xi8> to memref<?x4xf32>
// CHECK:         remat.chain "private" @sliced {{.*}} workspace [384, 0, 0, 0, 0, 0, 0]
func.func private @sliced_advance(%t: index, %pos: index, %h: memref<9x4xf32>, %next: memref<9x4xf32>) {
  %nine = arith.constant 9 : index
  %part = memref.subview %h[0, 0] [%t, 4] [1, 1] : memref<9x4xf32> to memref<?x4xf32, strided<[4, 1]>>
  %a = memref.alloc(%t) : memref<?x4xf32>
  memref.copy %part, %a : memref<?x4xf32, strided<[4, 1]>> to memref<?x4xf32>
  %m = arith.minsi %t, %nine : index
  %b = memref.alloc(%m) : memref<?x4xf32>
  memref.copy %a, %b : memref<?x4xf32> to memref<?x4xf32>
  memref.copy %b, %part : memref<?x4xf32> to memref<?x4xf32, strided<[4, 1]>>
  return
}
remat.chain "private" @sliced advance(@sliced_advance) carry [tensor<9x4xf32>]

// What an element-wise operation is the last to read, it may write over: its result needs no
// place of its own, also in another shape. Not so where the array is read again, or through
// another map.
// CHECK-LABEL: func.func private @reused_advance
// CHECK-DAG: %[[FIRST:.*]] = memref.view %{{.*}}[%c0{{.*}}][] : memref<128xi8> to memref<4x4xf32>
// CHECK-DAG: %[[SECOND:.*]] = memref.view %{{.*}}[%c64{{.*}}][] : memref<128xi8> to memref<4x4xf32>
// CHECK: %[[FLAT:.*]] = memref.reinterpret_cast %[[FIRST]]
// CHECK: %[[SQUARE:.*]] = memref.expand_shape %[[FLAT]]
// CHECK: linalg.exp ins(%{{.*}}) outs(%[[FIRST]] : memref<4x4xf32>)
// CHECK: linalg.tanh ins(%[[FIRST]] : memref<4x4xf32>) outs(%[[SQUARE]] : memref<4x4xf32>)
// CHECK: linalg.transpose ins(%[[SQUARE]] : memref<4x4xf32>) outs(%[[SECOND]] :
// CHECK: linalg.add ins(%[[SQUARE]], %[[SECOND]] : {{.*}}) outs(%[[SECOND]] :
func.func private @reused_advance(%t: index, %pos: index, %h: memref<4x4xf32>, %next: memref<4x4xf32>) {
  %a = memref.alloc() : memref<4x4xf32>
  %b = memref.alloc() : memref<16xf32>
  %b_square = memref.expand_shape %b [[0, 1]] output_shape [4, 4] : memref<16xf32> into memref<4x4xf32>
  %c = memref.alloc() : memref<4x4xf32>
  %d = memref.alloc() : memref<4x4xf32>
  linalg.exp ins(%h : memref<4x4xf32>) outs(%a : memref<4x4xf32>)
  linalg.tanh ins(%a : memref<4x4xf32>) outs(%b_square : memref<4x4xf32>)
  linalg.transpose ins(%b_square : memref<4x4xf32>) outs(%c : memref<4x4xf32>) permutation = [1, 0]
  linalg.add ins(%b_square, %c : memref<4x4xf32>, memref<4x4xf32>) outs(%d : memref<4x4xf32>)
  linalg.transpose ins(%d : memref<4x4xf32>) outs(%next : memref<4x4xf32>) permutation = [1, 0]
  return
}
remat.chain "private" @reused advance(@reused_advance) carry [tensor<4x4xf32>]
