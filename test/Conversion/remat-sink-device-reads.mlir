// RUN: remat-opt %s -remat-sink-device-reads -remat-verify-host-code -split-input-file | FileCheck %s

// What the host knows stays: extents, steps and views at offsets that follow from them.
// CHECK-LABEL: func.func private @known
// CHECK-NOT: remat.on_device
// CHECK: linalg.copy
func.func private @known(%step: index, %x: memref<9x16xf32>, %y: memref<16xf32>) {
  %c1 = arith.constant 1 : index
  %next = arith.addi %step, %c1 : index
  %row = memref.subview %x[%next, 0] [1, 16] [1, 1] : memref<9x16xf32> to memref<16xf32, strided<[1], offset: ?>>
  linalg.copy ins(%row : memref<16xf32, strided<[1], offset: ?>>) outs(%y : memref<16xf32>)
  return
}

// -----

// An offset that is read goes where the view is used.
// CHECK-LABEL: func.func private @offset(
// CHECK-SAME: %[[ROWS:[a-z0-9_]+]]: memref<9xindex>, %[[X:[a-z0-9_]+]]: memref<9x16xf32>, %[[Y:[a-z0-9_]+]]: memref<16xf32>)
// CHECK-NOT: memref.load
// CHECK: remat.on_device {
// CHECK-NEXT: %[[ROW:.*]] = memref.load %[[ROWS]]
// CHECK-NEXT: %[[VIEW:.*]] = memref.subview %[[X]][%[[ROW]], 0]
// CHECK-NEXT: linalg.copy ins(%[[VIEW]] : {{.*}}) outs(%[[Y]] : memref<16xf32>)
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func private @offset(%rows: memref<9xindex>, %x: memref<9x16xf32>, %y: memref<16xf32>) {
  %c3 = arith.constant 3 : index
  %row = memref.load %rows[%c3] : memref<9xindex>
  %view = memref.subview %x[%row, 0] [1, 16] [1, 1] : memref<9x16xf32> to memref<16xf32, strided<[1], offset: ?>>
  linalg.copy ins(%view : memref<16xf32, strided<[1], offset: ?>>) outs(%y : memref<16xf32>)
  return
}

// -----

// Each operation that uses what was read reads it again; others stay with the host.
// CHECK-LABEL: func.func private @two_uses
// CHECK: remat.on_device
// CHECK: %[[A:.*]] = memref.load
// CHECK: linalg.fill ins(%[[A]]
// CHECK: }
// CHECK-NEXT: linalg.copy
// CHECK-NEXT: remat.on_device
// CHECK: %[[B:.*]] = memref.load
// CHECK: linalg.fill ins(%[[B]]
// CHECK-NOT: memref.load
func.func private @two_uses(%s: memref<f32>, %x: memref<16xf32>, %y: memref<16xf32>, %z: memref<16xf32>) {
  %number = memref.load %s[] : memref<f32>
  linalg.fill ins(%number : f32) outs(%x : memref<16xf32>)
  linalg.copy ins(%x : memref<16xf32>) outs(%y : memref<16xf32>)
  linalg.fill ins(%number : f32) outs(%z : memref<16xf32>)
  return
}

// -----

// A write lies between: what it stands between is one island.
// CHECK-LABEL: func.func private @written_between(
// CHECK-SAME: %[[S:[a-z0-9_]+]]: memref<f32>, %[[X:[a-z0-9_]+]]: memref<16xf32>, %[[Y:[a-z0-9_]+]]: memref<16xf32>)
// CHECK: remat.on_device {
// CHECK-NEXT: %[[NUMBER:.*]] = memref.load %[[S]]
// CHECK: linalg.fill ins(%{{.*}} : f32) outs(%[[S]] : memref<f32>)
// CHECK: linalg.fill ins(%[[NUMBER]] : f32) outs(%[[X]] : memref<16xf32>)
// CHECK-NEXT: }
// CHECK-NEXT: linalg.copy ins(%[[X]] : memref<16xf32>) outs(%[[Y]] : memref<16xf32>)
// CHECK-NEXT: return
func.func private @written_between(%s: memref<f32>, %x: memref<16xf32>, %y: memref<16xf32>) {
  %zero = arith.constant 0.0 : f32
  %number = memref.load %s[] : memref<f32>
  linalg.fill ins(%zero : f32) outs(%s : memref<f32>)
  linalg.fill ins(%number : f32) outs(%x : memref<16xf32>)
  linalg.copy ins(%x : memref<16xf32>) outs(%y : memref<16xf32>)
  return
}

// -----

// Other parts of the same block are no obstacle.
// CHECK-LABEL: func.func private @parts
// CHECK: linalg.fill
// CHECK-NEXT: remat.on_device {
// CHECK-NEXT: memref.load
// CHECK-NEXT: linalg.fill
// CHECK-NEXT: }
func.func private @parts(%block: memref<256xi8>, %x: memref<16xf32>) {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %zero = arith.constant 0.0 : f32
  %s = memref.view %block[%c0][] : memref<256xi8> to memref<f32>
  %z = memref.view %block[%c64][] : memref<256xi8> to memref<33xf32>
  %number = memref.load %s[] : memref<f32>
  linalg.fill ins(%zero : f32) outs(%z : memref<33xf32>)
  linalg.fill ins(%number : f32) outs(%x : memref<16xf32>)
  return
}

// -----

// An array that is chosen by what was read is chosen in the kernel; each operation in a
// branch asks for the condition first.
// CHECK-LABEL: func.func private @choice(
// CHECK-SAME: %[[FLAG:[a-z0-9_]+]]: memref<i1>, %[[X:[a-z0-9_]+]]: memref<16xf32>, %[[Y:[a-z0-9_]+]]: memref<16xf32>, %[[Z:[a-z0-9_]+]]: memref<16xf32>)
// CHECK-NOT: memref.load
// CHECK: remat.on_device {
// CHECK: %[[C0:.*]] = memref.load %[[FLAG]]
// CHECK-NEXT: scf.if %[[C0]] {
// CHECK-NEXT: linalg.fill
// CHECK: remat.on_device {
// CHECK: %[[C1:.*]] = memref.load %[[FLAG]]
// CHECK: %[[NOT:.*]] = arith.xori %[[C1]]
// CHECK-NEXT: scf.if %[[NOT]] {
// CHECK-NEXT: linalg.copy ins(%[[X]] : memref<16xf32>) outs(%[[Y]] : memref<16xf32>)
// CHECK: remat.on_device {
// CHECK: %[[C2:.*]] = memref.load %[[FLAG]]
// CHECK: %[[CHOSEN:.*]] = scf.if %[[C2]]
// CHECK-NEXT: scf.yield %[[X]]
// CHECK-NEXT: } else {
// CHECK-NEXT: scf.yield %[[Y]]
// CHECK: linalg.copy ins(%[[CHOSEN]] : memref<16xf32>) outs(%[[Z]] : memref<16xf32>)
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func private @choice(%flag: memref<i1>, %x: memref<16xf32>, %y: memref<16xf32>, %z: memref<16xf32>) {
  %zero = arith.constant 0.0 : f32
  %condition = memref.load %flag[] : memref<i1>
  %chosen = scf.if %condition -> memref<16xf32> {
    linalg.fill ins(%zero : f32) outs(%x : memref<16xf32>)
    scf.yield %x : memref<16xf32>
  } else {
    linalg.copy ins(%x : memref<16xf32>) outs(%y : memref<16xf32>)
    scf.yield %y : memref<16xf32>
  }
  linalg.copy ins(%chosen : memref<16xf32>) outs(%z : memref<16xf32>)
  return
}

// -----

// A branch that overwrites its own condition is an island.
// CHECK-LABEL: func.func private @own_condition
// CHECK: remat.on_device {
// CHECK-NEXT: memref.load
// CHECK-NEXT: scf.if
// CHECK: linalg.fill
// CHECK: linalg.copy
// CHECK: }
// CHECK-NOT: remat.on_device
func.func private @own_condition(%flag: memref<i1>, %x: memref<16xf32>, %y: memref<16xf32>) {
  %false = arith.constant false
  %condition = memref.load %flag[] : memref<i1>
  scf.if %condition {
    linalg.fill ins(%false : i1) outs(%flag : memref<i1>)
    linalg.copy ins(%x : memref<16xf32>) outs(%y : memref<16xf32>)
  }
  return
}

// -----

// Loops whose end the device decides, stores of numbers and checks go together.
// CHECK-LABEL: func.func private @loop
// CHECK: remat.on_device {
// CHECK: scf.while
// CHECK: memref.store
// CHECK: remat.check_indices
// CHECK: }
// CHECK-NOT: remat.on_device
func.func private @loop(%x: memref<f32>, %y: memref<16xf32>, %rows: memref<4xi32>) {
  %limit = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  %c9 = arith.constant 9 : index
  scf.while : () -> () {
    %old = memref.load %x[] : memref<f32>
    %more = arith.cmpf olt, %old, %limit : f32
    scf.condition(%more)
  } do {
    %old = memref.load %x[] : memref<f32>
    %new = arith.addf %old, %limit : f32
    memref.store %new, %x[] : memref<f32>
    scf.yield
  }
  %last = memref.load %x[] : memref<f32>
  memref.store %last, %y[%c0] : memref<16xf32>
  remat.check_indices %rows below %c9 : memref<4xi32>
  return
}

// -----

// What a loop of the device computes keeps its uses in the island.
// CHECK-LABEL: func.func private @loop_result
// CHECK: remat.on_device {
// CHECK: %[[SUM:.*]] = scf.for
// CHECK: linalg.fill ins(%[[SUM]]
// CHECK: }
// CHECK-NOT: remat.on_device
func.func private @loop_result(%x: memref<16xf32>, %y: memref<16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0.0 : f32
  %sum = scf.for %i = %c0 to %c16 step %c1 iter_args(%old = %zero) -> f32 {
    %value = memref.load %x[%i] : memref<16xf32>
    %new = arith.addf %old, %value : f32
    memref.store %new, %x[%i] : memref<16xf32>
    scf.yield %new : f32
  }
  linalg.copy ins(%x : memref<16xf32>) outs(%y : memref<16xf32>)
  linalg.fill ins(%sum : f32) outs(%y : memref<16xf32>)
  return
}

// -----

// A loop that the host controls stays with it if it reads nothing.
// CHECK-LABEL: func.func private @host_loop
// CHECK: scf.for
// CHECK-NOT: remat.on_device
// CHECK: linalg.copy
func.func private @host_loop(%n: index, %x: memref<9x16xf32>, %y: memref<16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %row = memref.subview %x[%i, 0] [1, 16] [1, 1] : memref<9x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    linalg.copy ins(%row : memref<16xf32, strided<[1], offset: ?>>) outs(%y : memref<16xf32>)
  }
  return
}

// -----

// The first kernel counts; a function without one has one for it.
// CHECK-LABEL: func.func private @counts
// CHECK-NEXT: remat.on_device {
// CHECK-NEXT: remat.count
// CHECK-NEXT: linalg.copy
// CHECK-NEXT: }
// CHECK-NEXT: linalg.copy
func.func private @counts(%x: memref<16xf32>, %y: memref<16xf32>, %counters: memref<5xi64>) {
  remat.count advance in %counters : memref<5xi64>
  linalg.copy ins(%x : memref<16xf32>) outs(%y : memref<16xf32>)
  linalg.copy ins(%y : memref<16xf32>) outs(%x : memref<16xf32>)
  return
}
// CHECK-LABEL: func.func private @counts_alone
// CHECK-NEXT: remat.on_device {
// CHECK-NEXT: remat.count
// CHECK-NEXT: }
func.func private @counts_alone(%counters: memref<5xi64>) {
  remat.count advance in %counters : memref<5xi64>
  return
}

// -----

// The host reads its plan in front of what the device takes.
// CHECK-LABEL: func.func @plan
// CHECK-SAME: %[[PLAN:[a-z0-9]+]]: memref<?xi64>) {
// CHECK-COUNT-2: memref.load %[[PLAN]]
// CHECK: remat.on_device {
// CHECK-NOT: %[[PLAN]]
func.func @plan(%xs: memref<9xf32>, %arena: memref<?xi8>, %parameters: memref<?xi8>, %counters: memref<?xi64>, %walk: memref<?xi8>, %plan: memref<?xi64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  scf.for %i = %c0 to %c9 step %c1 {
    %word = memref.load %plan[%c1] : memref<?xi64>
    %offset = arith.index_cast %word : i64 to index
    %y = memref.view %arena[%offset][] : memref<?xi8> to memref<9xf32>
    %x = memref.load %xs[%i] : memref<9xf32>
    memref.store %x, %y[%i] : memref<9xf32>
  }
  %first = memref.load %xs[%c0] : memref<9xf32>
  %place = memref.load %plan[%c9] : memref<?xi64>
  %start = arith.index_cast %place : i64 to index
  %z = memref.view %arena[%start][] : memref<?xi8> to memref<9xf32>
  memref.store %first, %z[%c1] : memref<9xf32>
  return
}

// -----

func.func private @reads(%x: memref<f32>, %y: memref<16xf32>) {
  %number = memref.load %x[] : memref<f32>
  linalg.fill ins(%number : f32) outs(%y : memref<16xf32>)
  return
}

// A function that only reads an array does not stand between.
// CHECK-LABEL: func.func private @call_between
// CHECK: call @reads
// CHECK-NEXT: remat.on_device {
// CHECK-NEXT: memref.load
// CHECK-NEXT: linalg.fill
// CHECK-NEXT: }
func.func private @call_between(%x: memref<f32>, %y: memref<16xf32>, %z: memref<16xf32>) {
  %number = memref.load %x[] : memref<f32>
  call @reads(%x, %y) : (memref<f32>, memref<16xf32>) -> ()
  linalg.fill ins(%number : f32) outs(%z : memref<16xf32>)
  return
}

// -----

func.func private @takes(%x: memref<16xf32>)

// A branch that the host takes goes to the device, because it overwrites what a number was read from. Which buffer
// it yields the host knows all the same, so what follows does not have to go there, too.
// CHECK-LABEL: func.func private @yields_buffer
// CHECK: remat.on_device {
// CHECK: memref.load
// CHECK: scf.if
// CHECK: linalg.fill
// CHECK: memref.store
// CHECK: %[[CHOSEN:.*]] = scf.if %{{.*}} -> (memref<16xf32>) {
// CHECK-NOT: linalg.fill
// CHECK-NOT: memref.store
// CHECK: call @takes(%[[CHOSEN]])
func.func private @yields_buffer(%c: i1, %arena: memref<?xi8>) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %c64 = arith.constant 64 : index
  %x = memref.view %arena[%c4][] : memref<?xi8> to memref<f32>
  %number = memref.load %x[] : memref<f32>
  %chosen = scf.if %c -> (memref<16xf32>) {
    %first = memref.view %arena[%c0][] : memref<?xi8> to memref<16xf32>
    linalg.fill ins(%zero : f32) outs(%first : memref<16xf32>)
    memref.store %number, %first[%c4] : memref<16xf32>
    scf.yield %first : memref<16xf32>
  } else {
    %second = memref.view %arena[%c64][] : memref<?xi8> to memref<16xf32>
    linalg.fill ins(%zero : f32) outs(%second : memref<16xf32>)
    scf.yield %second : memref<16xf32>
  }
  call @takes(%chosen) : (memref<16xf32>) -> ()
  return
}
