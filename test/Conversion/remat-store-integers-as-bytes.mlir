// RUN: remat-opt %s --remat-store-integers-as-bytes | FileCheck %s

// CHECK: memref.global "private" constant @mask : memref<3xi8> = dense<[1, 0, 1]>
memref.global "private" constant @mask : memref<3xi1> = dense<[true, false, true]>

// CHECK-LABEL: func @vectors
// CHECK-SAME:    (%[[M:.*]]: memref<64xi8>, %[[N:.*]]: memref<64xi8>, %[[I:.*]]: index, %[[LANES:.*]]: vector<16xi1>)
// CHECK:         %[[BYTES:.*]] = vector.load %[[M]][%[[I]]] : memref<64xi8>, vector<16xi8>
// CHECK:         %[[BITS:.*]] = arith.cmpi ne, %[[BYTES]], %{{.*}} : vector<16xi8>
// CHECK:         %[[STORED:.*]] = arith.extui %[[BITS]] : vector<16xi1> to vector<16xi8>
// CHECK:         vector.maskedstore %[[N]][%[[I]]], %[[LANES]], %[[STORED]] : memref<64xi8>
func.func @vectors(%m: memref<64xi1>, %n: memref<64xi1>, %i: index, %lanes: vector<16xi1>) {
  %x = vector.load %m[%i] : memref<64xi1>, vector<16xi1>
  vector.maskedstore %n[%i], %lanes, %x : memref<64xi1>, vector<16xi1>, vector<16xi1>
  return
}

// CHECK-LABEL: func @scalars
// CHECK-SAME:    (%[[M:.*]]: memref<i32>) -> i24
// CHECK:         %[[WORD:.*]] = memref.load %[[M]][] : memref<i32>
// CHECK:         arith.trunci %[[WORD]] : i32 to i24
func.func @scalars(%m: memref<i24>) -> i24 {
  %x = memref.load %m[] : memref<i24>
  return %x : i24
}

// CHECK-LABEL: func @whole_bytes
// CHECK-SAME:    (%{{.*}}: memref<4xi64>, %{{.*}}: index)
// CHECK-NOT:     ext
// CHECK:         return
func.func @whole_bytes(%m: memref<4xi64>, %i: index) -> i64 {
  %x = memref.load %m[%i] : memref<4xi64>
  return %x : i64
}
