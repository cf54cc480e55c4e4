// RUN: remat-run %s --input x=-1e30 --input y=-1e30 --input z=-1e30 --output %t.1 && %python %S/show.py %t.1/dx.npy %t.1/dy.npy %t.1/dz.npy | FileCheck %s --check-prefix=TIES
// RUN: remat-run %s --input x=-1 --input y=-1 --input z=-1e30 --output %t.2 && %python %S/show.py %t.2/dx.npy %t.2/dy.npy %t.2/dz.npy | FileCheck %s --check-prefix=PAIR
// RUN: remat-run %s --input x=-1e30 --input y=-1e30 --input z=-1 --output %t.3 && %python %S/show.py %t.3/dx.npy %t.3/dy.npy %t.3/dz.npy | FileCheck %s --check-prefix=LAST

// The step of CTC, as JAX lowers jnp.logaddexp: its states that are not reachable yet all tie at -1e30, where log 2 is lost in
// rounding. The weights of a sum of exponentials add up to 1 there as well. (JAX's own rule for it is exp(x - result), which is 1 for
// each of the tying operands; a lowered program does not contain that rule.)

// TIES:      dx 0.25 0.25 0.25
// TIES-NEXT: dy 0.25 0.25 0.25
// TIES-NEXT: dz 0.5 0.5 0.5
// PAIR:      dx 0.5 0.5 0.5
// PAIR-NEXT: dy 0.5 0.5 0.5
// PAIR-NEXT: dz {{-?}}0 {{-?}}0 {{-?}}0
// LAST:      dx {{-?}}0 {{-?}}0 {{-?}}0
// LAST-NEXT: dy {{-?}}0 {{-?}}0 {{-?}}0
// LAST-NEXT: dz 1 1 1
func.func private @log_add_exp(%x: tensor<17xf32>, %y: tensor<17xf32>) -> tensor<17xf32> {
  %larger = arith.maximumf %x, %y : tensor<17xf32>
  %difference = arith.subf %x, %y : tensor<17xf32>
  %undefined = arith.cmpf une, %difference, %difference : tensor<17xf32>
  %sum = arith.addf %x, %y : tensor<17xf32>
  %distance = math.absf %difference : tensor<17xf32>
  %below = arith.negf %distance : tensor<17xf32>
  %power = math.exp %below : tensor<17xf32>
  %rest = math.log1p %power : tensor<17xf32>
  %result = arith.addf %larger, %rest : tensor<17xf32>
  %chosen = arith.select %undefined, %sum, %result : tensor<17xi1>, tensor<17xf32>
  return %chosen : tensor<17xf32>
}
func.func private @states(%x: tensor<17xf32>, %y: tensor<17xf32>, %z: tensor<17xf32>) -> tensor<17xf32> {
  %two = func.call @log_add_exp(%x, %y) : (tensor<17xf32>, tensor<17xf32>) -> tensor<17xf32>
  %three = func.call @log_add_exp(%two, %z) : (tensor<17xf32>, tensor<17xf32>) -> tensor<17xf32>
  return %three : tensor<17xf32>
}
func.func @main(%x: tensor<17xf32>, %y: tensor<17xf32>, %z: tensor<17xf32>)
    -> (tensor<17xf32> {remat.name = "dx"}, tensor<17xf32> {remat.name = "dy"}, tensor<17xf32> {remat.name = "dz"}) {
  %one = arith.constant dense<1.0> : tensor<17xf32>
  %value, %dx, %dy, %dz = remat.value_and_gradient @states(%x, %y, %z) wrt [0, 1, 2] seed(%one : tensor<17xf32>)
      : (tensor<17xf32>, tensor<17xf32>, tensor<17xf32>) -> (tensor<17xf32>, tensor<17xf32>, tensor<17xf32>, tensor<17xf32>)
  return %dx, %dy, %dz : tensor<17xf32>, tensor<17xf32>, tensor<17xf32>
}
