// Regions of the device that are islands, for what compiles them.

// Every form in f32, as often as memory says.
func.func @forms_f32(%rounds: memref<i32>, %x: memref<64x64xf32>, %w: memref<64x64xf32>, %y: memref<64x64xf32>, %s: memref<64xf32>,
                     %log: memref<?xf32>, %n: memref<index>, %z: memref<?x64xf32>) {
  %c0 = arith.constant 0 : index
  remat.on_device {
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %last = scf.while (%i = %zero) : (i32) -> i32 {
      %n1 = memref.load %rounds[] : memref<i32>
      %goes = arith.cmpi slt, %i, %n1 : i32
      scf.condition(%goes) %i : i32
    } do {
    ^bb0(%i: i32):
      linalg.matmul ins(%x, %w : memref<64x64xf32>, memref<64x64xf32>) outs(%y : memref<64x64xf32>)
      linalg.reduce {arith.addf} ins(%y : memref<64x64xf32>) outs(%s : memref<64xf32>) dimensions = [1]
      %total = memref.load %s[%c0] : memref<64xf32>
      %at = arith.index_cast %i : i32 to index
      memref.store %total, %log[%at] : memref<?xf32>
      linalg.reduce {arith.addf} ins(%y : memref<64x64xf32>) outs(%s : memref<64xf32>) dimensions = [0]
      linalg.transpose ins(%y : memref<64x64xf32>) outs(%x : memref<64x64xf32>) permutation = [1, 0]
      %rows = memref.load %n[] : memref<index>
      %part = memref.subview %z[0, 0] [%rows, 64] [1, 1] : memref<?x64xf32> to memref<?x64xf32, strided<[64, 1]>>
      linalg.matmul ins(%part, %w : memref<?x64xf32, strided<[64, 1]>>, memref<64x64xf32>) outs(%part : memref<?x64xf32, strided<[64, 1]>>)
      linalg.fill ins(%total : f32) outs(%s : memref<64xf32>)
      %next = arith.addi %i, %one : i32
      scf.yield %next : i32
    }
  }
  return
}

// Every form in f64, as often as memory says.
func.func @forms_f64(%rounds: memref<i32>, %x: memref<33x33xf64>, %w: memref<33x33xf64>, %y: memref<33x33xf64>, %s: memref<33xf64>,
                     %log: memref<?xf64>, %n: memref<index>, %z: memref<?x33xf64>) {
  %c0 = arith.constant 0 : index
  remat.on_device {
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %last = scf.while (%i = %zero) : (i32) -> i32 {
      %n1 = memref.load %rounds[] : memref<i32>
      %goes = arith.cmpi slt, %i, %n1 : i32
      scf.condition(%goes) %i : i32
    } do {
    ^bb0(%i: i32):
      linalg.matmul ins(%x, %w : memref<33x33xf64>, memref<33x33xf64>) outs(%y : memref<33x33xf64>)
      linalg.reduce {arith.addf} ins(%y : memref<33x33xf64>) outs(%s : memref<33xf64>) dimensions = [1]
      %total = memref.load %s[%c0] : memref<33xf64>
      %at = arith.index_cast %i : i32 to index
      memref.store %total, %log[%at] : memref<?xf64>
      linalg.reduce {arith.addf} ins(%y : memref<33x33xf64>) outs(%s : memref<33xf64>) dimensions = [0]
      linalg.transpose ins(%y : memref<33x33xf64>) outs(%x : memref<33x33xf64>) permutation = [1, 0]
      %rows = memref.load %n[] : memref<index>
      %part = memref.subview %z[0, 0] [%rows, 33] [1, 1] : memref<?x33xf64> to memref<?x33xf64, strided<[33, 1]>>
      linalg.matmul ins(%part, %w : memref<?x33xf64, strided<[33, 1]>>, memref<33x33xf64>) outs(%part : memref<?x33xf64, strided<[33, 1]>>)
      linalg.fill ins(%total : f64) outs(%s : memref<33xf64>)
      %next = arith.addi %i, %one : i32
      scf.yield %next : i32
    }
  }
  return
}

// Every form in bf16, as often as memory says.
func.func @forms_bf16(%rounds: memref<i32>, %x: memref<128x128xbf16>, %w: memref<128x128xbf16>, %y: memref<128x128xbf16>, %s: memref<128xbf16>,
                     %log: memref<?xbf16>, %n: memref<index>, %z: memref<?x128xbf16>) {
  %c0 = arith.constant 0 : index
  remat.on_device {
    %zero = arith.constant 0 : i32
    %one = arith.constant 1 : i32
    %last = scf.while (%i = %zero) : (i32) -> i32 {
      %n1 = memref.load %rounds[] : memref<i32>
      %goes = arith.cmpi slt, %i, %n1 : i32
      scf.condition(%goes) %i : i32
    } do {
    ^bb0(%i: i32):
      linalg.matmul ins(%x, %w : memref<128x128xbf16>, memref<128x128xbf16>) outs(%y : memref<128x128xbf16>)
      linalg.reduce {arith.addf} ins(%y : memref<128x128xbf16>) outs(%s : memref<128xbf16>) dimensions = [1]
      %total = memref.load %s[%c0] : memref<128xbf16>
      %at = arith.index_cast %i : i32 to index
      memref.store %total, %log[%at] : memref<?xbf16>
      linalg.reduce {arith.addf} ins(%y : memref<128x128xbf16>) outs(%s : memref<128xbf16>) dimensions = [0]
      linalg.transpose ins(%y : memref<128x128xbf16>) outs(%x : memref<128x128xbf16>) permutation = [1, 0]
      %rows = memref.load %n[] : memref<index>
      %part = memref.subview %z[0, 0] [%rows, 128] [1, 1] : memref<?x128xbf16> to memref<?x128xbf16, strided<[128, 1]>>
      linalg.matmul ins(%part, %w : memref<?x128xbf16, strided<[128, 1]>>, memref<128x128xbf16>) outs(%part : memref<?x128xbf16, strided<[128, 1]>>)
      linalg.fill ins(%total : bf16) outs(%s : memref<128xbf16>)
      %next = arith.addi %i, %one : i32
      scf.yield %next : i32
    }
  }
  return
}

// A loop that memory controls, with checks, which trades buffers.
func.func @checks(%counters: memref<5xi64>, %next: memref<?xindex>, %table: memref<16x64xf32>, %x: memref<64xf32>, %y: memref<64xf32>,
                  %at: memref<16x4xi32>) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c16 = arith.constant 16 : index
  remat.on_device {
    remat.reset_counters %counters : memref<5xi64>
  }
  remat.on_device {
    remat.count advance in %counters : memref<5xi64>
    remat.check_indices %at per_step reversed below %c16 : memref<16x4xi32>
    %last:3 = scf.while (%i = %c0, %a = %x, %b = %y) : (index, memref<64xf32>, memref<64xf32>) -> (index, memref<64xf32>, memref<64xf32>) {
      %goes = arith.cmpi ne, %i, %c2 : index
      scf.condition(%goes) %i, %a, %b : index, memref<64xf32>, memref<64xf32>
    } do {
    ^bb0(%i: index, %a: memref<64xf32>, %b: memref<64xf32>):
      %j = memref.load %next[%i] : memref<?xindex>
      remat.check_range %j in %c0 to %c16 at(%i), "row"
      %row = memref.subview %table[%j, 0] [1, 64] [1, 1] : memref<16x64xf32> to memref<64xf32, strided<[1], offset: ?>>
      linalg.add ins(%a, %row : memref<64xf32>, memref<64xf32, strided<[1], offset: ?>>) outs(%b : memref<64xf32>)
      %v = memref.load %b[%j] : memref<64xf32>
      %zero = arith.constant 0.0 : f32
      %isPositive = arith.cmpf oge, %v, %zero : f32
      cf.assert %isPositive, "expects a positive number"
      scf.yield %j, %b, %a : index, memref<64xf32>, memref<64xf32>
    }
  }
  return
}
