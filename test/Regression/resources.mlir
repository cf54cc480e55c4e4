// RUN: split-file %s %t
// RUN: remat-run %t/whole.mlir --input x=1 --input m=1 --output %t/out && %python %S/show.py %t/out/y.npy %t/out/n.npy | FileCheck %t/whole.mlir
// RUN: %exits 1 remat-run %t/elided.mlir | FileCheck %t/elided.mlir
// RUN: %exits 1 remat-run %t/short.mlir | FileCheck %t/short.mlir
// RUN: %exits 1 remat-run %t/nibbles.mlir | FileCheck %t/nibbles.mlir

// Constants as resources, as exporters write them: booleans have a byte each, and bytes that are missing or of another number are
// told where the constant stands.

//--- whole.mlir
// CHECK: y 2 3 1
// CHECK: n 1 0 1
func.func @main(%x: tensor<3xf32>, %m: tensor<3xi1>) -> (tensor<3xf32> {remat.name = "y"}, tensor<3xf32> {remat.name = "n"}) {
  %c = arith.constant dense_resource<numbers> : tensor<3xf32>
  %y = arith.addf %x, %c : tensor<3xf32>
  %b = arith.constant dense_resource<booleans> : tensor<3xi1>
  %a = arith.andi %m, %b : tensor<3xi1>
  %n = arith.uitofp %a : tensor<3xi1> to tensor<3xf32>
  return %y, %n : tensor<3xf32>, tensor<3xf32>
}
{-#
  dialect_resources: { builtin: { numbers: "0x040000000000803F0000004000000000", booleans: "0x01000000010001" } }
#-}

//--- elided.mlir
func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  // CHECK: elided.mlir:[[#@LINE+1]]:{{.*}} expects the data of the resource '__elided__', but the program does not hold it
  %c = arith.constant dense_resource<__elided__> : tensor<3xf64>
  %y = arith.addf %x, %c : tensor<3xf64>
  return %y : tensor<3xf64>
}

//--- short.mlir
func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  // CHECK: short.mlir:[[#@LINE+1]]:{{.*}} expects 24 bytes in the resource 'two' of 'tensor<3xf64>', but it has 16
  %c = arith.constant dense_resource<two> : tensor<3xf64>
  %y = arith.addf %x, %c : tensor<3xf64>
  return %y : tensor<3xf64>
}
{-#
  dialect_resources: { builtin: { two: "0x08000000000000000000F03F0000000000000040" } }
#-}

//--- nibbles.mlir
func.func @main() -> tensor<2xi8> {
  // CHECK: nibbles.mlir:[[#@LINE+1]]:{{.*}} expects a resource of booleans or whole bytes, but got 'tensor<2xi4>'
  %c = arith.constant dense_resource<pair> : tensor<2xi4>
  %y = arith.extsi %c : tensor<2xi4> to tensor<2xi8>
  return %y : tensor<2xi8>
}
{-#
  dialect_resources: { builtin: { pair: "0x010000000102" } }
#-}
