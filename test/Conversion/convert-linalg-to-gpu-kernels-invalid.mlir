// RUN: remat-opt %s -split-input-file --convert-linalg-to-gpu-kernels -verify-diagnostics

#id = affine_map<(i) -> (i)>
func.func @no_form(%x: memref<3xi32>, %y: memref<3xi32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xi32>) outs(%y : memref<3xi32>) {
  ^bb0(%a: i32, %o: i32):
    // expected-error @+1 {{'math.ipowi' op has no form on GPUs for 'i32'}}
    %r = math.ipowi %a, %o : i32
    linalg.yield %r : i32
  }
  return
}

// -----

// The library has powers of 32 bits.
#id = affine_map<(i) -> (i)>
func.func @wide_power(%x: memref<3xf32>, %y: memref<3xf32>, %n: i64) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    // expected-error @+1 {{'math.fpowi' op has no form on GPUs for 'f32'}}
    %r = math.fpowi %a, %n : f32, i64
    linalg.yield %r : f32
  }
  return
}

// -----

#id = affine_map<(i) -> (i)>
func.func @assertion(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    %c = arith.cmpf olt, %a, %o : f32
    // expected-error @+1 {{'cf.assert' op has no form on GPUs}}
    cf.assert %c, "ordered"
    linalg.yield %a : f32
  }
  return
}

// -----

#id = affine_map<(i) -> (i)>
func.func @wide(%x: memref<3xi128>, %y: memref<3xi128>) {
  // expected-error @+1 {{expects numbers that GPUs have: f16, bf16, f32, f64, index and integers of at most 64 bits}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xi128>) outs(%y : memref<3xi128>) {
  ^bb0(%a: i128, %o: i128):
    linalg.yield %a : i128
  }
  return
}

// -----

#id = affine_map<(i) -> (i)>
func.func @layout(%x: memref<3xf32, affine_map<(i) -> (i floordiv 2)>>, %y: memref<3xf32>) {
  // expected-error @+1 {{expects scalars and strided memrefs that are not on the stack, but got 'memref<3xf32, affine_map<(d0) -> (d0 floordiv 2)>>'}}
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
    ins(%x : memref<3xf32, affine_map<(i) -> (i floordiv 2)>>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  return
}

// -----

#id = affine_map<(i) -> (i)>
func.func @stack(%y: memref<3xf32>) {
  %x = memref.alloca() : memref<6xf32>
  %v = memref.subview %x[0] [3] [2] : memref<6xf32> to memref<3xf32, strided<[2]>>
  // expected-error @+1 {{expects scalars and strided memrefs that are not on the stack, but got 'memref<3xf32, strided<[2]>>'}}
  linalg.copy ins(%v : memref<3xf32, strided<[2]>>) outs(%y : memref<3xf32>)
  return
}

// -----

// There is no product of twice the width.
#id = affine_map<(i) -> (i)>
func.func @wide_product(%x: memref<3xi32>, %y: memref<3xi32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xi32>) outs(%y : memref<3xi32>) {
  ^bb0(%a: i32, %o: i32):
    // expected-error @+1 {{'arith.mulsi_extended' op has no form on GPUs for 'i32'}}
    %l, %r = arith.mulsi_extended %a, %a : i32
    linalg.yield %r : i32
  }
  return
}

// -----

// All conversions round to nearest.
#id = affine_map<(i) -> (i)>
func.func @rounded_to_zero(%x: memref<3xf32>, %y: memref<3xf16>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf32>) outs(%y : memref<3xf16>) {
  ^bb0(%a: f32, %o: f16):
    // expected-error @+1 {{'arith.truncf' op has no form on GPUs for 'f16'}}
    %r = arith.truncf %a toward_zero : f32 to f16
    linalg.yield %r : f16
  }
  return
}

// -----

// What becomes of what is no number is not the same everywhere.
#id = affine_map<(i) -> (i)>
func.func @clamp(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    // expected-error @+1 {{'math.clampf' op has no form on GPUs for 'f32'}}
    %r = math.clampf %a to [%a, %a] : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// Numbers of eight bits are no operands, and no values either.
#id = affine_map<(i) -> (i)>
func.func @eight_bits(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    // expected-error @+1 {{'arith.truncf' op has no form on GPUs for 'f8E5M2'}}
    %n = arith.truncf %a : f32 to f8E5M2
    %r = arith.extf %n : f8E5M2 to f32
    linalg.yield %r : f32
  }
  return
}

// -----

// A thread computes numbers.
#id = affine_map<(i) -> (i)>
func.func @vectors(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    // expected-error @+1 {{'vector.broadcast' op has no form on GPUs for 'vector<4xf32>'}}
    %v = vector.broadcast %a : f32 to vector<4xf32>
    %r = vector.extract %v[0] : f32 from vector<4xf32>
    linalg.yield %r : f32
  }
  return
}

// -----

// What has no value has none on GPUs.
#id = affine_map<(i) -> (i)>
func.func @poison(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    // expected-error @+1 {{'ub.poison' op has no form on GPUs for 'f32'}}
    %r = ub.poison : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// What a region must not do.
func.func @allocation(%y: memref<3xf32>) {
  remat.on_device {
    // expected-error @+1 {{'memref.alloc' op has no form on GPUs for 'memref<3xf32>'}}
    %x = memref.alloc() : memref<3xf32>
    memref.copy %x, %y : memref<3xf32> to memref<3xf32>
  }
  return
}

// -----

func.func private @callee()
func.func @call(%y: memref<3xf32>) {
  remat.on_device {
    // expected-error @+1 {{'func.call' op has no form on GPUs}}
    func.call @callee() : () -> ()
  }
  return
}

// -----

memref.global "private" @changes : memref<3xf32> = dense<0.0>
func.func @variable(%y: memref<3xf32>) {
  remat.on_device {
    // expected-error @+1 {{'memref.get_global' op has no form on GPUs for 'memref<3xf32>'}}
    %x = memref.get_global @changes : memref<3xf32>
    memref.copy %x, %y : memref<3xf32> to memref<3xf32>
  }
  return
}

// -----

func.func @stack_in_region(%i: index, %y: memref<f32>) {
  %x = memref.alloca() : memref<6xf32>
  remat.on_device {
    // expected-error @+1 {{'memref.load' op expects scalars and strided memrefs that are not on the stack, but got 'memref<6xf32>'}}
    %v = memref.load %x[%i] : memref<6xf32>
    memref.store %v, %y[] : memref<f32>
  }
  return
}

// -----

// expected-error @+1 {{expects another name: 'remat_report' reports failed checks}}
func.func @remat_report(%y: memref<index>) {
  %c3 = arith.constant 3 : index
  remat.on_device {
    %n = memref.load %y[] : memref<index>
    remat.check_range %n in %c3 to %c3, "n"
  }
  return
}

// -----

// The host knows no address on the device.
memref.global "private" constant @table : memref<4xf32> = dense<[1.0, 2.0, 3.0, 4.0]>
func.func @part(%c: i1, %x: memref<2xf32, strided<[1], offset: 1>>, %y: memref<2xf32>) {
  %table = memref.get_global @table : memref<4xf32>
  %part = memref.subview %table[1] [2] [1] : memref<4xf32> to memref<2xf32, strided<[1], offset: 1>>
  // expected-error @+1 {{expects the whole of a constant array, or none of it, for operand #0}}
  call @step(%part, %y) : (memref<2xf32, strided<[1], offset: 1>>, memref<2xf32>) -> ()
  call @step(%x, %y) : (memref<2xf32, strided<[1], offset: 1>>, memref<2xf32>) -> ()
  return
}
func.func private @step(%x: memref<2xf32, strided<[1], offset: 1>>, %y: memref<2xf32>) {
  linalg.copy ins(%x : memref<2xf32, strided<[1], offset: 1>>) outs(%y : memref<2xf32>)
  return
}
