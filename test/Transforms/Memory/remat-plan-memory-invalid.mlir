// What remat-plan-schedule left is compared with what is there.
// RUN: remat-opt %s --remat-plan-schedule -o %t.planned
// RUN: sed -e 's/ {remat.buffer = 1 : i64}//' %t.planned | not remat-opt --remat-plan-memory 2>&1 \
// RUN:   | FileCheck %s --check-prefix=MARK
// RUN: sed -e 's/remat.buffer = 2/remat.buffer = 1/' %t.planned | not remat-opt --remat-plan-memory 2>&1 \
// RUN:   | FileCheck %s --check-prefix=MARK
// RUN: sed -e 's/remat.buffer = 2/remat.buffer = 3/' %t.planned | not remat-opt --remat-plan-memory 2>&1 \
// RUN:   | FileCheck %s --check-prefix=MARK
// RUN: sed -e 's/33xf32/1025xf32/g' %t.planned | not remat-opt --remat-plan-memory 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OTHER
// RUN: sed -e 's/= 0 : i64/= 1 : i64/; t' -e 's/= 1 : i64/= 0 : i64/' %t.planned | not remat-opt --remat-plan-memory 2>&1 \
// RUN:   | FileCheck %s --check-prefix=TIME
// RUN: sed -e 's/return/linalg.fill ins(%%cst : f32) outs(%%alloc : memref<16xf32>)\n&/' %t.planned \
// RUN:   | not remat-opt --remat-plan-memory 2>&1 | FileCheck %s --check-prefix=TIME
// RUN: sed -e 's/return/cf.br ^end\n^end:\n&/' %t.planned | not remat-opt --remat-plan-memory 2>&1 \
// RUN:   | FileCheck %s --check-prefix=OTHER
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule | sed -e 's/%%c40 = .*/&\n%%c41 = arith.constant 41 : index/' \
// RUN:   | not remat-opt --remat-plan-memory 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule | sed -e 's/tape \[tensor<48xf32>\]/tape [tensor<32xf32>]/; s/memref<48xf32>/memref<32xf32>/g' \
// RUN:   | not remat-opt --remat-plan-memory 2>&1 | FileCheck %s --check-prefix=OTHER
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule | sed -e 's/words = \[[0-9]*/words = [1/' \
// RUN:   | not remat-opt --remat-plan-memory 2>&1 | FileCheck %s --check-prefix=WORDS

// MARK: error: 'memref.alloc' op expects 'remat.buffer' to be a number of its own below 3
// OTHER: error: 'func.func' op was measured with other loops or buffers than it has
// TIME: error: 'linalg.fill' op uses a buffer that was measured as not in use here
// WORDS: error: 'func.func' op has a 'remat.problem' that cannot be read: these words are no description of a program
func.func @buffers(%x: memref<16xf32>, %y: memref<16xf32>) {
  %one = arith.constant 1.0 : f32
  %sum = memref.alloc() : memref<16xf32>
  linalg.copy ins(%x : memref<16xf32>) outs(%sum : memref<16xf32>)
  memref.copy %sum, %y : memref<16xf32> to memref<16xf32>
  %first = memref.alloc() : memref<33xf32>
  linalg.fill ins(%one : f32) outs(%first : memref<33xf32>)
  %second = memref.alloc() : memref<17xf32>
  linalg.fill ins(%one : f32) outs(%second : memref<17xf32>)
  return
}
