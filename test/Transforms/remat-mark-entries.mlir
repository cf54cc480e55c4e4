// RUN: remat-opt %s -remat-mark-entries | FileCheck %s

// Only tensors of public functions with a body are marked.

// CHECK: func.func @entry(%{{.*}}: tensor<4xf32> {bufferization.writable = false, remat.name = "x"}, %{{.*}}: index)
// CHECK-SAME: attributes {llvm.emit_c_interface}
func.func @entry(%x: tensor<4xf32> {remat.name = "x"}, %n: index) {
  return
}
// CHECK: func.func private @helper(%{{.*}}: tensor<4xf32>) {
func.func private @helper(%x: tensor<4xf32>) {
  return
}
// CHECK: func.func private @declared(tensor<4xf32>){{$}}
func.func private @declared(tensor<4xf32>)
