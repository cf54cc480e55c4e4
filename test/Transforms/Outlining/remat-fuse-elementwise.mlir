// RUN: remat-opt %s -remat-fuse-elementwise | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
!t = tensor<4x8xf32>

// Values with several readers become results of one loop.
// CHECK-LABEL: func.func @several_results
// CHECK:         %[[LOOP:.*]]:2 = linalg.generic
// CHECK-SAME:      ins(%[[A:.*]], %[[B:.*]] : tensor<4x8xf32>, tensor<4x8xf32>)
// CHECK-NEXT:    ^bb0(%[[X:.*]]: f32, %[[Y:.*]]: f32, %{{.*}}: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[TANH:.*]] = math.tanh %[[X]] : f32
// CHECK-NEXT:      %[[PRODUCT:.*]] = arith.mulf %[[TANH]], %[[Y]] fastmath<nnan> : f32
// CHECK-NEXT:      linalg.yield %[[TANH]], %[[PRODUCT]]
// CHECK-NOT:     linalg.generic
// CHECK:         return %[[LOOP]]#0, %[[LOOP]]#1
func.func @several_results(%a: !t, %b: !t) -> (!t, !t) {
  %x = math.tanh %a : !t
  %y = arith.mulf %x, %b fastmath<nnan> : !t
  return %x, %y : !t, !t
}

// A broadcast, a fill and a splat are read through; what is left of them goes.
// CHECK-LABEL: func.func @read_through
// CHECK-NOT:     linalg.broadcast
// CHECK-NOT:     linalg.fill
// CHECK:         linalg.generic {indexing_maps = [#{{.*}}, #{{.*}}, #{{.*}}], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%{{.*}}, %{{.*}} : tensor<4x8xf32>, tensor<4xf32>)
// CHECK-DAG:       arith.constant 2.0
// CHECK-DAG:       arith.constant 3.0
func.func @read_through(%a: !t, %v: tensor<4xf32>) -> !t {
  %empty = tensor.empty() : !t
  %rows = linalg.broadcast ins(%v : tensor<4xf32>) outs(%empty : !t) dimensions = [1]
  %two = arith.constant 2.0 : f32
  %twos = linalg.fill ins(%two : f32) outs(%empty : !t) -> !t
  %threes = arith.constant dense<3.0> : !t
  %x = arith.addf %a, %rows : !t
  %y = arith.mulf %x, %twos : !t
  %z = arith.mulf %y, %threes : !t
  return %z : !t
}

// Independent operations share a loop; integers, comparisons and selections too.
// CHECK-LABEL: func.func @mixed_types
// CHECK:         linalg.generic
// CHECK:           arith.cmpf olt
// CHECK:           arith.select
// CHECK:           arith.addi
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @mixed_types(%a: !t, %b: !t, %n: tensor<4x8xi32>) -> (!t, tensor<4x8xi32>) {
  %less = arith.cmpf olt, %a, %b : !t
  %x = arith.select %less, %a, %b : tensor<4x8xi1>, !t
  %m = arith.addi %n, %n : tensor<4x8xi32>
  return %x, %m : !t, tensor<4x8xi32>
}

// A product lies between the two operations: one loop cannot hold both.
// CHECK-LABEL: func.func @negative_product_between
// CHECK:         %[[BEFORE:.*]] = linalg.generic
// CHECK:         %[[PRODUCT:.*]] = linalg.matmul ins(%[[BEFORE]],
// CHECK:         %[[AFTER:.*]] = linalg.generic {{.*}} ins(%[[PRODUCT]]
// CHECK:         return %[[AFTER]]
func.func @negative_product_between(%a: !t, %w: tensor<8x8xf32>) -> !t {
  %x = math.tanh %a : !t
  %empty = tensor.empty() : !t
  %z = linalg.matmul ins(%x, %w : !t, tensor<8x8xf32>) outs(%empty : !t) -> !t
  %y = arith.mulf %z, %x : !t
  return %y : !t
}

// The second product does not depend on the first loop: it moves in front of it.
// CHECK-LABEL: func.func @reordered
// CHECK:         linalg.matmul
// CHECK:         linalg.matmul
// CHECK:         linalg.generic
// CHECK-NOT:     linalg.matmul
// CHECK:         return
func.func @reordered(%a: !t, %w: tensor<8x8xf32>, %v: tensor<8x8xf32>) -> (!t, !t) {
  %empty = tensor.empty() : !t
  %z1 = linalg.matmul ins(%a, %w : !t, tensor<8x8xf32>) outs(%empty : !t) -> !t
  %i = math.tanh %z1 : !t
  %z2 = linalg.matmul ins(%a, %v : !t, tensor<8x8xf32>) outs(%empty : !t) -> !t
  %f = math.tanh %z2 : !t
  return %i, %f : !t, !t
}

// The result is written over the pre-activation, which nobody reads afterwards.
// CHECK-LABEL: func.func @in_place
// CHECK:         %[[Z:.*]] = linalg.matmul
// CHECK:         linalg.generic {{.*}} ins(%[[Z]] : tensor<4x8xf32>) outs(%[[Z]] : tensor<4x8xf32>)
func.func @in_place(%a: !t, %w: tensor<8x8xf32>) -> !t {
  %empty = tensor.empty() : !t
  %z = linalg.matmul ins(%a, %w : !t, tensor<8x8xf32>) outs(%empty : !t) -> !t
  %y = math.tanh %z : !t
  return %y : !t
}

// Nor is an argument, or a value that is read again.
// CHECK-LABEL: func.func @negative_in_place
// CHECK:         %[[Z:.*]] = linalg.matmul
// CHECK:         %[[EMPTY:.*]] = tensor.empty
// CHECK:         linalg.generic {{.*}} ins(%[[Z]], %{{.*}} : tensor<4x8xf32>, tensor<4x8xf32>) outs(%[[EMPTY]] : tensor<4x8xf32>)
func.func @negative_in_place(%a: !t, %w: tensor<8x8xf32>) -> (!t, !t) {
  %empty = tensor.empty() : !t
  %z = linalg.matmul ins(%a, %w : !t, tensor<8x8xf32>) outs(%empty : !t) -> !t
  %y = arith.mulf %z, %a : !t
  return %y, %z : !t, !t
}

// A slice that is changed and put back is changed where it is.
// CHECK-LABEL: func.func @slice_in_place
// CHECK:         %[[SLICE:.*]] = tensor.extract_slice
// CHECK:         linalg.generic {{.*}} outs(%[[SLICE]] : tensor<8xf32>)
func.func @slice_in_place(%a: !t, %at: index, %v: tensor<8xf32>) -> !t {
  %slice = tensor.extract_slice %a[%at, 0] [1, 8] [1, 1] : !t to tensor<8xf32>
  %sum = arith.addf %slice, %v : tensor<8xf32>
  %all = tensor.insert_slice %sum into %a[%at, 0] [1, 8] [1, 1] : tensor<8xf32> into !t
  return %all : !t
}

// A lookup in a table stays a loop of its own.
// CHECK-LABEL: func.func @negative_gather
// CHECK:         %[[ROWS:.*]] = linalg.generic
// CHECK:           tensor.extract
// CHECK:         linalg.generic {{.*}} ins(%{{.*}}, %[[ROWS]]
func.func @negative_gather(%a: !t, %index: tensor<4xindex>, %table: tensor<96x8xf32>) -> !t {
  %empty = tensor.empty() : !t
  %rows = linalg.generic {indexing_maps = [#row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%index : tensor<4xindex>) outs(%empty : !t) {
  ^bb0(%row: index, %out: f32):
    %column = linalg.index 1 : index
    %value = tensor.extract %table[%row, %column] : tensor<96x8xf32>
    linalg.yield %value : f32
  } -> !t
  %y = arith.addf %a, %rows : !t
  return %y : !t
}

// Equal dynamic types may stand for different sizes.
// CHECK-LABEL: func.func @dynamic
// CHECK:         linalg.generic
// CHECK:           math.exp
// CHECK:           math.sin
// CHECK:         linalg.generic
// CHECK:           math.cos
func.func @dynamic(%a: tensor<?xf32>, %b: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %x = math.exp %a : tensor<?xf32>
  %y = math.sin %x : tensor<?xf32>
  %z = math.cos %b : tensor<?xf32>
  return %y, %z : tensor<?xf32>, tensor<?xf32>
}

// Scalars in tensors of rank 0, and a condition that is no tensor.
// CHECK-LABEL: func.func @rank_zero
// CHECK:         linalg.generic {indexing_maps = [{{.*}}], iterator_types = []}
// CHECK:           arith.mulf
// CHECK:           arith.select
func.func @rank_zero(%a: tensor<f32>, %b: tensor<f32>, %on: i1) -> tensor<f32> {
  %x = arith.mulf %a, %b : tensor<f32>
  %y = arith.select %on, %x, %a : tensor<f32>
  return %y : tensor<f32>
}

// The body of a conditional is a block of its own.
// CHECK-LABEL: func.func @nested
// CHECK:         scf.if
// CHECK:           linalg.generic
// CHECK:             math.tanh
// CHECK:         linalg.generic
// CHECK:           arith.negf
func.func @nested(%a: !t, %on: i1) -> !t {
  %x = scf.if %on -> !t {
    %y = math.tanh %a : !t
    scf.yield %y : !t
  } else {
    scf.yield %a : !t
  }
  %z = arith.negf %x : !t
  return %z : !t
}

// An accumulator of a reverse step is updated where it is, even if there is a
// temporary to write over as well; what is multiplied takes the place of the tape.
// CHECK-LABEL: func.func private @loop_reverse
// CHECK-SAME:    %[[TAPE:[^ ,)]*]]: tensor<8x8xf32>, %[[W:[^ ,)]*]]: tensor<8x8xf32>, %[[ACC:[^ ,)]*]]: tensor<8x8xf32>) ->
// CHECK:         %[[Z:.*]] = linalg.matmul
// CHECK:         linalg.generic {{.*}} ins(%[[Z]], %[[TAPE]], %[[ACC]] : {{.*}}) outs(%[[TAPE]], %[[ACC]] : tensor<8x8xf32>, tensor<8x8xf32>)
func.func private @loop_reverse(%t: index, %pos: index, %tape: tensor<8x8xf32>, %w: tensor<8x8xf32>,
                                %acc: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %empty = tensor.empty() : tensor<8x8xf32>
  %z = linalg.matmul ins(%w, %w : tensor<8x8xf32>, tensor<8x8xf32>) outs(%empty : tensor<8x8xf32>) -> tensor<8x8xf32>
  %y = math.tanh %z : tensor<8x8xf32>
  %x = arith.mulf %tape, %z : tensor<8x8xf32>
  %sum = arith.addf %y, %acc : tensor<8x8xf32>
  %all = linalg.matmul ins(%x, %z : tensor<8x8xf32>, tensor<8x8xf32>) outs(%sum : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %all : tensor<8x8xf32>
}
func.func private @loop_record(%t: index, %pos: index, %w: tensor<8x8xf32>) -> tensor<8x8xf32> {
  return %w : tensor<8x8xf32>
}
func.func private @loop_advance(%t: index, %pos: index, %w: tensor<8x8xf32>) {
  return
}
remat.chain "private" @loop advance(@loop_advance) record(@loop_record) linearize(@loop_record)
  reverse(@loop_reverse) carry [] tape [tensor<8x8xf32>]
func.func @sweep(%count: index, %w: tensor<8x8xf32>, %zero: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %history = remat.forward_sweep @loop count(%count) capture(%w : tensor<8x8xf32>) history !remat.history
  %dw = remat.backward_sweep @loop history(%history) count(%count) capture(%w : tensor<8x8xf32>)
    accumulator(%zero : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %dw : tensor<8x8xf32>
}

// Of two results that both end in the accumulator, only the one that is computed from it is
// written there. In branches the accumulator is updated in place as well.
// CHECK-LABEL: func.func private @branch_reverse
// CHECK-SAME:    %[[TAPE:[^:]*]]: tensor<4x8xf32>, %[[ON:[^:]*]]: i1, %[[ACC:[^:]*]]: tensor<4x8xf32>)
// CHECK:         %[[OUTER:.*]]:2 = linalg.generic {{.*}} outs(%{{[^,]*}}, %[[ACC]] : tensor<4x8xf32>, tensor<4x8xf32>)
// CHECK:         scf.if
// CHECK:           scf.if
// CHECK:             %[[INNER:.*]] = linalg.generic {{.*}} outs(%[[OUTER]]#1 : tensor<4x8xf32>)
// CHECK:             scf.yield %[[INNER]]
// CHECK:           } else {
// CHECK-NEXT:        scf.yield %[[OUTER]]#1
// CHECK:           %[[SUM:.*]] = linalg.generic {{.*}} outs(%[[IF:.*]] : tensor<4x8xf32>)
// CHECK:           scf.yield %[[SUM]]
func.func private @branch_reverse(%t: index, %pos: index, %tape: !t, %on: i1, %acc: !t) -> !t {
  %x = math.exp %tape : !t
  %y = arith.mulf %x, %tape : !t
  %sum = arith.addf %acc, %y : !t
  %result = scf.if %on -> !t {
    %inner = scf.if %on -> !t {
      %more = arith.addf %sum, %x : !t
      scf.yield %more : !t
    } else {
      scf.yield %sum : !t
    }
    %last = arith.addf %inner, %x : !t
    scf.yield %last : !t
  } else {
    scf.yield %sum : !t
  }
  return %result : !t
}
func.func private @branch_record(%t: index, %pos: index, %on: i1) -> !t {
  %tape = tensor.empty() : !t
  return %tape : !t
}
func.func private @branch_advance(%t: index, %pos: index, %on: i1) {
  return
}
remat.chain "private" @branch advance(@branch_advance) record(@branch_record) linearize(@branch_record)
  reverse(@branch_reverse) carry [] tape [tensor<4x8xf32>]
func.func @branch_sweep(%count: index, %on: i1, %zero: !t) -> !t {
  %history = remat.forward_sweep @branch count(%count) capture(%on : i1) history !remat.history
  %dw = remat.backward_sweep @branch history(%history) count(%count) capture(%on : i1)
    accumulator(%zero : !t) -> !t
  return %dw : !t
}

// What one operation makes at (i, j), a loop has at (i, j) only: a reader of the
// transpose, or of one row for every row, gets a loop of its own.
// CHECK-LABEL: func.func @negative_transposed_member
// CHECK:         %[[SINE:.*]] = linalg.generic
// CHECK:           math.sin
// CHECK:         linalg.generic {{.*}} ins(%{{.*}}, %[[SINE]], %[[SINE]] :
// CHECK-NEXT:    ^bb0(%[[X:.*]]: f32, %[[TURNED:.*]]: f32, %[[ROW:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      arith.mulf %[[X]], %[[TURNED]]
func.func @negative_transposed_member(%a: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %b = math.sin %a : tensor<3x3xf32>
  %c = linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (0, j)>, #id],
                       iterator_types = ["parallel", "parallel"]}
      ins(%a, %b, %b : tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>) outs(%a : tensor<3x3xf32>) {
  ^bb0(%x: f32, %turned: f32, %row: f32, %old: f32):
    %p = arith.mulf %x, %turned : f32
    %q = arith.addf %p, %row : f32
    linalg.yield %q : f32
  } -> tensor<3x3xf32>
  return %c : tensor<3x3xf32>
}

// A single row is read in its place, however the map spells that.
// CHECK-LABEL: func.func @only_row
// CHECK:         linalg.generic
// CHECK-NEXT:    ^bb0
// CHECK-NEXT:      %[[SINE:.*]] = math.sin
// CHECK-NEXT:      arith.mulf %[[SINE]], %{{.*}} : f32
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @only_row(%a: tensor<1x3xf32>) -> tensor<1x3xf32> {
  %b = math.sin %a : tensor<1x3xf32>
  %c = linalg.generic {indexing_maps = [affine_map<(i, j) -> (0, j)>, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%b, %a : tensor<1x3xf32>, tensor<1x3xf32>) outs(%a : tensor<1x3xf32>) {
  ^bb0(%x: f32, %y: f32, %old: f32):
    %p = arith.mulf %x, %y : f32
    linalg.yield %p : f32
  } -> tensor<1x3xf32>
  return %c : tensor<1x3xf32>
}

// What may leave its table stays behind its check, wherever operations that need none
// are brought together.
// CHECK-LABEL: func.func @behind_check
// CHECK:         remat.check_range
// CHECK:         tensor.extract
// CHECK:         remat.check_range
// CHECK:         linalg.generic
// CHECK-NOT:     remat.check_range
// CHECK:         return
func.func @behind_check(%a: tensor<?xf32>, %b: tensor<?xf32>, %i: index, %n: index, %m: index) -> (f32, tensor<?xf32>) {
  %x = math.sin %a : tensor<?xf32>
  remat.check_range %i in %n to %n, "the index"
  %value = tensor.extract %a[%i] : tensor<?xf32>
  remat.check_range %m in %n to %n, "the extent"
  %y = arith.addf %x, %b : tensor<?xf32>
  return %value, %y : f32, tensor<?xf32>
}

// What is returned once a product is added to it does not take the place of the tape, but
// that of the other product, which nothing else needs. The next gradient of a carry does
// not, either: it can lie where the last one is.
// CHECK-LABEL: func.func private @carry_reverse
// CHECK: %[[PRODUCT:.*]] = linalg.matmul
// CHECK: %[[EMPTY:.*]] = tensor.empty
// CHECK: %[[NEXT:.*]]:2 = linalg.generic
// CHECK-SAME: outs(%[[PRODUCT]], %[[EMPTY]] :
// CHECK: linalg.matmul {{.*}} outs(%[[NEXT]]#0 :
!m = tensor<8x8xf32>
func.func private @carry_advance(%t: index, %pos: index, %a: !m, %b: !m, %w: !m) -> (!m, !m) {
  return %a, %b : !m, !m
}
func.func private @carry_record(%t: index, %pos: index, %a: !m, %b: !m, %w: !m) -> (!m, !m, !m) {
  return %a, %b, %a : !m, !m, !m
}
func.func private @carry_linearize(%t: index, %pos: index, %a: !m, %b: !m, %w: !m) -> !m {
  return %a : !m
}
func.func private @carry_reverse(%t: index, %pos: index, %tape: !m, %w: !m, %da: !m, %db: !m) -> (!m, !m) {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : !m
  %fill = linalg.fill ins(%zero : f32) outs(%empty : !m) -> !m
  %product = linalg.matmul ins(%da, %w : !m, !m) outs(%fill : !m) -> !m
  %scaled = arith.mulf %tape, %da : !m
  %next_b = arith.mulf %product, %db : !m
  %next_a = linalg.matmul ins(%w, %w : !m, !m) outs(%scaled : !m) -> !m
  return %next_a, %next_b : !m, !m
}
remat.chain "private" @carry advance(@carry_advance) record(@carry_record) linearize(@carry_linearize)
  reverse(@carry_reverse)
  carry [tensor<8x8xf32>, tensor<8x8xf32>] tape [tensor<8x8xf32>] gradient [tensor<8x8xf32>, tensor<8x8xf32>]
func.func @carry_entry(%x: !m, %w: !m) -> (!m, !m) {
  %count = arith.constant 3 : index
  %e = tensor.empty() : !m
  %a, %b, %history = remat.forward_sweep @carry count(%count) init(%x, %x : !m, !m) capture(%w : !m)
    final(%e, %e : !m, !m) -> !m, !m history !remat.history
  %da, %db = remat.backward_sweep @carry history(%history) count(%count) init(%x, %x : !m, !m) capture(%w : !m)
    final_cotangent(%a, %b : !m, !m) init_gradient(%e, %e : !m, !m) -> !m, !m
  return %da, %db : !m, !m
}

// What only the second loop reads is computed there, as long as that needs no more arrays from
// in front of it: %late needs the argument only, %sum would need both %e and %f.
// CHECK-LABEL: func.func @computed_where_read
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x8xf32>, %[[W:[a-z0-9]+]]: tensor<8x8xf32>
// CHECK: %[[FIRST:.*]]:2 = linalg.generic
// CHECK-NOT: math.tanh
// CHECK: math.exp
// CHECK: math.sin
// CHECK: arith.addf
// CHECK: linalg.yield
// CHECK: %[[PRODUCT:.*]] = linalg.matmul
// CHECK: linalg.generic
// CHECK-SAME: ins(%[[X]], %[[PRODUCT]], %[[FIRST]]#1 :
// CHECK: math.tanh
// CHECK-NOT: linalg.generic
func.func @computed_where_read(%x: !m, %w: !m) -> !m {
  %zero = arith.constant dense<0.0> : !m
  %late = math.tanh %x : !m
  %e = math.exp %x : !m
  %f = math.sin %e : !m
  %g = arith.mulf %e, %f : !m
  %sum = arith.addf %e, %f : !m
  %product = linalg.matmul ins(%g, %w : !m, !m) outs(%zero : !m) -> !m
  %first = arith.mulf %late, %product : !m
  %second = arith.subf %first, %sum : !m
  return %second : !m
}

// What one reduction reads is computed in its loops, along rows or across them. The order of
// its sums stays that of the array: the lanes lie along the loop that is named.
// CHECK-LABEL: func.func @in_reduction
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x8xf32>, %[[V:[a-z0-9]+]]: tensor<4xf32>
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "reduction"]
// CHECK-SAME: ins(%[[X]], %[[V]] : tensor<4x8xf32>, tensor<4xf32>) outs(%{{.*}} : tensor<4xf32>)
// CHECK-SAME: remat.vector_loop = 1
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %[[SUM:.*]]: f32):
// CHECK-NEXT: %[[DIFFERENCE:.*]] = arith.subf %[[A]], %[[B]]
// CHECK-NEXT: %[[EXP:.*]] = math.exp %[[DIFFERENCE]]
// CHECK-NEXT: %[[NEXT:.*]] = arith.addf %{{.*}}, %{{.*}}
// CHECK-NEXT: linalg.yield %[[NEXT]]
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @in_reduction(%x: !t, %v: tensor<4xf32>) -> tensor<4xf32> {
  %zeros = arith.constant dense<0.0> : tensor<4xf32>
  %empty = tensor.empty() : !t
  %rows = linalg.broadcast ins(%v : tensor<4xf32>) outs(%empty : !t) dimensions = [1]
  %d = arith.subf %x, %rows : !t
  %e = math.exp %d : !t
  %sum = linalg.reduce { arith.addf } ins(%e : !t) outs(%zeros : tensor<4xf32>) dimensions = [1]
  return %sum : tensor<4xf32>
}

// The loops of the reduction are in another order than the dimensions of the array.
// CHECK-LABEL: func.func @in_transposed_reduction
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "reduction"]
// CHECK-SAME: remat.vector_loop = 0
// CHECK: math.exp
// CHECK-NEXT: arith.addf
// CHECK-NOT: linalg.generic
// CHECK: return
#turned = affine_map<(i, j) -> (j, i)>
func.func @in_transposed_reduction(%x: !t) -> tensor<8xf32> {
  %zeros = arith.constant dense<0.0> : tensor<8xf32>
  %e = math.exp %x : !t
  %sum = linalg.generic {indexing_maps = [#turned, #row], iterator_types = ["parallel", "reduction"]}
      ins(%e : !t) outs(%zeros : tensor<8xf32>) {
  ^bb0(%value: f32, %old: f32):
    %next = arith.addf %old, %value : f32
    linalg.yield %next : f32
  } -> tensor<8xf32>
  return %sum : tensor<8xf32>
}

// What two reductions read is computed in both if it is cheap, as one function is; two are not.
// CHECK-LABEL: func.func @in_two_reductions
// CHECK: %[[EXP:.*]] = linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf
// CHECK-NEXT: math.tanh
// CHECK-NEXT: math.exp
// CHECK-NEXT: linalg.yield
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "reduction"]
// CHECK: arith.addf
// CHECK-NEXT: arith.maximumf
// CHECK: linalg.reduce
// CHECK-SAME: ins(%[[EXP]] :
// CHECK: linalg.reduce
// CHECK-SAME: ins(%[[EXP]] :
func.func @in_two_reductions(%x: !t, %y: !t) -> (tensor<4xf32>, tensor<4xf32>, tensor<8xf32>) {
  %zeros = arith.constant dense<0.0> : tensor<4xf32>
  %columns = arith.constant dense<0.0> : tensor<8xf32>
  %lowest = arith.constant dense<0xFF800000> : tensor<4xf32>
  %s = arith.addf %x, %y : !t
  %max = linalg.reduce { arith.maximumf } ins(%s : !t) outs(%lowest : tensor<4xf32>) dimensions = [1]
  %bounded = math.tanh %s : !t
  %e = math.exp %bounded : !t
  %sum = linalg.reduce { arith.addf } ins(%e : !t) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %other = linalg.reduce { arith.addf } ins(%e : !t) outs(%columns : tensor<8xf32>) dimensions = [0]
  return %max, %sum, %other : tensor<4xf32>, tensor<4xf32>, tensor<8xf32>
}

// A product stays a product.
// CHECK-LABEL: func.func @negative_in_product
// CHECK: linalg.generic
// CHECK: arith.negf
// CHECK: linalg.matmul
func.func @negative_in_product(%x: !t, %w: tensor<8x8xf32>) -> !t {
  %zeros = arith.constant dense<0.0> : !t
  %n = arith.negf %x : !t
  %p = linalg.matmul ins(%n, %w : !t, tensor<8x8xf32>) outs(%zeros : !t) -> !t
  return %p : !t
}

// Nothing that is read or written would say how many columns there are.
// CHECK-LABEL: func.func @negative_only_broadcast
// CHECK: linalg.generic
// CHECK: arith.negf
// CHECK: linalg.reduce
func.func @negative_only_broadcast(%v: tensor<4xf32>) -> tensor<4xf32> {
  %zeros = arith.constant dense<0.0> : tensor<4xf32>
  %empty = tensor.empty() : !t
  %rows = linalg.broadcast ins(%v : tensor<4xf32>) outs(%empty : !t) dimensions = [1]
  %n = arith.negf %rows : !t
  %sum = linalg.reduce { arith.addf } ins(%n : !t) outs(%zeros : tensor<4xf32>) dimensions = [1]
  return %sum : tensor<4xf32>
}

// Integers have no division in lanes: the array stays, or the kernel would change.
// CHECK-LABEL: func.func @negative_no_vectors
// CHECK: linalg.generic
// CHECK: arith.divsi
// CHECK: linalg.reduce
func.func @negative_no_vectors(%x: tensor<4x8xi32>, %y: tensor<4x8xi32>) -> tensor<4xi32> {
  %zeros = arith.constant dense<0> : tensor<4xi32>
  %q = arith.divsi %x, %y : tensor<4x8xi32>
  %sum = linalg.reduce { arith.addi } ins(%q : tensor<4x8xi32>) outs(%zeros : tensor<4xi32>) dimensions = [1]
  return %sum : tensor<4xi32>
}

// Two arrays would lie in memory beside the product for the sake of two additions.
// CHECK-LABEL: func.func @computed_again
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x8xf32>
// CHECK: linalg.generic
// CHECK-SAME: ins(%[[X]] : tensor<8x8xf32>)
// CHECK: linalg.yield %{{[a-z0-9_]+}} : f32
// CHECK: %[[PRODUCT:.*]] = linalg.matmul
// CHECK: linalg.generic
// CHECK-SAME: ins(%[[X]], %[[PRODUCT]] :
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @computed_again(%x: !m, %w: !m) -> !m {
  %zero = arith.constant dense<0.0> : !m
  %a = arith.addf %x, %x : !m
  %b = arith.mulf %a, %x : !m
  %c = arith.subf %b, %a : !m
  %p = linalg.matmul ins(%c, %w : !m, !m) outs(%zero : !m) -> !m
  %q = arith.mulf %p, %a : !m
  %r = arith.addf %q, %b : !m
  return %r : !m
}

// A result that is written through a permutation is counted by its own indices.
// CHECK-LABEL: func.func @permuted_result
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK-NEXT: arith.negf
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @permuted_result(%x: !m) -> !m {
  %empty = tensor.empty() : !m
  %e = linalg.generic {indexing_maps = [#id, #turned], iterator_types = ["parallel", "parallel"]}
      ins(%x : !m) outs(%empty : !m) {
  ^bb0(%value: f32, %old: f32):
    %y = math.exp %value : f32
    linalg.yield %y : f32
  } -> !m
  %n = arith.negf %e : !m
  return %n : !m
}
