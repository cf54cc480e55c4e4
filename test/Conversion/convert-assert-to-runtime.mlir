// RUN: remat-opt %s -convert-assert-to-runtime -split-input-file -verify-diagnostics | FileCheck %s

// Two assertions, one message each, with its place; what follows runs only if both hold.

// CHECK: llvm.mlir.global internal constant @[[SECOND:remat_message.*]]("second ({{.*}}convert-assert-to-runtime.mlir:[[#@LINE+16]])\00")
// CHECK: llvm.mlir.global internal constant @[[FIRST:remat_message.*]]("first ({{.*}}convert-assert-to-runtime.mlir:[[#@LINE+14]])\00")
// CHECK: llvm.func @rematFail(!llvm.ptr)
// CHECK-LABEL: func.func @two_assertions
// CHECK-SAME: (%[[A:.*]]: i1, %[[B:.*]]: i1
// CHECK: cf.cond_br %[[A]], ^[[NEXT:bb[0-9]+]], ^[[FAIL:bb[0-9]+]]
// CHECK: ^[[FAIL]]:
// CHECK: %[[MESSAGE:.*]] = llvm.mlir.addressof @[[FIRST]]
// CHECK: llvm.call @rematFail(%[[MESSAGE]])
// CHECK: llvm.unreachable
// CHECK: ^[[NEXT]]:
// CHECK: cf.cond_br %[[B]]
// CHECK: llvm.mlir.addressof @[[SECOND]]
// CHECK: return
func.func @two_assertions(%a: i1, %b: i1) {
  cf.assert %a, "first"
  cf.assert %b, "second"
  return
}

// -----

func.func @nested(%a: i1, %b: i1) {
  scf.if %a {
    // expected-error @below {{expects flat control flow, but is nested in 'scf.if'}}
    cf.assert %b, "inside"
  }
  return
}
