// RUN: remat-run %s --entry equal --shape a=3 --input a=int:1:9 --output %t && %python %S/show.py %t/same.npy %t/less.npy %t/bits.npy | FileCheck %s --check-prefix=EQUAL
// RUN: remat-run %s --entry body --shape a=17 --input a=int:1:9 --output %t && %python %S/show.py %t/r.npy | FileCheck %s --check-prefix=BODY
// RUN: %exits 6 remat-run %s --entry two --shape a=3 --shape b=4 --input a=int:1:9 --input b=int:1:9 | FileCheck %s --check-prefix=TWO

// A comparison of a value with itself is a constant, but one whose type has a dynamic extent does not know how many
// elements it has any more: such operations are on elements before anything is folded.

// EQUAL: same 1 1 1
// EQUAL: less 0 0 0
// EQUAL: bits 0 0 0
func.func @equal(%a: tensor<?xi64>) -> (tensor<?xf32> {remat.name = "same"}, tensor<?xf32> {remat.name = "less"}, tensor<?xf32> {remat.name = "bits"}) {
  %e = arith.cmpi ule, %a, %a : tensor<?xi64>
  %l = arith.cmpi slt, %a, %a : tensor<?xi64>
  %x = arith.xori %a, %a : tensor<?xi64>
  %same = arith.uitofp %e : tensor<?xi1> to tensor<?xf32>
  %less = arith.uitofp %l : tensor<?xi1> to tensor<?xf32>
  %bits = arith.sitofp %x : tensor<?xi64> to tensor<?xf32>
  return %same, %less, %bits : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
}

// In the body of an operation, where the operands become equal only when common subexpressions are found.
// BODY: r{{( 2)+$}}
#id = affine_map<(d0) -> (d0)>
func.func @body(%a: tensor<?xi32>) -> (tensor<?xf32> {remat.name = "r"}) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?xi32>
  %empty = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : tensor<?xi32>) outs(%empty : tensor<?xf32>) {
  ^bb0(%x: i32, %o: f32):
    %three = arith.constant 3 : i32
    %one = arith.constant 1.0 : f32
    %p = arith.muli %x, %three : i32
    %q = arith.muli %x, %three : i32
    %eq = arith.cmpi eq, %p, %q : i32
    %bits = arith.xori %p, %q : i32
    %f = arith.uitofp %eq : i1 to f32
    %g = arith.sitofp %bits : i32 to f32
    %s = arith.addf %f, %one : f32
    %t = arith.addf %s, %g : f32
    linalg.yield %t : f32
  } -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// The message has the name that the author wrote.
// TWO: 'arith.cmpi'
func.func @two(%a: tensor<?xi64>, %b: tensor<?xi64>) -> tensor<?xi1> {
  %e = arith.cmpi ule, %a, %b : tensor<?xi64>
  return %e : tensor<?xi1>
}
