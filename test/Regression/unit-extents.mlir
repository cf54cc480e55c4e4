// RUN: remat-run %s --entry column --input x=0.5 --output %t/column && %python %S/show.py %t/column/y.npy | FileCheck %s --check-prefix=COLUMN
// RUN: remat-run %s --entry long_column --input x=0.5 --output %t/long && %python %S/show.py %t/long/y.npy | FileCheck %s --check-prefix=LONG
// RUN: remat-run %s --entry rows --input x=0.5 --input y=0.25 --output %t/rows && %python %S/show.py %t/rows/v.npy | FileCheck %s --check-prefix=ROWS
// RUN: remat-run %s --entry stride --input x=1 --input y=3 --output %t/stride && %python %S/show.py %t/stride/v.npy | FileCheck %s --check-prefix=STRIDE
// RUN: remat-run %s --entry dropped --input x=1 --input y=3 --output %t/dropped && %python %S/show.py %t/dropped/v.npy %t/dropped/u.npy | FileCheck %s --check-prefix=DROPPED
// RUN: remat-run %s --entry gradient --input xs=0.25 --output %t/gradient && %python %S/show.py %t/gradient/l.npy %t/gradient/g.npy | FileCheck %s --check-prefix=GRADIENT

// Extents of one have strides that say nothing. Loops over a column are contiguous
// along a single element, and a merged loop over it is not; and a view does not tell
// which of several extents of one it lost once another stride has changed.

// COLUMN: y 0.5 0.5 0.5 0.462117 0.5 0.5 0.5 0.5 0.462117 0.5{{$}}
func.func @column(%x: tensor<2x5xf32>) -> (tensor<2x5xf32> {remat.name = "y"}) {
  %a = tensor.extract_slice %x[0, 0] [2, 1] [1, 1] : tensor<2x5xf32> to tensor<2x1xf32>
  %b = math.tanh %a : tensor<2x1xf32>
  %y = tensor.insert_slice %b into %x[0, 3] [2, 1] [1, 1] : tensor<2x1xf32> into tensor<2x5xf32>
  return %y : tensor<2x5xf32>
}

// LONG: y{{( 0.462117 0.5){33}$}}
func.func @long_column(%x: tensor<33x2xf64>) -> (tensor<33x2xf64> {remat.name = "y"}) {
  %a = tensor.extract_slice %x[0, 1] [33, 1] [1, 1] : tensor<33x2xf64> to tensor<33x1xf64>
  %b = math.tanh %a : tensor<33x1xf64>
  %y = tensor.insert_slice %b into %x[0, 0] [33, 1] [1, 1] : tensor<33x1xf64> into tensor<33x2xf64>
  return %y : tensor<33x2xf64>
}

// ROWS: v 0.5 0.244919 0.5 0.244919{{$}}
func.func @rows(%x: tensor<4x1xf64>, %y: tensor<2x1xf64>) -> (tensor<4x1xf64> {remat.name = "v"}) {
  %t = math.tanh %y : tensor<2x1xf64>
  %v = tensor.insert_slice %t into %x[1, 0] [2, 1] [2, 1] : tensor<2x1xf64> into tensor<4x1xf64>
  return %v : tensor<4x1xf64>
}

// STRIDE: v 1 3{{$}}
func.func @stride(%x: tensor<2x1xf32>, %y: tensor<1xf32>) -> (tensor<2x1xf32> {remat.name = "v"}) {
  %v = tensor.insert_slice %y into %x[1, 0] [1, 1] [2, 1] : tensor<1xf32> into tensor<2x1xf32>
  return %v : tensor<2x1xf32>
}

// DROPPED: v 1 1 3 1 1 1 3 1{{$}}
// DROPPED: u 1 1{{$}}
func.func @dropped(%x: tensor<4x1x2x1xf32>, %y: tensor<2x1xf32>) -> (tensor<4x1x2x1xf32> {remat.name = "v"}, tensor<2x1xf32> {remat.name = "u"}) {
  %v = tensor.insert_slice %y into %x[1, 0, 0, 0] [2, 1, 1, 1] [2, 1, 2, 1] : tensor<2x1xf32> into tensor<4x1x2x1xf32>
  %u = tensor.extract_slice %x[0, 0, 1, 0] [2, 1, 1, 1] [3, 1, 1, 1] : tensor<4x1x2x1xf32> to tensor<2x1xf32>
  return %v, %u : tensor<4x1x2x1xf32>, tensor<2x1xf32>
}

// GRADIENT: l 0.75{{$}}
// GRADIENT: g 1 1 1{{$}}
func.func private @loss(%xs: tensor<3x1x1xf64>) -> tensor<f64> {
  %n = arith.constant 3 : index
  %zero = arith.constant dense<0.0> : tensor<f64>
  %r = remat.recurrence count(%n) at(%t) carry(%c = %zero : tensor<f64>) scan(%x = %xs : tensor<3x1x1xf64>) {
    %v = tensor.extract_slice %x[0, 0] [1, 1] [2, 1] : tensor<1x1xf64> to tensor<1x1xf64>
    %s = linalg.reduce { arith.addf } ins(%v : tensor<1x1xf64>) outs(%c : tensor<f64>) dimensions = [0, 1]
    remat.yield carry(%s : tensor<f64>)
  }
  return %r : tensor<f64>
}
func.func @gradient(%xs: tensor<3x1x1xf64>) -> (tensor<f64> {remat.name = "l"}, tensor<3x1x1xf64> {remat.name = "g"}) {
  %l, %g = remat.value_and_gradient @loss(%xs) wrt [0] : (tensor<3x1x1xf64>) -> (tensor<f64>, tensor<3x1x1xf64>)
  return %l, %g : tensor<f64>, tensor<3x1x1xf64>
}
