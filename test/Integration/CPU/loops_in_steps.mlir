// RUN: %sweep %s --steps 1 7

// Loops of scf in a step, none of which a gradient passes through: integers of rank 0 as JAX writes them,
// a tensor that every turn computes anew, and two that change places; a scalar that such a loop computes is
// read by the adjoint, and so is an index that a switch chooses.
// INPUT ks: int 0 4
!counts = tensor<1000xi32>
!count = tensor<i32>
!state = tensor<17xf32>
!numbers = tensor<17xi32>
!scalar = tensor<f32>

func.func private @loss(%ks: !counts, %h0: !state, %w: !state) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero = arith.constant dense<0.0> : !scalar
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %six = arith.constant dense<6> : !count
  %two = arith.constant dense<2> : !count
  %ones = arith.constant dense<1> : !numbers
  %twos = arith.constant dense<2> : !numbers
  %scale = arith.constant dense<0.1> : !state
  %h_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %h0 : !state, %sum = %zero : !scalar) scan(%k = %ks : !counts) {
    %n = scf.while (%i = %k) : (!count) -> !count {
      %less = arith.cmpi slt, %i, %six : !count
      %go = tensor.extract %less[] : tensor<i1>
      scf.condition(%go) %i : !count
    } do {
    ^bb0(%i: !count):
      %next = arith.addi %i, %two : !count
      scf.yield %next : !count
    }
    %number = tensor.extract %n[] : !count
    %turns = arith.index_cast %number : i32 to index
    // A scalar: 1 + 2 + ... below turns; and its last summand. Both are needed again by the adjoint.
    %triangle, %last = scf.for %i = %c0 to %turns step %c1 iter_args(%s = %c0, %l = %c0) -> (index, index) {
      %next = arith.addi %s, %i : index
      scf.yield %next, %i : index, index
    }
    // (ones, twos) change places; then a sum anew in every turn.
    %swapped:2 = scf.for %i = %c0 to %turns step %c1 iter_args(%a = %ones, %b = %twos) -> (!numbers, !numbers) {
      scf.yield %b, %a : !numbers, !numbers
    }
    %doubled = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %swapped#0) -> !numbers {
      %twice = arith.addi %a, %swapped#1 : !numbers
      scf.yield %twice : !numbers
    }
    %factor = arith.sitofp %doubled : !numbers to !state
    %place = scf.index_switch %last -> index
    case 5 {
      scf.yield %triangle : index
    }
    default {
      scf.yield %c3 : index
    }
    %element = tensor.extract %h[%place] : !state
    %all = tensor.splat %element : !state
    %odd = arith.andi %number, %number : i32
    %c6 = arith.constant 6 : i32
    %is_six = arith.cmpi eq, %odd, %c6 : i32
    // One condition for all elements.
    %chosen = arith.select %is_six, %h, %w : !state
    %branch = scf.if %is_six -> (!state) {
      scf.yield %w : !state
    } else {
      scf.yield %h : !state
    }
    %p = arith.mulf %chosen, %factor : !state
    %q = arith.mulf %p, %branch : !state
    %q1 = arith.mulf %q, %scale : !state
    %r = arith.addf %q1, %all : !state
    %h_next = math.tanh %r : !state
    %sum_next = linalg.reduce { arith.addf } ins(%h_next : !state) outs(%sum : !scalar) dimensions = [0]
    remat.yield carry(%h_next, %sum_next : !state, !scalar)
  }
  return %total : !scalar
}

func.func @loops_in_steps(%ks: !counts, %h0: !state, %w: !state) -> (!scalar, !state, !state) {
  %loss, %d_h0, %d_w = remat.value_and_gradient @loss(%ks, %h0, %w) wrt [1, 2]
      : (!counts, !state, !state) -> (!scalar, !state, !state)
  return %loss, %d_h0, %d_w : !scalar, !state, !state
}
