// RUN: remat-opt %s -split-input-file -remat-plan-schedule -remat-expand-schedule -remat-plan-memory -verify-diagnostics

func.func private @step(%t: index, %pos: index, %h: memref<4xf32>, %new: memref<4xf32>, %workspace: memref<0xi8>,
                        %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>] workspace [0, 0, 0, 0, 0, 0, 0]
func.func @computed(%h0: memref<4xf32>, %hT: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %number = memref.alloc() : memref<1xindex>
  %count = memref.load %number[%c0] : memref<1xindex>
  // expected-error@+1 {{expects a trip count that is a constant or computed from extents and scalars of the function's arguments alone}}
  remat.forward_sweep @walk count(%count) init(%h0 : memref<4xf32>) final(%hT : memref<4xf32>)
  return
}

// -----

func.func @two_extents(%m: index, %n: index, %x: memref<?x?xf32>) {
  // expected-error@+1 {{expects an array of at most one extent that is not known when the program is planned, but got 'tensor<?x?xf32>': write the other extents as numbers}}
  %copy = memref.alloc(%m, %n) : memref<?x?xf32>
  memref.copy %x, %copy : memref<?x?xf32> to memref<?x?xf32>
  return
}
