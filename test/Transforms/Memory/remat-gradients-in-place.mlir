// RUN: remat-opt %s --remat-gradients-in-place -split-input-file | FileCheck %s
// RUN: remat-opt %s --remat-gradients-in-place --canonicalize -split-input-file | FileCheck %s --check-prefix=COPY
// RUN: remat-opt %s --remat-gradients-in-place --remat-finalize-steps -split-input-file \
// RUN:   | FileCheck %s --check-prefix=FINAL

// What is multiplied element by element, what is read before the first write of the
// result, in whatever shape, what passes through, and what is copied first, as where only
// a part of it changes: each in one buffer.
// CHECK-LABEL: func.func private @reverse
// CHECK-SAME: (%{{.*}}: index, %{{.*}}: index, %[[W:[a-z0-9]+]]: memref<2x3xf32>, %[[A:[a-z0-9]+]]: memref<2x3xf32>, %[[B:[a-z0-9]+]]: memref<6xf32>, %[[C:[a-z0-9]+]]: memref<4xf32>, %[[D:[a-z0-9]+]]: memref<4xf32>) {
// CHECK-NEXT: %[[VIEW:.*]] = memref.reinterpret_cast %[[B]] {{.*}} : memref<6xf32> to memref<2x3xf32>
// CHECK-NOT: memref.alloc
// CHECK: linalg.mul ins(%[[A]], %[[W]] : {{.*}}) outs(%[[A]] :
// CHECK-NEXT: memref.expand_shape %[[B]]
// CHECK-NEXT: linalg.add ins(%[[A]], %{{.*}} : {{.*}}) outs(%[[A]] :
// CHECK-NEXT: linalg.mul ins(%[[A]], %[[W]] : {{.*}}) outs(%[[VIEW]] :
// CHECK: memref.copy %[[D]], %[[D]]
// CHECK: return{{$}}
// CHECK: remat.chain {{.*}} gradient [tensor<2x3xf32>, tensor<6xf32>, tensor<4xf32>, tensor<4xf32>] in_place [0, 1, 2, 3]

// COPY-LABEL: func.func private @reverse
// COPY-NOT: memref.copy

// FINAL-LABEL: func.func private @reverse
// FINAL-SAME: (%{{.*}}: index, %{{.*}}: index, %{{[a-z0-9]+}}: memref<2x3xf32>, %{{[a-z0-9]+}}: memref<2x3xf32>, %{{[a-z0-9]+}}: memref<6xf32>, %{{[a-z0-9]+}}: memref<4xf32>, %{{[a-z0-9]+}}: memref<4xf32>) {
func.func private @step(%t: index, %pos: index, %a: memref<2x3xf32>, %b: memref<6xf32>, %c: memref<4xf32>, %d: memref<4xf32>)
    -> (memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>) {
  return %a, %b, %c, %d : memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>
}
func.func private @record(%t: index, %pos: index, %a: memref<2x3xf32>, %b: memref<6xf32>, %c: memref<4xf32>, %d: memref<4xf32>)
    -> (memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>, memref<2x3xf32>) {
  return %a, %b, %c, %d, %a : memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>, memref<2x3xf32>
}
func.func private @linearize(%t: index, %pos: index, %a: memref<2x3xf32>, %b: memref<6xf32>, %c: memref<4xf32>, %d: memref<4xf32>)
    -> memref<2x3xf32> {
  return %a : memref<2x3xf32>
}
func.func private @reverse(%t: index, %pos: index, %w: memref<2x3xf32>, %a: memref<2x3xf32>, %b: memref<6xf32>, %c: memref<4xf32>, %d: memref<4xf32>)
    -> (memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>) {
  %new_a = memref.alloc() : memref<2x3xf32>
  %new_b = memref.alloc() : memref<2x3xf32>
  %new_d = memref.alloc() : memref<4xf32>
  linalg.mul ins(%a, %w : memref<2x3xf32>, memref<2x3xf32>) outs(%new_a : memref<2x3xf32>)
  %read_b = memref.expand_shape %b [[0, 1]] output_shape [2, 3] : memref<6xf32> into memref<2x3xf32>
  linalg.add ins(%new_a, %read_b : memref<2x3xf32>, memref<2x3xf32>) outs(%new_a : memref<2x3xf32>)
  linalg.mul ins(%new_a, %w : memref<2x3xf32>, memref<2x3xf32>) outs(%new_b : memref<2x3xf32>)
  %flat_b = memref.collapse_shape %new_b [[0, 1]] : memref<2x3xf32> into memref<6xf32>
  memref.copy %d, %new_d : memref<4xf32> to memref<4xf32>
  %zero = arith.constant 0.0 : f32
  %part = memref.subview %new_d[1] [2] [1] : memref<4xf32> to memref<2xf32, strided<[1], offset: 1>>
  linalg.fill ins(%zero : f32) outs(%part : memref<2xf32, strided<[1], offset: 1>>)
  return %new_a, %flat_b, %c, %new_d : memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>
}
remat.chain "private" @loop advance(@step) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<2x3xf32>, tensor<6xf32>, tensor<4xf32>, tensor<4xf32>] tape [tensor<2x3xf32>]
  gradient [tensor<2x3xf32>, tensor<6xf32>, tensor<4xf32>, tensor<4xf32>]
func.func @entry(%n: index, %a: memref<2x3xf32>, %b: memref<6xf32>, %c: memref<4xf32>, %d: memref<4xf32>) {
  %a0 = memref.alloc() : memref<2x3xf32>
  %b0 = memref.alloc() : memref<6xf32>
  %c0 = memref.alloc() : memref<4xf32>
  %d0 = memref.alloc() : memref<4xf32>
  %history = remat.forward_sweep @loop count(%n)
    init(%a, %b, %c, %d : memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>)
    final(%a0, %b0, %c0, %d0 : memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>) history !remat.history
  remat.backward_sweep @loop history(%history) count(%n)
    init(%a, %b, %c, %d : memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>)
    final_cotangent(%a, %b, %c, %d : memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>)
    init_gradient(%a0, %b0, %c0, %d0 : memref<2x3xf32>, memref<6xf32>, memref<4xf32>, memref<4xf32>)
  return
}

// -----

// Read again after the first write, read through another map, read by the body at any
// place, read in a loop that writes the result, given by a branch that may give either:
// two buffers, and nothing is copied. So is what changes places, and all but one of the
// results that are one argument.
// CHECK-LABEL: func.func private @reverse
// CHECK-SAME: -> (memref<4x4xf32>, memref<4x4xf32>, memref<4x4xf32>, memref<4x4xf32>, memref<4x4xf32>, memref<4x4xf32>, memref<4x4xf32>, memref<4x4xf32>)
// CHECK-NOT: memref.copy
// CHECK: remat.chain {{.*}} in_place [7]{{$}}
// COPY-LABEL: func.func private @reverse
// FINAL-LABEL: func.func private @reverse
!m = memref<4x4xf32>
#same = affine_map<(i, j) -> (i, j)>
#transposed = affine_map<(i, j) -> (j, i)>
func.func private @step(%t: index, %pos: index, %a: !m, %b: !m, %c: !m, %d: !m, %e: !m, %f: !m, %g: !m, %h: !m, %i: !m)
    -> (!m, !m, !m, !m, !m, !m, !m, !m, !m) {
  return %a, %b, %c, %d, %e, %f, %g, %h, %i : !m, !m, !m, !m, !m, !m, !m, !m, !m
}
func.func private @record(%t: index, %pos: index, %a: !m, %b: !m, %c: !m, %d: !m, %e: !m, %f: !m, %g: !m, %h: !m, %i: !m)
    -> (!m, !m, !m, !m, !m, !m, !m, !m, !m) {
  return %a, %b, %c, %d, %e, %f, %g, %h, %i : !m, !m, !m, !m, !m, !m, !m, !m, !m
}
func.func private @linearize(%t: index, %pos: index, %a: !m, %b: !m, %c: !m, %d: !m, %e: !m, %f: !m, %g: !m, %h: !m, %i: !m) {
  return
}
func.func private @reverse(%t: index, %pos: index, %a: !m, %b: !m, %c: !m, %d: !m, %e: !m, %f: !m, %g: !m, %h: !m, %i: !m)
    -> (!m, !m, !m, !m, !m, !m, !m, !m, !m) {
  %new_a = memref.alloc() : !m
  %new_b = memref.alloc() : !m
  %new_c = memref.alloc() : !m
  %new_d = memref.alloc() : !m
  %new_e = memref.alloc() : !m
  %other = memref.alloc() : !m
  linalg.exp ins(%a : !m) outs(%new_a : !m)
  linalg.add ins(%new_a, %a : !m, !m) outs(%new_a : !m)
  linalg.generic {indexing_maps = [#transposed, #same], iterator_types = ["parallel", "parallel"]}
    ins(%b : !m) outs(%new_b : !m) {
  ^bb0(%x: f32, %y: f32):
    linalg.yield %x : f32
  }
  linalg.generic {indexing_maps = [#same], iterator_types = ["parallel", "parallel"]} outs(%new_c : !m) {
  ^bb0(%y: f32):
    %row = linalg.index 1 : index
    %column = linalg.index 0 : index
    %x = memref.load %c[%row, %column] : !m
    linalg.yield %x : f32
  }
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %four = arith.constant 4 : index
  scf.for %k = %zero to %four step %one {
    %x = memref.load %d[%zero, %k] : !m
    memref.store %x, %new_d[%k, %zero] : !m
  }
  %is_first = arith.cmpi eq, %t, %zero : index
  %either = scf.if %is_first -> !m {
    scf.yield %e : !m
  } else {
    scf.yield %new_e : !m
  }
  linalg.exp ins(%either : !m) outs(%other : !m)
  linalg.exp ins(%other : !m) outs(%new_e : !m)
  return %new_a, %new_b, %new_c, %new_d, %new_e, %g, %f, %h, %h : !m, !m, !m, !m, !m, !m, !m, !m, !m
}
remat.chain "private" @loop advance(@step) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>]
  gradient [tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>]
func.func @entry(%n: index, %x: !m) {
  %a = memref.alloc() : !m
  %b = memref.alloc() : !m
  %c = memref.alloc() : !m
  %d = memref.alloc() : !m
  %e = memref.alloc() : !m
  %f = memref.alloc() : !m
  %g = memref.alloc() : !m
  %h = memref.alloc() : !m
  %i = memref.alloc() : !m
  %history = remat.forward_sweep @loop count(%n) init(%x, %x, %x, %x, %x, %x, %x, %x, %x : !m, !m, !m, !m, !m, !m, !m, !m, !m)
    final(%a, %b, %c, %d, %e, %f, %g, %h, %i : !m, !m, !m, !m, !m, !m, !m, !m, !m) history !remat.history
  remat.backward_sweep @loop history(%history) count(%n) init(%x, %x, %x, %x, %x, %x, %x, %x, %x : !m, !m, !m, !m, !m, !m, !m, !m, !m)
    final_cotangent(%x, %x, %x, %x, %x, %x, %x, %x, %x : !m, !m, !m, !m, !m, !m, !m, !m, !m)
    init_gradient(%a, %b, %c, %d, %e, %f, %g, %h, %i : !m, !m, !m, !m, !m, !m, !m, !m, !m)
  return
}

// -----

// What a function returns that two chains name is not for one of them to decide.
// CHECK-LABEL: func.func private @reverse
// CHECK-SAME: -> memref<4xf32> {
// COPY-LABEL: func.func private @reverse
// FINAL-LABEL: func.func private @reverse
func.func private @step(%t: index, %pos: index, %a: memref<4xf32>) -> memref<4xf32> {
  return %a : memref<4xf32>
}
func.func private @reverse(%t: index, %pos: index, %a: memref<4xf32>) -> memref<4xf32> {
  return %a : memref<4xf32>
}
remat.chain "private" @loop advance(@step) record(@step) linearize(@step) reverse(@reverse) carry [tensor<4xf32>] gradient [tensor<4xf32>]
remat.chain "private" @other advance(@step) record(@step) linearize(@step) reverse(@reverse) carry [tensor<4xf32>] gradient [tensor<4xf32>]
func.func @entry(%n: index, %x: memref<4xf32>, %a: memref<4xf32>, %b: memref<4xf32>) {
  %history = remat.forward_sweep @loop count(%n) init(%x : memref<4xf32>) final(%a : memref<4xf32>) history !remat.history
  remat.backward_sweep @loop history(%history) count(%n) init(%x : memref<4xf32>)
    final_cotangent(%x : memref<4xf32>) init_gradient(%b : memref<4xf32>)
  return
}
