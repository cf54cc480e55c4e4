// RUN: remat-opt %s --remat-store-bf16-as-bits | FileCheck %s

// CHECK: memref.global "private" constant @weights : memref<2xi16> = dense<[16256, -16384]>
memref.global "private" constant @weights : memref<2xbf16> = dense<[1.0, -2.0]>

// CHECK-LABEL: func private @extend
// CHECK-SAME:    (%[[M:.*]]: memref<3xi16>, %[[I:.*]]: index) -> vector<3xf32>
// CHECK:         %[[BITS:.*]] = vector.load %[[M]][%[[I]]] : memref<3xi16>, vector<3xi16>
// CHECK:         %[[WORDS:.*]] = arith.extui %[[BITS]] : vector<3xi16> to vector<3xi32>
// CHECK:         %[[UPPER:.*]] = arith.shli %[[WORDS]]
// CHECK:         arith.bitcast %[[UPPER]] : vector<3xi32> to vector<3xf32>
func.func private @extend(%m: memref<3xbf16>, %i: index) -> vector<3xf32> {
  %x = vector.load %m[%i] : memref<3xbf16>, vector<3xbf16>
  %y = arith.extf %x : vector<3xbf16> to vector<3xf32>
  return %y : vector<3xf32>
}

// CHECK-LABEL: func private @truncate
// CHECK-SAME:    (%[[X:.*]]: f32) -> i16
// CHECK-NOT:     truncf
// CHECK:         %[[IS_NAN:.*]] = arith.cmpf uno, %[[X]], %[[X]]
// CHECK:         %[[WORD:.*]] = arith.select %[[IS_NAN]]
// CHECK:         arith.trunci %[[WORD]] : i32 to i16
func.func private @truncate(%x: f32) -> bf16 {
  %y = arith.truncf %x : f32 to bf16
  return %y : bf16
}

// C passes a bf16 in a register for floats.
// CHECK-LABEL: func @entry
// CHECK-SAME:    (%[[SCALE:.*]]: bf16, %[[OUT:.*]]: memref<i16>)
// CHECK:         %[[BITS:.*]] = arith.bitcast %[[SCALE]] : bf16 to i16
// CHECK:         memref.store %[[BITS]], %[[OUT]][] : memref<i16>
func.func @entry(%scale: bf16, %out: memref<bf16>) {
  memref.store %scale, %out[] : memref<bf16>
  return
}
