// Functions of numbers that the caller gives, which no array is needed for.
func.func @f(%s: f64, %q: f32, %x: tensor<17xf64>, %y: tensor<17xf32>) -> (tensor<17xf64>, tensor<17xf32>) {
  %a = math.sin %s : f64
  %p = math.exp %s : f64
  %b = arith.mulf %a, %p : f64
  %c = math.tanh %q : f32
  %d = math.sin %q : f32
  %e = arith.addf %c, %d : f32
  %v = tensor.splat %b : tensor<17xf64>
  %w = tensor.splat %e : tensor<17xf32>
  %r = arith.mulf %v, %x : tensor<17xf64>
  %u = arith.mulf %w, %y : tensor<17xf32>
  return %r, %u : tensor<17xf64>, tensor<17xf32>
}
