// The gradient of a small recurrence, which has something to plan.
func.func private @loss(%h0: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> tensor<f32> {
  %steps = arith.constant 20 : index
  %zero = arith.constant dense<0.0> : tensor<f32>
  %empty = arith.constant dense<0.0> : tensor<4x4xf32>
  %h = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : tensor<4x4xf32>) {
    %z = linalg.matmul ins(%h, %w : tensor<4x4xf32>, tensor<4x4xf32>) outs(%empty : tensor<4x4xf32>) -> tensor<4x4xf32>
    %y = math.tanh %z : tensor<4x4xf32>
    remat.yield carry(%y : tensor<4x4xf32>)
  }
  %total = linalg.reduce { arith.addf } ins(%h : tensor<4x4xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  return %total : tensor<f32>
}
func.func @rnn(%h0: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> (tensor<f32>, tensor<4x4xf32>) {
  %loss, %d_w = remat.value_and_gradient @loss(%h0, %w) wrt [1]
    : (tensor<4x4xf32>, tensor<4x4xf32>) -> (tensor<f32>, tensor<4x4xf32>)
  return %loss, %d_w : tensor<f32>, tensor<4x4xf32>
}
