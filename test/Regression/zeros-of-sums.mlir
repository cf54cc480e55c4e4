// RUN: remat-run %s --output %t > /dev/null
// RUN: %python -c "import struct, sys; [print(name, struct.unpack('<' + kind, open(sys.argv[1] + '/' + name + '.npy', 'rb').read()[-struct.calcsize(kind):])[0]) for name, kind in (('bf16', 'f'), ('f16', 'e'), ('f32', 'f'), ('sum', 'f'))]" %t | FileCheck %s

// A short sum of negative zeros alone is a negative zero, however many lanes of a vector
// it takes. A longer one starts from zero (docs/Sums.md).

// CHECK: bf16 -0.0
// CHECK: f16 -0.0
// CHECK: f32 -0.0
// CHECK: sum -0.0

func.func @main() -> (tensor<1x1xbf16> {remat.name = "bf16"}, tensor<1x1xf16> {remat.name = "f16"},
                      tensor<1x1xf32> {remat.name = "f32"}, tensor<f32> {remat.name = "sum"}) {
  %bf16_half = arith.constant dense<0.5> : tensor<1x3xbf16>
  %bf16_right = arith.constant dense<-0.0> : tensor<3x1xbf16>
  %bf16_zero = arith.constant dense<-0.0> : tensor<1x1xbf16>
  %bf16 = linalg.matmul ins(%bf16_half, %bf16_right : tensor<1x3xbf16>, tensor<3x1xbf16>)
      outs(%bf16_zero : tensor<1x1xbf16>) -> tensor<1x1xbf16>
  %f16_half = arith.constant dense<0.5> : tensor<1x3xf16>
  %f16_right = arith.constant dense<-0.0> : tensor<3x1xf16>
  %f16_zero = arith.constant dense<-0.0> : tensor<1x1xf16>
  %f16 = linalg.matmul ins(%f16_half, %f16_right : tensor<1x3xf16>, tensor<3x1xf16>)
      outs(%f16_zero : tensor<1x1xf16>) -> tensor<1x1xf16>
  %f32_half = arith.constant dense<0.5> : tensor<1x3xf32>
  %f32_right = arith.constant dense<-0.0> : tensor<3x1xf32>
  %f32_zero = arith.constant dense<-0.0> : tensor<1x1xf32>
  %f32 = linalg.matmul ins(%f32_half, %f32_right : tensor<1x3xf32>, tensor<3x1xf32>)
      outs(%f32_zero : tensor<1x1xf32>) -> tensor<1x1xf32>
  %values = arith.constant dense<-0.0> : tensor<5xf32>
  %start = arith.constant dense<-0.0> : tensor<f32>
  %sum = linalg.reduce { arith.addf } ins(%values : tensor<5xf32>) outs(%start : tensor<f32>) dimensions = [0]
  return %bf16, %f16, %f32, %sum : tensor<1x1xbf16>, tensor<1x1xf16>, tensor<1x1xf32>, tensor<f32>
}
