// RUN: remat-opt %s -split-input-file -verify-diagnostics --remat-export-memory | FileCheck %s

// CHECK-DAG: llvm.mlir.global external constant @planned_arena_bytes(6976 : i64)
// CHECK-DAG: llvm.mlir.global external constant @planned_parameter_bytes(64 : i64)
// CHECK-DAG: llvm.mlir.global external constant @planned_walk_bytes(1152 : i64)
// CHECK: func.func @planned() {
func.func @planned() attributes {
    remat.memory = #remat.memory<budget = 8192, peak = 8128, walk = 1152, store_all = 65536, minimum = 4096, parameters = 64, certain = true>} {
  return
}

// A function without a plan has no sizes.
// CHECK-NOT: @unplanned_arena_bytes
func.func @unplanned() {
  return
}

// -----

func.func private @taken_arena_bytes()

// expected-error @below {{expects the symbol 'taken_arena_bytes' to be free for the size of a block}}
func.func @taken() attributes {
    remat.memory = #remat.memory<budget = 8192, peak = 8128, walk = 1152, store_all = 65536, minimum = 4096, parameters = 64, certain = true>} {
  return
}
