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
