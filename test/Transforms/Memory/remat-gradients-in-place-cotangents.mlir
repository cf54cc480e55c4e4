// RUN: remat-opt %s --remat-gradients-in-place -split-input-file | FileCheck %s

// Where reverse steps update a gradient in place, the cotangent of the final carry is
// computed in its buffer at once: the first is computed, the others are filled, and none
// has a buffer of its own.
// CHECK-LABEL: func.func @placed
// CHECK: remat.forward_sweep
// CHECK-NEXT: %[[A:.*]] = memref.alloc()
// CHECK-NEXT: linalg.exp ins(%{{.*}}) outs(%[[A]] :
// CHECK-NEXT: %[[B:.*]] = memref.alloc()
// CHECK-NEXT: %[[C:.*]] = memref.alloc()
// CHECK-NEXT: linalg.fill ins(%[[ZERO:.*]] : f32) outs(%[[B]] :
// CHECK-NEXT: linalg.fill ins(%[[ZERO]] : f32) outs(%[[C]] :
// CHECK-NEXT: remat.backward_sweep
// CHECK-SAME: final_cotangent(%[[A]], %[[B]], %[[C]] :
// CHECK-SAME: init_gradient(%[[A]], %[[B]], %[[C]] :
// CHECK-NEXT: return %[[A]], %[[B]], %[[C]] :
!v = memref<5xf32>
func.func private @step(%t: index, %pos: index, %a: !v, %b: !v, %c: !v, %w: !v) -> (!v, !v, !v) {
  return %a, %b, %c : !v, !v, !v
}
func.func private @record(%t: index, %pos: index, %a: !v, %b: !v, %c: !v, %w: !v) -> (!v, !v, !v) {
  return %a, %b, %c : !v, !v, !v
}
func.func private @linearize(%t: index, %pos: index, %a: !v, %b: !v, %c: !v, %w: !v) {
  return
}
func.func private @reverse(%t: index, %pos: index, %w: !v, %a: !v, %b: !v, %c: !v) -> (!v, !v, !v) {
  return %a, %b, %c : !v, !v, !v
}
remat.chain "private" @loop advance(@step) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<5xf32>, tensor<5xf32>, tensor<5xf32>] gradient [tensor<5xf32>, tensor<5xf32>, tensor<5xf32>]
func.func @placed(%n: index, %x: !v, %w: !v) -> (!v, !v, !v) {
  %zero = arith.constant 0.0 : f32
  %aT = memref.alloc() : !v
  %bT = memref.alloc() : !v
  %cT = memref.alloc() : !v
  %history = remat.forward_sweep @loop count(%n) init(%x, %x, %x : !v, !v, !v) capture(%w : !v)
    final(%aT, %bT, %cT : !v, !v, !v) history !remat.history
  %daT = memref.alloc() : !v
  %zeros = memref.alloc() : !v
  linalg.exp ins(%aT : !v) outs(%daT : !v)
  linalg.fill ins(%zero : f32) outs(%zeros : !v)
  %da = memref.alloc() : !v
  %db = memref.alloc() : !v
  %dc = memref.alloc() : !v
  remat.backward_sweep @loop history(%history) count(%n) init(%x, %x, %x : !v, !v, !v) capture(%w : !v)
    final_cotangent(%daT, %zeros, %zeros : !v, !v, !v) init_gradient(%da, %db, %dc : !v, !v, !v)
  return %da, %db, %dc : !v, !v, !v
}

// -----

// A cotangent that is read behind the sweep, computed or a number, that the sweep reads as
// something else, that two carries have, that is the caller's, and one whose place is in
// use before: each is copied by the sweep.
// CHECK-LABEL: func.func @copied
// CHECK: remat.backward_sweep
// CHECK-SAME: capture(%[[B:[a-z0-9_]+]] :
// CHECK-SAME: final_cotangent(%[[A:[a-z0-9_]+]], %[[B]], %[[C:[a-z0-9_]+]], %[[C]], %[[E:[a-z0-9_]+]], %[[F:[a-z0-9_]+]], %[[ZEROS:[a-z0-9_]+]] :
// CHECK-SAME: init_gradient(%[[DA:[a-z0-9_]+]], %[[DB:[a-z0-9_]+]], %[[DC:[a-z0-9_]+]], %[[DD:[a-z0-9_]+]], %[[DE:[a-z0-9_]+]], %[[DF:[a-z0-9_]+]], %[[DG:[a-z0-9_]+]] :
// CHECK-NEXT: memref.alloc
// CHECK-NEXT: linalg.exp ins(%[[A]] :
// CHECK-NEXT: memref.alloc
// CHECK-NEXT: linalg.exp ins(%[[ZEROS]] :
// CHECK-NEXT: return %[[DA]], %[[DB]], %[[DC]], %[[DD]], %[[DE]], %[[DF]], %[[DG]],
!v = memref<5xf32>
func.func private @step(%t: index, %pos: index, %a: !v, %b: !v, %c: !v, %d: !v, %e: !v, %f: !v, %g: !v, %w: !v) -> (!v, !v, !v, !v, !v, !v, !v) {
  return %a, %b, %c, %d, %e, %f, %g : !v, !v, !v, !v, !v, !v, !v
}
func.func private @record(%t: index, %pos: index, %a: !v, %b: !v, %c: !v, %d: !v, %e: !v, %f: !v, %g: !v, %w: !v) -> (!v, !v, !v, !v, !v, !v, !v) {
  return %a, %b, %c, %d, %e, %f, %g : !v, !v, !v, !v, !v, !v, !v
}
func.func private @linearize(%t: index, %pos: index, %a: !v, %b: !v, %c: !v, %d: !v, %e: !v, %f: !v, %g: !v, %w: !v) {
  return
}
func.func private @reverse(%t: index, %pos: index, %w: !v, %a: !v, %b: !v, %c: !v, %d: !v, %e: !v, %f: !v, %g: !v) -> (!v, !v, !v, !v, !v, !v, !v) {
  return %a, %b, %c, %d, %e, %f, %g : !v, !v, !v, !v, !v, !v, !v
}
remat.chain "private" @loop advance(@step) record(@record) linearize(@linearize) reverse(@reverse)
  carry [tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>] gradient [tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>]
func.func @copied(%n: index, %x: !v, %e: !v) -> (!v, !v, !v, !v, !v, !v, !v, !v, !v) {
  %zero = arith.constant 0.0 : f32
  %aT = memref.alloc() : !v
  %b = memref.alloc() : !v
  linalg.exp ins(%x : !v) outs(%b : !v)
  %history = remat.forward_sweep @loop count(%n) init(%x, %x, %x, %x, %x, %x, %x : !v, !v, !v, !v, !v, !v, !v)
    capture(%b : !v) final(%aT, %aT, %aT, %aT, %aT, %aT, %aT : !v, !v, !v, !v, !v, !v, !v) history !remat.history
  %a = memref.alloc() : !v
  %c = memref.alloc() : !v
  %f = memref.alloc() : !v
  %zeros = memref.alloc() : !v
  linalg.exp ins(%aT : !v) outs(%a : !v)
  linalg.exp ins(%aT : !v) outs(%c : !v)
  linalg.exp ins(%aT : !v) outs(%f : !v)
  linalg.fill ins(%zero : f32) outs(%zeros : !v)
  %da = memref.alloc() : !v
  %db = memref.alloc() : !v
  %dc = memref.alloc() : !v
  %dd = memref.alloc() : !v
  %de = memref.alloc() : !v
  %df = memref.alloc() : !v
  %dg = memref.alloc() : !v
  linalg.exp ins(%f : !v) outs(%df : !v)
  linalg.exp ins(%df : !v) outs(%f : !v)
  remat.backward_sweep @loop history(%history) count(%n) init(%x, %x, %x, %x, %x, %x, %x : !v, !v, !v, !v, !v, !v, !v)
    capture(%b : !v) final_cotangent(%a, %b, %c, %c, %e, %f, %zeros : !v, !v, !v, !v, !v, !v, !v)
    init_gradient(%da, %db, %dc, %dd, %de, %df, %dg : !v, !v, !v, !v, !v, !v, !v)
  %late = memref.alloc() : !v
  linalg.exp ins(%a : !v) outs(%late : !v)
  %later = memref.alloc() : !v
  linalg.exp ins(%zeros : !v) outs(%later : !v)
  return %da, %db, %dc, %dd, %de, %df, %dg, %late, %later : !v, !v, !v, !v, !v, !v, !v, !v, !v
}
