// RUN: remat-opt %s --remat-guard-gathers --split-input-file | FileCheck %s

// Indices from a scan are checked once, before the loop, over the whole array; the
// column runs along the table and needs nothing.

// CHECK-LABEL: func.func @scanned(
// CHECK-SAME:    %[[TOKENS:[^:]*]]: tensor<?x3xi32>, %[[TABLE:[^:]*]]: tensor<7x5xf32>
// CHECK:         %[[ROWS:.*]] = arith.constant 7 : index
// CHECK-NEXT:    remat.check_indices %[[TOKENS]] per_step below %[[ROWS]] : tensor<?x3xi32>
// CHECK-NEXT:    remat.recurrence
// CHECK-NOT:     remat.check_indices
// CHECK-NOT:     arith.minsi
func.func @scanned(%tokens: tensor<?x3xi32>, %table: tensor<7x5xf32>, %h0: tensor<3x5xf32>, %count: index) -> tensor<3x5xf32> {
  %empty = tensor.empty() : tensor<3x5xf32>
  %h = remat.recurrence count(%count) at(%t) carry(%c = %h0 : tensor<3x5xf32>) scan(%token = %tokens : tensor<?x3xi32>) {
    %x = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                         iterator_types = ["parallel", "parallel"]}
        ins(%token : tensor<3xi32>) outs(%empty : tensor<3x5xf32>) {
    ^bb0(%index: i32, %out: f32):
      %row = arith.index_cast %index : i32 to index
      %column = linalg.index 1 : index
      %value = tensor.extract %table[%row, %column] : tensor<7x5xf32>
      %again = tensor.extract %table[%row, %column] : tensor<7x5xf32>
      %sum = arith.addf %value, %again : f32
      linalg.yield %sum : f32
    } -> tensor<3x5xf32>
    %next = arith.addf %c, %x : tensor<3x5xf32>
    remat.yield carry(%next : tensor<3x5xf32>)
  }
  return %h : tensor<3x5xf32>
}

// -----

// A loop that goes backward through its scan names the steps in its own order, and
// what is captured belongs to no step.

// CHECK-LABEL: func.func @reversed(
// CHECK-SAME:    %[[TOKENS:[^:]*]]: tensor<4x3xi32>, %[[ROWS:[^:]*]]: tensor<3xi32>
// CHECK-DAG:     remat.check_indices %[[TOKENS]] per_step reversed below %{{.*}} : tensor<4x3xi32>
// CHECK-DAG:     remat.check_indices %[[ROWS]] below %{{.*}} : tensor<3xi32>
// CHECK:         remat.recurrence
#vector = affine_map<(i) -> (i)>
func.func @reversed(%tokens: tensor<4x3xi32>, %rows: tensor<3xi32>, %table: tensor<7xf32>, %h0: tensor<3xf32>) -> tensor<3xf32> {
  %count = arith.constant 4 : index
  %h = remat.recurrence reversed count(%count) at(%t) carry(%c = %h0 : tensor<3xf32>) scan(%token = %tokens : tensor<4x3xi32>) {
    %x = linalg.generic {indexing_maps = [#vector, #vector, #vector], iterator_types = ["parallel"]}
        ins(%token, %rows : tensor<3xi32>, tensor<3xi32>) outs(%c : tensor<3xf32>) {
    ^bb0(%scanned: i32, %captured: i32, %out: f32):
      %i = arith.index_cast %scanned : i32 to index
      %j = arith.index_cast %captured : i32 to index
      %a = tensor.extract %table[%i] : tensor<7xf32>
      %b = tensor.extract %table[%j] : tensor<7xf32>
      %sum = arith.addf %a, %b : f32
      linalg.yield %sum : f32
    } -> tensor<3xf32>
    remat.yield carry(%x : tensor<3xf32>)
  }
  return %h : tensor<3xf32>
}

// -----

// An index that is computed from a scan is checked before the loop, too, without an
// array of all indices. It depends on the row alone, not on the column.

// CHECK-LABEL: func.func @computed(
// CHECK-SAME:    %[[TOKENS:[^:]*]]: tensor<?x3xi32>, %[[TABLE:[^:]*]]: tensor<?x5xf32>, %{{.*}}: tensor<3x5xf32>, %[[COUNT:[^:]*]]: index
// CHECK:         scf.for %[[STEP:.*]] = %{{.*}} to %[[COUNT]] step
// CHECK:           %[[TOKEN:.*]] = tensor.extract_slice %[[TOKENS]][%[[STEP]], 0] [1, 3] [1, 1]
// CHECK:           %[[INDICES:.*]] = linalg.generic {{.*}} ins(%[[TOKEN]] : tensor<3xi32>) outs(%{{.*}} : tensor<3xi32>)
// CHECK:             arith.addi
// CHECK-NOT:         tensor.extract %
// CHECK:           %[[ROWS:.*]] = tensor.dim %[[TABLE]], %{{.*}} : tensor<?x5xf32>
// CHECK:           remat.check_indices %[[INDICES]] at(%[[STEP]]) below %[[ROWS]] : tensor<3xi32>
// CHECK:         remat.recurrence
// CHECK-NOT:     remat.check_indices
// CHECK-NOT:     arith.minsi
// CHECK:         return
func.func @computed(%tokens: tensor<?x3xi32>, %table: tensor<?x5xf32>, %h0: tensor<3x5xf32>, %count: index) -> tensor<3x5xf32> {
  %empty = tensor.empty() : tensor<3x5xf32>
  %offset = arith.constant 2 : i32
  %h = remat.recurrence count(%count) at(%t) carry(%c = %h0 : tensor<3x5xf32>) scan(%token = %tokens : tensor<?x3xi32>) {
    %x = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                         iterator_types = ["parallel", "parallel"]}
        ins(%token : tensor<3xi32>) outs(%empty : tensor<3x5xf32>) {
    ^bb0(%index: i32, %out: f32):
      %shifted = arith.addi %index, %offset : i32
      %row = arith.index_cast %shifted : i32 to index
      %column = linalg.index 1 : index
      %value = tensor.extract %table[%row, %column] : tensor<?x5xf32>
      linalg.yield %value : f32
    } -> tensor<3x5xf32>
    %next = arith.addf %c, %x : tensor<3x5xf32>
    remat.yield carry(%next : tensor<3x5xf32>)
  }
  return %h : tensor<3x5xf32>
}

// -----

// An index that is carried can be checked in the step only.

// CHECK-LABEL: func.func @carried(
// CHECK-NOT:     remat.check_indices
// CHECK:         remat.recurrence count(%{{.*}}) at(%[[STEP:.*]]) carry(%[[INDEX:.*]] = %{{.*}} : tensor<3xi32>
// CHECK:           remat.check_indices %[[INDEX]] at(%[[STEP]]) below %{{.*}} : tensor<3xi32>
// CHECK:           linalg.generic
// CHECK-NOT:       arith.minsi
func.func @carried(%table: tensor<7xf32>, %state: tensor<3xi32>, %h0: tensor<3xf32>) -> tensor<3xf32> {
  %count = arith.constant 4 : index
  %n, %h = remat.recurrence count(%count) at(%t) carry(%i = %state : tensor<3xi32>, %c = %h0 : tensor<3xf32>) {
    %x = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%i : tensor<3xi32>) outs(%c : tensor<3xf32>) {
    ^bb0(%index: i32, %out: f32):
      %row = arith.index_cast %index : i32 to index
      %value = tensor.extract %table[%row] : tensor<7xf32>
      linalg.yield %value : f32
    } -> tensor<3xf32>
    %next = arith.addi %i, %i : tensor<3xi32>
    remat.yield carry(%next, %x : tensor<3xi32>, tensor<3xf32>)
  }
  return %h : tensor<3xf32>
}

// -----

// In a branch of a body the index is only what it is where the branch is taken.

// CHECK-LABEL: func.func @branch(
// CHECK:         %[[INDICES:.*]] = linalg.generic
// CHECK:           %[[POSITIVE:.*]] = arith.cmpi sgt
// CHECK:           %[[INDEX:.*]] = scf.if %[[POSITIVE]] -> (i32) {
// CHECK:             %[[BEFORE:.*]] = arith.subi
// CHECK:             scf.yield %[[BEFORE]]
// CHECK:           } else {
// CHECK:             %[[ZERO:.*]] = arith.constant 0 : i32
// CHECK:             scf.yield %[[ZERO]]
// CHECK:           linalg.yield %[[INDEX]]
// CHECK:         remat.check_indices %[[INDICES]] below
func.func @branch(%indices: tensor<3xi32>, %table: tensor<7xf32>) -> tensor<3xf32> {
  %empty = tensor.empty() : tensor<3xf32>
  %one = arith.constant 1 : i32
  %x = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%indices : tensor<3xi32>) outs(%empty : tensor<3xf32>) {
  ^bb0(%index: i32, %out: f32):
    %c0 = arith.constant 0 : i32
    %zero = arith.constant 0.0 : f32
    %positive = arith.cmpi sgt, %index, %c0 : i32
    %value = scf.if %positive -> f32 {
      %before = arith.subi %index, %one : i32
      %row = arith.index_cast %before : i32 to index
      %inside = tensor.extract %table[%row] : tensor<7xf32>
      scf.yield %inside : f32
    } else {
      scf.yield %zero : f32
    }
    linalg.yield %value : f32
  } -> tensor<3xf32>
  return %x : tensor<3xf32>
}

// -----

// Unsigned indices, and the offsets of slices, which have to leave room for the slice.

// CHECK-LABEL: func.func @scalars(
// CHECK-SAME:    %[[TABLE:[^:]*]]: tensor<7xf32>, %[[AT:[^:]*]]: index
// CHECK:         arith.index_castui
// CHECK:         remat.check_indices %{{.*}} below %{{.*}} : tensor<3xi64>
// CHECK:         %[[NUMBER:.*]] = arith.index_cast %[[AT]] : index to i64
// CHECK:         %[[INDEX:.*]] = tensor.from_elements %[[NUMBER]] : tensor<i64>
// CHECK:         %[[FIVE:.*]] = arith.constant 5 : index
// CHECK:         remat.check_indices %[[INDEX]] below %[[FIVE]] : tensor<i64>
// CHECK:         tensor.extract_slice %[[TABLE]][%[[AT]]] [2] [2]
func.func @scalars(%indices: tensor<3xi8>, %table: tensor<7xf32>, %at: index) -> (tensor<3xf32>, tensor<2xf32>) {
  %empty = tensor.empty() : tensor<3xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%indices : tensor<3xi8>) outs(%empty : tensor<3xf32>) {
  ^bb0(%index: i8, %out: f32):
    %row = arith.index_castui %index : i8 to index
    %value = tensor.extract %table[%row] : tensor<7xf32>
    linalg.yield %value : f32
  } -> tensor<3xf32>
  %slice = tensor.extract_slice %table[%at] [2] [2] : tensor<7xf32> to tensor<2xf32>
  return %x, %slice : tensor<3xf32>, tensor<2xf32>
}

// -----

// An index that is read from another table where its branch is taken only, and in a
// branch of that: the first table is read under the same conditions for the check, once
// its own index is checked.

// CHECK-LABEL: func.func @indirect(
// CHECK-SAME:    %{{.*}}: tensor<3xi32>, %[[ROWS:[^:]*]]: tensor<4xi32>, %[[TABLE:[^:]*]]: tensor<7xf32>
// CHECK:         %[[FIRST:.*]] = linalg.generic
// CHECK-NOT:       tensor.extract
// CHECK:         %[[FOUR:.*]] = arith.constant 4 : index
// CHECK:         remat.check_indices %[[FIRST]] below %[[FOUR]]
// CHECK:         %[[SECOND:.*]] = linalg.generic
// CHECK:           %[[POSITIVE:.*]] = arith.cmpi sgt
// CHECK:           %[[OUTER:.*]] = scf.if %[[POSITIVE]] -> (i32) {
// CHECK:             %[[ROW:.*]] = tensor.extract %[[ROWS]]
// CHECK:             %[[SMALL:.*]] = arith.cmpi slt, %[[ROW]]
// CHECK:             %[[INNER:.*]] = scf.if %[[SMALL]] -> (i32) {
// CHECK:               %[[ZERO:.*]] = arith.constant 0 : i32
// CHECK:               scf.yield %[[ZERO]]
// CHECK:             } else {
// CHECK:               scf.yield %[[ROW]]
// CHECK:             scf.yield %[[INNER]]
// CHECK:         %[[SEVEN:.*]] = arith.constant 7 : index
// CHECK:         remat.check_indices %[[SECOND]] below %[[SEVEN]]
// CHECK:         linalg.generic
// CHECK:           tensor.extract %[[ROWS]]
// CHECK:           tensor.extract %[[TABLE]]
func.func @indirect(%indices: tensor<3xi32>, %rows: tensor<4xi32>, %table: tensor<7xf32>) -> tensor<3xf32> {
  %empty = tensor.empty() : tensor<3xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%indices : tensor<3xi32>) outs(%empty : tensor<3xf32>) {
  ^bb0(%index: i32, %out: f32):
    %c0 = arith.constant 0 : i32
    %zero = arith.constant 0.0 : f32
    %positive = arith.cmpi sgt, %index, %c0 : i32
    %value = scf.if %positive -> f32 {
      %at = arith.index_cast %index : i32 to index
      %row = tensor.extract %rows[%at] : tensor<4xi32>
      %small = arith.cmpi slt, %row, %c0 : i32
      %found = scf.if %small -> f32 {
        scf.yield %zero : f32
      } else {
        %place = arith.index_cast %row : i32 to index
        %inside = tensor.extract %table[%place] : tensor<7xf32>
        scf.yield %inside : f32
      }
      scf.yield %found : f32
    } else {
      scf.yield %zero : f32
    }
    linalg.yield %value : f32
  } -> tensor<3xf32>
  return %x : tensor<3xf32>
}

// -----

// What a program keeps inside by itself needs no check, even if it depends on an
// accumulator.

// CHECK-LABEL: func.func @kept_inside(
// CHECK-NOT:     remat.check_indices
func.func @kept_inside(%x: tensor<3xi32>, %table: tensor<7xi32>, %start: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
  %zero = arith.constant 0 : i32
  %six = arith.constant 6 : i32
  %begin = arith.constant 1 : index
  %end = arith.constant 7 : index
  %sum = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      ins(%x : tensor<3xi32>) outs(%start : tensor<i32>) {
  ^bb0(%element: i32, %out: i32):
    %not_negative = arith.maxsi %out, %zero : i32
    %inside = arith.minsi %not_negative, %six : i32
    %row = arith.index_cast %inside : i32 to index
    %value = tensor.extract %table[%row] : tensor<7xi32>
    %next = arith.addi %value, %element : i32
    linalg.yield %next : i32
  } -> tensor<i32>
  %other = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      ins(%x : tensor<3xi32>) outs(%start : tensor<i32>) {
  ^bb0(%element: i32, %out: i32):
    %all = scf.for %i = %begin to %end step %begin iter_args(%old = %out) -> i32 {
      %value = tensor.extract %table[%i] : tensor<7xi32>
      %next = arith.addi %old, %value : i32
      scf.yield %next : i32
    }
    linalg.yield %all : i32
  } -> tensor<i32>
  return %sum, %other : tensor<i32>, tensor<i32>
}

// -----

// What cannot leave the table is left alone.

// CHECK-LABEL: func.func @inside(
// CHECK-NOT:     arith.maxsi
// CHECK-NOT:     remat.check_indices
func.func @inside(%table: tensor<7xf32>) -> (tensor<5xf32>, tensor<2xf32>) {
  %empty = tensor.empty() : tensor<5xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      outs(%empty : tensor<5xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %value = tensor.extract %table[%i] : tensor<7xf32>
    linalg.yield %value : f32
  } -> tensor<5xf32>
  %slice = tensor.extract_slice %table[5] [2] [1] : tensor<7xf32> to tensor<2xf32>
  return %x, %slice : tensor<5xf32>, tensor<2xf32>
}

// -----

// Nor can the numbers of loops whose bounds are known, whichever loop of scf it is.

// CHECK-LABEL: func.func @loops_inside(
// CHECK-NOT:     arith.maxsi
// CHECK-NOT:     remat.check_indices
// CHECK:         return
func.func @loops_inside(%table: tensor<3x17xf32>) -> (tensor<3x17xf32>, f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c17 = arith.constant 17 : index
  %zero = arith.constant 0.0 : f32
  %rows = scf.forall (%i) in (3) shared_outs(%out = %table) -> tensor<3x17xf32> {
    %row = tensor.extract_slice %table[%i, 0] [1, 17] [1, 1] : tensor<3x17xf32> to tensor<1x17xf32>
    %double = arith.addf %row, %row : tensor<1x17xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %double into %out[%i, 0] [1, 17] [1, 1] : tensor<1x17xf32> into tensor<3x17xf32>
    }
  }
  %sum = scf.parallel (%i, %j) = (%c0, %c1) to (%c3, %c17) step (%c1, %c1) init (%zero) -> f32 {
    %value = tensor.extract %table[%i, %j] : tensor<3x17xf32>
    scf.reduce(%value : f32) {
    ^bb0(%a: f32, %b: f32):
      %next = arith.addf %a, %b : f32
      scf.reduce.return %next : f32
    }
  }
  return %rows, %sum : tensor<3x17xf32>, f32
}

// -----

// The check of one branch does not count for the other. What is checked in front counts
// for both.

// CHECK-LABEL: func.func @branches(
// CHECK:         scf.if
// CHECK:           remat.check_indices
// CHECK-NEXT:      tensor.extract
// CHECK:         else
// CHECK:           remat.check_indices
// CHECK-NEXT:      tensor.extract
// CHECK:         remat.check_indices
// CHECK:         scf.if
// CHECK-NOT:       remat.check_indices
// CHECK:         return
func.func @branches(%x: tensor<4xf32>, %i: index, %j: index, %c: i1) -> (f32, f32, f32) {
  %v = scf.if %c -> f32 {
    %a = tensor.extract %x[%i] : tensor<4xf32>
    scf.yield %a : f32
  } else {
    %b = tensor.extract %x[%i] : tensor<4xf32>
    scf.yield %b : f32
  }
  %first = tensor.extract %x[%j] : tensor<4xf32>
  %w = scf.if %c -> f32 {
    %a = tensor.extract %x[%j] : tensor<4xf32>
    scf.yield %a : f32
  } else {
    %b = tensor.extract %x[%j] : tensor<4xf32>
    scf.yield %b : f32
  }
  return %v, %first, %w : f32, f32, f32
}

// -----

// A loop without steps uses no index, be it an element of an array or computed.

// CHECK-LABEL: func.func @no_steps(
// CHECK-SAME:    %[[ROWS:[^:]*]]: tensor<3xi32>, %[[TABLE:[^:]*]]: tensor<7xf32>, %{{[^:]*}}: tensor<3xf32>, %[[COUNT:[^:]*]]: index
// CHECK:         %[[SOME:.*]] = arith.cmpi sgt, %[[COUNT]], %{{.*}}
// CHECK:         scf.if %[[SOME]] {
// CHECK-NEXT:      %{{.*}} = arith.constant 7 : index
// CHECK-NEXT:      remat.check_indices %[[ROWS]] below %{{.*}} : tensor<3xi32>
// CHECK-NEXT:    }
// CHECK:         %[[SOME:.*]] = arith.cmpi sgt, %[[COUNT]], %{{.*}}
// CHECK:         scf.if %[[SOME]] {
// CHECK:           remat.check_indices
// CHECK:         remat.recurrence
// CHECK-NOT:     remat.check_indices
// CHECK:         return
#vector = affine_map<(i) -> (i)>
func.func @no_steps(%rows: tensor<3xi32>, %table: tensor<7xf32>, %h0: tensor<3xf32>, %count: index, %i: index) -> tensor<3xf32> {
  %h = remat.recurrence count(%count) at(%t) carry(%c = %h0 : tensor<3xf32>) {
    %x = linalg.generic {indexing_maps = [#vector, #vector], iterator_types = ["parallel"]}
        ins(%rows : tensor<3xi32>) outs(%c : tensor<3xf32>) {
    ^bb0(%row: i32, %out: f32):
      %at = arith.index_cast %row : i32 to index
      %a = tensor.extract %table[%at] : tensor<7xf32>
      linalg.yield %a : f32
    } -> tensor<3xf32>
    %value = tensor.extract %table[%i] : tensor<7xf32>
    %values = tensor.splat %value : tensor<3xf32>
    %sum = arith.addf %x, %values : tensor<3xf32>
    remat.yield carry(%sum : tensor<3xf32>)
  }
  return %h : tensor<3xf32>
}

// -----

// No index is used where another loop of the body has no turn.

// CHECK-LABEL: func.func @no_columns(
// CHECK:         scf.if
// CHECK-NEXT:      arith.constant 7 : index
// CHECK-NEXT:      remat.check_indices
// CHECK:         linalg.generic
func.func @no_columns(%rows: tensor<3xi32>, %table: tensor<7xf32>, %out: tensor<3x?xf32>) -> tensor<3x?xf32> {
  %x = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%rows : tensor<3xi32>) outs(%out : tensor<3x?xf32>) {
  ^bb0(%row: i32, %old: f32):
    %at = arith.index_cast %row : i32 to index
    %a = tensor.extract %table[%at] : tensor<7xf32>
    linalg.yield %a : f32
  } -> tensor<3x?xf32>
  return %x : tensor<3x?xf32>
}
