// RUN: remat-opt %s -remat-sink-device-reads -remat-verify-host-code -split-input-file -verify-diagnostics

func.func private @step(%i: index)

// The host cannot know how often it calls.
func.func @count_of_array(%counts: memref<index>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @below {{the host would have to read or write an array, which lies in the memory of the device, to know what the device is to do next}}
  %steps = memref.load %counts[] : memref<index>
  scf.for %i = %c0 to %steps step %c1 {
    func.call @step(%i) : (index) -> ()
  }
  return
}

// -----

func.func @main_counts(%steps: memref<i64>, %answer: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  // expected-error @below {{the number of steps or an extent depends on an array, which lies in the memory of the device: GPUs are given plans from extents and scalars}}
  %count = memref.load %steps[] : memref<i64>
  memref.store %count, %answer[%c0] : memref<?xi64>
  return
}

// -----

// Nothing tells whether the call writes what was read.
func.func private @update(%x: memref<f32>)

func.func @call_between(%x: memref<f32>, %y: memref<16xf32>) {
  %number = memref.load %x[] : memref<f32>
  // expected-error @below {{expects that the host knows what it needs, but it stands between a read of an array and what follows from it, and may write the array}}
  func.call @update(%x) : (memref<f32>) -> ()
  linalg.fill ins(%number : f32) outs(%y : memref<16xf32>)
  return
}

// -----

func.func private @blocks(%x: memref<f32>) {
  // expected-error @-1 {{expects structured control flow}}
  cf.br ^next
^next:
  return
}

// -----

func.func @walk(%x: memref<9xi8>, %arena: memref<?xi8>, %parameters: memref<?xi8>, %counters: memref<?xi64>, %walk: memref<?xi8>, %plan: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  remat.on_device {
    // expected-error@+1 {{expects memory of the device, but got that of the host}}
    %byte = memref.load %walk[%c0] : memref<?xi8>
    memref.store %byte, %x[%c0] : memref<9xi8>
  }
  return
}
