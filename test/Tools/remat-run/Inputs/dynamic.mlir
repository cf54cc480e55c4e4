// The gradient of a recurrence whose trip count is an argument.
func.func private @loss(%n: index, %h0: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<f32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %h = remat.recurrence count(%n) at(%t) carry(%h = %h0 : tensor<4xf32>) {
    %z = arith.mulf %h, %w : tensor<4xf32>
    %y = math.tanh %z : tensor<4xf32>
    remat.yield carry(%y : tensor<4xf32>)
  }
  %total = linalg.reduce { arith.addf } ins(%h : tensor<4xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  return %total : tensor<f32>
}
func.func @dynamic(%n: index, %h0: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  %loss, %d_w = remat.value_and_gradient @loss(%n, %h0, %w) wrt [2]
    : (index, tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %loss, %d_w : tensor<f32>, tensor<4xf32>
}
