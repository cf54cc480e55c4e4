// RUN: remat-opt %s --remat-erase-unread --remarks-filter-missed=remat-memory 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK --input-file=%t.remarks

// What is written and never read goes, through views and in branches, and what was read for it alone.
// CHECK-LABEL: func.func @unread(
// CHECK-NOT:     memref.{{alloc|subview|store|copy}}
// CHECK-NOT:     linalg.{{fill|add}}
// CHECK:         linalg.exp
// CHECK-NOT:     memref.{{alloc|subview|store|copy}}
// CHECK:         return
func.func @unread(%x: memref<4xf32>, %y: memref<4xf32>, %condition: i1, %zero: f32) {
  %c0 = arith.constant 0 : index
  %sum = memref.alloc() : memref<8xf32>
  %first = memref.subview %sum[0] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1]>>
  %only = memref.alloc() : memref<4xf32>
  linalg.fill ins(%zero : f32) outs(%only : memref<4xf32>)
  linalg.fill ins(%zero : f32) outs(%sum : memref<8xf32>)
  linalg.add ins(%x, %only : memref<4xf32>, memref<4xf32>) outs(%first : memref<4xf32, strided<[1]>>)
  linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  scf.if %condition {
    memref.store %zero, %sum[%c0] : memref<8xf32>
    memref.copy %x, %first : memref<4xf32> to memref<4xf32, strided<[1]>>
  }
  return
}

// CHECK-LABEL: func.func @negative_read(
// CHECK:         memref.alloc
// CHECK:         linalg.fill
// CHECK:         memref.load
func.func @negative_read(%y: memref<4xf32>, %zero: f32) {
  %c0 = arith.constant 0 : index
  %z = memref.alloc() : memref<4xf32>
  linalg.fill ins(%zero : f32) outs(%z : memref<4xf32>)
  %value = memref.load %z[%c0] : memref<4xf32>
  memref.store %value, %y[%c0] : memref<4xf32>
  return
}

// Of results that nobody reads the operation is left without, and the body without what they were made of.
#id = affine_map<(i) -> (i)>
// CHECK-LABEL: func.func @two_results(
// CHECK-SAME:    %[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<4xf32>)
// CHECK-NOT:     memref.alloc
// CHECK:         linalg.generic {indexing_maps = [#{{.*}}, #{{.*}}], {{.*}}} ins(%[[X]] : memref<4xf32>) outs(%[[Y]] : memref<4xf32>)
// CHECK-NEXT:    ^bb0(%[[A:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      linalg.yield %[[A]] : f32
func.func @two_results(%x: memref<4xf32>, %y: memref<4xf32>) {
  %unread = memref.alloc() : memref<4xf32>
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<4xf32>) outs(%unread, %y : memref<4xf32>, memref<4xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %d = arith.addf %a, %b : f32
    linalg.yield %d, %a : f32, f32
  }
  return
}

// What a result is computed from is read, though it is overwritten.
// CHECK-LABEL: func.func @negative_old_value(
// CHECK:         %[[OLD:.*]] = memref.alloc
// CHECK:         linalg.fill ins(%{{.*}} : f32) outs(%[[OLD]]
// CHECK:         linalg.generic {{.*}} outs(%[[OLD]], %{{.*}} : memref<4xf32>, memref<4xf32>)
func.func @negative_old_value(%x: memref<4xf32>, %y: memref<4xf32>, %zero: f32) {
  %old = memref.alloc() : memref<4xf32>
  linalg.fill ins(%zero : f32) outs(%old : memref<4xf32>)
  linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<4xf32>) outs(%old, %y : memref<4xf32>, memref<4xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %d = arith.addf %a, %b : f32
    linalg.yield %a, %d : f32, f32
  }
  return
}

// Without the result that nobody reads nothing would say how often the body runs: a remark says so.
// REMARK: remark: [Missed] UnreadBuffer | Category:remat-memory | Function=extent_of_unread | {{.*}}Buffer=allocation, Bytes=16
// CHECK-LABEL: func.func @extent_of_unread(
// CHECK:         memref.alloc
// CHECK:         linalg.generic
func.func @extent_of_unread(%y: memref<f32>) {
  %unread = memref.alloc() : memref<4xf32>
  linalg.generic {indexing_maps = [#id, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      outs(%unread, %y : memref<4xf32>, memref<f32>) {
  ^bb0(%a: f32, %b: f32):
    %d = arith.addf %b, %b : f32
    linalg.yield %d, %d : f32, f32
  }
  return
}

// A sweep writes final carries and gradients of initial ones that nobody asked for: no remark. Of two
// components of the tape `reverse` reads one, and nobody reads what is emitted.
// REMARK: remark: [Missed] UnreadBuffer | Category:remat-memory | Function=loop | {{.*}}Buffer=allocation, Bytes=144
// REMARK: remark: [Missed] UnreadBuffer | Category:remat-memory | Function=reverse | {{.*}}Buffer=tape, Bytes=8
// REMARK-NOT: remark
func.func private @step(%t: index, %pos: index, %h: memref<4xf32>, %ys: memref<9x4xf32>, %next: memref<4xf32>) {
  memref.copy %h, %next : memref<4xf32> to memref<4xf32>
  return
}
func.func private @again(%t: index, %pos: index, %h: memref<4xf32>, %next: memref<4xf32>) {
  memref.copy %h, %next : memref<4xf32> to memref<4xf32>
  return
}
func.func private @record(%t: index, %pos: index, %h: memref<4xf32>, %ys: memref<9x4xf32>, %next: memref<4xf32>,
                          %a: memref<4xf32>, %b: memref<2xf32>) {
  return
}
func.func private @record_again(%t: index, %pos: index, %h: memref<4xf32>, %next: memref<4xf32>, %a: memref<4xf32>,
                                %b: memref<2xf32>) {
  return
}
func.func private @linearize(%t: index, %pos: index, %h: memref<4xf32>, %a: memref<4xf32>, %b: memref<2xf32>) {
  return
}
func.func private @reverse(%t: index, %pos: index, %a: memref<4xf32>, %b: memref<2xf32>, %d: memref<4xf32>,
                           %out: memref<4xf32>) {
  linalg.mul ins(%a, %d : memref<4xf32>, memref<4xf32>) outs(%out : memref<4xf32>)
  return
}
remat.chain "private" @walk advance(@step) advance_again(@again) record(@record) record_again(@record_again) linearize(@linearize)
  reverse(@reverse) carry [tensor<4xf32>] tape [tensor<4xf32>, tensor<2xf32>] gradient [tensor<4xf32>]
// CHECK-LABEL: func.func @loop(
// CHECK-COUNT-3: memref.alloc
func.func @loop(%h0: memref<4xf32>, %d: memref<4xf32>) {
  %count = arith.constant 9 : index
  %ys = memref.alloc() : memref<9x4xf32>
  %h = memref.alloc() : memref<4xf32>
  %d0 = memref.alloc() : memref<4xf32>
  %history = remat.forward_sweep @walk count(%count) init(%h0 : memref<4xf32>) stacked(%ys : memref<9x4xf32>)
    final(%h : memref<4xf32>) history !remat.history
  remat.backward_sweep @walk history(%history) count(%count) init(%h0 : memref<4xf32>)
    final_cotangent(%d : memref<4xf32>) init_gradient(%d0 : memref<4xf32>)
  return
}
