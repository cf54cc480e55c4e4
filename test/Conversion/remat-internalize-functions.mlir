// RUN: remat-opt %s --remat-internalize-functions | FileCheck %s

// CHECK: func.func @entry(%{{.*}}: index) {
func.func @entry(%x: index) {
  return
}
// CHECK: func.func private @step(%{{.*}}: index) attributes {llvm.linkage = #llvm.linkage<internal>}
func.func private @step(%x: index) {
  return
}
// CHECK: func.func private @shared(%{{.*}}: index)
// CHECK-SAME: attributes {llvm.linkage = #llvm.linkage<internal>, no_inline, passthrough = ["noinline"]}
func.func private @shared(%x: index) attributes {no_inline} {
  return
}
// CHECK: func.func private @external(index){{$}}
func.func private @external(index)
