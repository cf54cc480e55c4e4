// RUN: remat-opt %s -remat-order-globals | FileCheck %s

// Constants are called and lie as the module uses them, whatever they were called
// before, and avoid names that others have. Nobody reads the last one.

// CHECK:      module {
// CHECK-NEXT: memref.global "private" constant @__constant_0 : memref<2xf32> = dense<[1.000000e+00, 2.000000e+00]>
// CHECK-NEXT: memref.global "private" constant @__constant_2 : memref<3xf32> = dense<[5.000000e+00, 6.000000e+00, 7.000000e+00]>
// CHECK-NEXT: memref.global "private" constant @__constant_3 : memref<2xf32> = dense<[3.000000e+00, 4.000000e+00]>
// CHECK-NEXT: func.func private @__constant_1()
// CHECK-NEXT: memref.global "public" constant @shared : memref<1xf32> = dense<8.000000e+00>
// CHECK-NOT:  memref.global
memref.global "private" constant @__constant_2xf32_0 : memref<2xf32> = dense<[3.0, 4.0]>
func.func private @__constant_1()
memref.global "private" constant @__constant_3xf32 : memref<3xf32> = dense<[5.0, 6.0, 7.0]>
memref.global "private" constant @__constant_2xf32 : memref<2xf32> = dense<[1.0, 2.0]>
memref.global "public" constant @shared : memref<1xf32> = dense<[8.0]>
memref.global "private" constant @unread : memref<1xf32> = dense<[9.0]>

// CHECK: func.func @first(
func.func @first(%i: index) -> (f32, f32) {
  // CHECK: %[[A:.*]] = memref.get_global @__constant_0 : memref<2xf32>
  // CHECK: memref.load %[[A]]
  %a = memref.get_global @__constant_2xf32 : memref<2xf32>
  %x = memref.load %a[%i] : memref<2xf32>
  // CHECK: memref.get_global @__constant_2 : memref<3xf32>
  %b = memref.get_global @__constant_3xf32 : memref<3xf32>
  %y = memref.load %b[%i] : memref<3xf32>
  return %x, %y : f32, f32
}

// CHECK: func.func @second(
func.func @second(%i: index) -> (f32, f32) {
  // CHECK: memref.get_global @__constant_0 : memref<2xf32>
  %a = memref.get_global @__constant_2xf32 : memref<2xf32>
  %x = memref.load %a[%i] : memref<2xf32>
  // CHECK: memref.get_global @__constant_3 : memref<2xf32>
  %b = memref.get_global @__constant_2xf32_0 : memref<2xf32>
  %y = memref.load %b[%i] : memref<2xf32>
  return %x, %y : f32, f32
}
