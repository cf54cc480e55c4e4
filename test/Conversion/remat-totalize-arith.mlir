// RUN: remat-opt %s --remat-totalize-arith | FileCheck %s

// CHECK-LABEL: func @quotient
// CHECK-SAME:    (%[[X:.*]]: vector<4xi32>, %[[Y:.*]]: vector<4xi32>)
// CHECK:         %[[IS_ZERO:.*]] = arith.cmpi eq, %[[Y]], %{{.*}} : vector<4xi32>
// CHECK:         %[[TRAPS:.*]] = arith.ori %[[IS_ZERO]], %{{.*}} : vector<4xi1>
// CHECK:         %[[SAFE:.*]] = arith.select %[[TRAPS]], %{{.*}}, %[[Y]] : vector<4xi1>, vector<4xi32>
// CHECK:         %[[QUOTIENT:.*]] = arith.divsi %[[X]], %[[SAFE]] : vector<4xi32>
// CHECK:         %[[MINUS_ONE:.*]] = arith.constant dense<-1> : vector<4xi32>
// CHECK:         %[[VALUE:.*]] = arith.select %[[IS_ZERO]], %[[MINUS_ONE]], %[[QUOTIENT]]
// CHECK:         return %[[VALUE]]
func.func @quotient(%x: vector<4xi32>, %y: vector<4xi32>) -> vector<4xi32> {
  %z = arith.divsi %x, %y : vector<4xi32>
  return %z : vector<4xi32>
}

// Known divisors and distances cost nothing.
// CHECK-LABEL: func @known
// CHECK-NOT:     select
// CHECK-NOT:     cmpi
// CHECK:         return
func.func @known(%x: index, %y: i32) -> (index, i32) {
  %c8 = arith.constant 8 : index
  %c31 = arith.constant 31 : i32
  %0 = arith.remui %x, %c8 : index
  %1 = arith.shrsi %y, %c31 : i32
  return %0, %1 : index, i32
}

// CHECK-LABEL: func @rounded_down
// CHECK-SAME:    (%[[X:.*]]: index, %[[Y:.*]]: index)
// CHECK-NOT:     floordivsi
// CHECK:         arith.divsi %[[X]]
// CHECK:         arith.remsi %[[X]]
func.func @rounded_down(%x: index, %y: index) -> index {
  %z = arith.floordivsi %x, %y : index
  return %z : index
}

// There is no divisor of i1 that never overflows.
// CHECK-LABEL: func @bits
// CHECK-NOT:     divsi
// CHECK-NOT:     remui
// CHECK:         return
func.func @bits(%x: i1, %y: i1) -> (i1, i1) {
  %0 = arith.divsi %x, %y : i1
  %1 = arith.remui %x, %y : i1
  return %0, %1 : i1, i1
}

// CHECK-LABEL: func @shift
// CHECK-SAME:    (%[[X:.*]]: i8, %[[N:.*]]: i8)
// CHECK:         %[[FITS:.*]] = arith.cmpi ule, %[[N]], %c7_i8 : i8
// CHECK:         %[[SHIFTED:.*]] = arith.shli %[[X]], %[[N]] : i8
// CHECK:         arith.select %[[FITS]], %[[SHIFTED]], %c0_i8 : i8
func.func @shift(%x: i8, %n: i8) -> i8 {
  %z = arith.shli %x, %n : i8
  return %z : i8
}

// CHECK-LABEL: func @to_integer
// CHECK-DAG:     arith.cmpf oge
// CHECK-DAG:     arith.cmpf ole
// CHECK-DAG:     arith.cmpf uno
// CHECK-DAG:     arith.fptosi
func.func @to_integer(%x: f32) -> i32 {
  %z = arith.fptosi %x : f32 to i32
  return %z : i32
}

// CHECK-LABEL: func @number
// CHECK-NOT:     maxnumf
// CHECK:         arith.maximumf
func.func @number(%x: f32, %y: f32) -> f32 {
  %z = arith.maxnumf %x, %y : f32
  return %z : f32
}

// No other bits of the distance count than those that the choice looks at.
// CHECK-LABEL: func @wide_shift
// CHECK-SAME:    (%[[X:.*]]: i64, %[[N:.*]]: i64)
// CHECK:         %[[FITS:.*]] = arith.cmpi ule, %[[N]], %c63_i64 : i64
// CHECK:         %[[MASKED:.*]] = arith.andi %[[N]], %{{.*}} : i64
// CHECK:         %[[SHIFTED:.*]] = arith.shli %[[X]], %[[MASKED]] : i64
// CHECK:         arith.select %[[FITS]], %[[SHIFTED]], %{{.*}} : i64
func.func @wide_shift(%x: i64, %n: i64) -> i64 {
  %z = arith.shli %x, %n : i64
  return %z : i64
}

// CHECK-LABEL: func @conversions_to_bits
// CHECK-SAME:    (%[[X:.*]]: f32)
// CHECK:         %[[MINUS_ONE:.*]] = arith.constant -1.0
// CHECK:         %[[SIGNED:.*]] = arith.cmpf ole, %[[X]], %[[MINUS_ONE]] : f32
// CHECK:         %[[ONE:.*]] = arith.constant 1.0
// CHECK:         %[[UNSIGNED:.*]] = arith.cmpf oge, %[[X]], %[[ONE]] : f32
// CHECK:         return %[[SIGNED]], %[[UNSIGNED]]
func.func @conversions_to_bits(%x: f32) -> (i1, i1) {
  %0 = arith.fptosi %x : f32 to i1
  %1 = arith.fptoui %x : f32 to i1
  return %0, %1 : i1, i1
}
