// RUN: remat-opt %s --remat-flush-denormals | FileCheck %s

// CHECK-DAG: func.func private @rematFlushDenormals() -> i64
// CHECK-DAG: func.func private @rematRestoreDenormals(i64)

// The code is in a function that is not inlined, so that no arithmetic leaves the mode.
// CHECK-LABEL: func.func private @entry_flushed
// CHECK-SAME:    (%{{.*}}: memref<4xf32> {llvm.noalias})
// CHECK-SAME:    llvm.linkage = #llvm.linkage<internal>
// CHECK-SAME:    passthrough = {{\[\[}}"denormal-fp-math", "preserve-sign,preserve-sign"], "noinline"]
// CHECK:         memref.load

// CHECK-LABEL: func.func @entry
// CHECK-SAME:    (%[[X:.*]]: memref<4xf32> {llvm.noalias}) -> f32 attributes {llvm.emit_c_interface
// CHECK-NEXT:    %[[MODE:.*]] = call @rematFlushDenormals() : () -> i64
// CHECK-NEXT:    %[[RESULT:.*]] = call @entry_flushed(%[[X]])
// CHECK-NEXT:    call @rematRestoreDenormals(%[[MODE]])
// CHECK-NEXT:    return %[[RESULT]]
func.func @entry(%x: memref<4xf32> {llvm.noalias}) -> f32 attributes {llvm.emit_c_interface} {
  %zero = arith.constant 0 : index
  %y = memref.load %x[%zero] : memref<4xf32>
  return %y : f32
}

// CHECK-LABEL: func.func private @step
// CHECK-SAME:    attributes {passthrough = {{\[\[}}"denormal-fp-math", "preserve-sign,preserve-sign"]]}
// CHECK-NOT:     rematFlushDenormals
// CHECK:         return
func.func private @step() {
  return
}
