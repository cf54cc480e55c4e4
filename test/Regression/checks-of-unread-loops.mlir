// RUN: %exits 6 remat-run %s --entry nothing --input n=9 | FileCheck %s --check-prefix=NOTHING
// RUN: remat-run %s --entry nothing --input n=5
// RUN: %exits 6 remat-run %s --entry unread --input n=9 --input x=1 | FileCheck %s --check-prefix=UNREAD
// RUN: remat-run %s --entry unread --input n=1 --input x=1
// RUN: %exits 6 remat-run %s --entry passed_through --input n=9 | FileCheck %s --check-prefix=PASSED

// A loop that checks something is no dead code, whoever reads its results: outlined, it was.

// NOTHING: error: late ({{.*}}:14)
func.func @nothing(%x: tensor<16xf32>, %n: index) -> tensor<16xf32> {
  remat.recurrence count(%n) at(%t) {
    %c5 = arith.constant 5 : index
    %ok = arith.cmpi ult, %t, %c5 : index
    cf.assert %ok, "late"
    remat.yield
  }
  return %x : tensor<16xf32>
}

// UNREAD: error: large
func.func @unread(%x: tensor<16xf32>, %n: index) -> tensor<16xf32> {
  %h = remat.recurrence count(%n) at(%t) carry(%c = %x : tensor<16xf32>) {
    %c0 = arith.constant 0 : index
    %limit = arith.constant 10.0 : f32
    %s = math.exp %c : tensor<16xf32>
    %v = tensor.extract %s[%c0] : tensor<16xf32>
    %ok = arith.cmpf olt, %v, %limit : f32
    cf.assert %ok, "large"
    remat.yield carry(%s : tensor<16xf32>)
  }
  return %x : tensor<16xf32>
}

// PASSED: error: late
func.func @passed_through(%x: tensor<16xf32>, %n: index) -> tensor<16xf32> {
  %h = remat.recurrence count(%n) at(%t) carry(%c = %x : tensor<16xf32>) {
    %c5 = arith.constant 5 : index
    %ok = arith.cmpi ult, %t, %c5 : index
    cf.assert %ok, "late"
    remat.yield carry(%c : tensor<16xf32>)
  }
  return %h : tensor<16xf32>
}
