// RUN: remat-run %s --steps 0 | FileCheck %s --check-prefix=EVEN
// RUN: remat-run %s --steps 1 | FileCheck %s --check-prefix=ODD
// RUN: remat-run %s --steps 2 | FileCheck %s --check-prefix=EVEN
// RUN: remat-run %s --steps 3 | FileCheck %s --check-prefix=ODD

// Initial carries that are one number have no memory: each is filled in where the first step
// reads it, or where the loop leaves it. Carries change places, so that nothing but a
// move of bits happens: zeros keep their sign and NaNs what else they say.

// EVEN: result f64 {{ *}}-2251799813685247,
// ODD:  result f64 {{ *}}-9223372036854775808,
// EVEN: result f32 {{ *}}2143294004,
// ODD:  result f32 {{ *}}-2147483648,
// EVEN: result f16 {{ *}}32257,
// ODD:  result f16 {{ *}}-1024,
// EVEN: result bf16 {{ *}}32705,
// ODD:  result bf16 {{ *}}-32768,
// EVEN: result i1 {{ *}}1,
// ODD:  result i1 {{ *}}0,
// EVEN: result i8 {{ *}}-128,
// ODD:  result i8 {{ *}}127,
// EVEN: result i64 {{ *}}-9223372036854775808,
// ODD:  result i64 {{ *}}9223372036854775807,
// EVEN: result i24 {{ *}}-8388608,
// ODD:  result i24 {{ *}}7,
func.func @entry(%xs: tensor<?xf32>)
    -> (tensor<i64> {remat.name = "f64"}, tensor<i32> {remat.name = "f32"}, tensor<i16> {remat.name = "f16"},
        tensor<i16> {remat.name = "bf16"}, tensor<i32> {remat.name = "i1"}, tensor<i8> {remat.name = "i8"},
        tensor<i64> {remat.name = "i64"}, tensor<i32> {remat.name = "i24"}) {
  %c0 = arith.constant 0 : index
  %last = arith.constant 16 : index
  %steps = tensor.dim %xs, %c0 : tensor<?xf32>
  %nan64 = arith.constant dense<0xFFF8000000000001> : tensor<17xf64>
  %zero64 = arith.constant dense<-0.0> : tensor<17xf64>
  %nan32 = arith.constant dense<0x7FC01234> : tensor<17xf32>
  %zero32 = arith.constant dense<-0.0> : tensor<17xf32>
  %nan16 = arith.constant dense<0x7E01> : tensor<17xf16>
  %infinity16 = arith.constant dense<0xFC00> : tensor<17xf16>
  %nanb = arith.constant dense<0x7FC1> : tensor<17xbf16>
  %zerob = arith.constant dense<-0.0> : tensor<17xbf16>
  %true = arith.constant dense<true> : tensor<17xi1>
  %false = arith.constant dense<false> : tensor<17xi1>
  %least8 = arith.constant dense<-128> : tensor<17xi8>
  %most8 = arith.constant dense<127> : tensor<17xi8>
  %least64 = arith.constant dense<-9223372036854775808> : tensor<17xi64>
  %most64 = arith.constant dense<9223372036854775807> : tensor<17xi64>
  %least24 = arith.constant dense<-8388608> : tensor<17xi24>
  %seven = arith.constant dense<7> : tensor<17xi24>
  %r:16 = remat.recurrence count(%steps) at(%t)
      carry(%a = %nan64 : tensor<17xf64>, %b = %zero64 : tensor<17xf64>,
            %c = %nan32 : tensor<17xf32>, %d = %zero32 : tensor<17xf32>,
            %e = %nan16 : tensor<17xf16>, %f = %infinity16 : tensor<17xf16>,
            %g = %nanb : tensor<17xbf16>, %h = %zerob : tensor<17xbf16>,
            %i = %true : tensor<17xi1>, %j = %false : tensor<17xi1>,
            %k = %least8 : tensor<17xi8>, %l = %most8 : tensor<17xi8>,
            %m = %least64 : tensor<17xi64>, %n = %most64 : tensor<17xi64>,
            %o = %least24 : tensor<17xi24>, %p = %seven : tensor<17xi24>) {
    remat.yield carry(%b, %a, %d, %c, %f, %e, %h, %g, %j, %i, %l, %k, %n, %m, %p, %o
      : tensor<17xf64>, tensor<17xf64>, tensor<17xf32>, tensor<17xf32>, tensor<17xf16>, tensor<17xf16>,
        tensor<17xbf16>, tensor<17xbf16>, tensor<17xi1>, tensor<17xi1>, tensor<17xi8>, tensor<17xi8>,
        tensor<17xi64>, tensor<17xi64>, tensor<17xi24>, tensor<17xi24>)
  }
  %f64 = tensor.extract %r#0[%last] : tensor<17xf64>
  %f64_bits = arith.bitcast %f64 : f64 to i64
  %f64_result = tensor.from_elements %f64_bits : tensor<i64>
  %f32 = tensor.extract %r#2[%last] : tensor<17xf32>
  %f32_bits = arith.bitcast %f32 : f32 to i32
  %f32_result = tensor.from_elements %f32_bits : tensor<i32>
  %f16 = tensor.extract %r#4[%last] : tensor<17xf16>
  %f16_bits = arith.bitcast %f16 : f16 to i16
  %f16_result = tensor.from_elements %f16_bits : tensor<i16>
  %bf16 = tensor.extract %r#6[%last] : tensor<17xbf16>
  %bf16_bits = arith.bitcast %bf16 : bf16 to i16
  %bf16_result = tensor.from_elements %bf16_bits : tensor<i16>
  %i1 = tensor.extract %r#8[%last] : tensor<17xi1>
  %i1_wide = arith.extui %i1 : i1 to i32
  %i1_result = tensor.from_elements %i1_wide : tensor<i32>
  %i8 = tensor.extract %r#10[%last] : tensor<17xi8>
  %i8_result = tensor.from_elements %i8 : tensor<i8>
  %i64 = tensor.extract %r#12[%last] : tensor<17xi64>
  %i64_result = tensor.from_elements %i64 : tensor<i64>
  %i24 = tensor.extract %r#14[%last] : tensor<17xi24>
  %i24_wide = arith.extsi %i24 : i24 to i32
  %i24_result = tensor.from_elements %i24_wide : tensor<i32>
  return %f64_result, %f32_result, %f16_result, %bf16_result, %i1_result, %i8_result, %i64_result, %i24_result
    : tensor<i64>, tensor<i32>, tensor<i16>, tensor<i16>, tensor<i32>, tensor<i8>, tensor<i64>, tensor<i32>
}
