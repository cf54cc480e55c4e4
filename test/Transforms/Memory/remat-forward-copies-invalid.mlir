// RUN: remat-opt %s --pass-pipeline="builtin.module(func.func(remat-forward-copies))" --verify-diagnostics

// Where a buffer lies and how long is never guessed.
func.func @unknown(%x: memref<4xf32>, %p: i64) {
  // expected-error @+1 {{internal: makes a buffer that the alias analysis does not know; this is a bug in remat}}
  %y = builtin.unrealized_conversion_cast %p : i64 to memref<4xf32>
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
