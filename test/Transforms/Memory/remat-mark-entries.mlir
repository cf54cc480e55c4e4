// RUN: remat-opt %s -remat-mark-entries | FileCheck %s

// Only tensors of public functions with a body are marked.

// CHECK: func.func @entry(%{{.*}}: tensor<4xf32> {bufferization.writable = false}, %{{.*}}: index)
// CHECK-SAME: -> tensor<4xf32> attributes {llvm.emit_c_interface}
func.func @entry(%x: tensor<4xf32> {remat.name = "x"}, %n: index) -> (tensor<4xf32> {remat.name = "y"}) {
  return %x : tensor<4xf32>
}
// CHECK: func.func private @helper(%{{.*}}: tensor<4xf32>) {
func.func private @helper(%x: tensor<4xf32>) {
  return
}
// CHECK: func.func private @declared(tensor<4xf32>){{$}}
func.func private @declared(tensor<4xf32>)
