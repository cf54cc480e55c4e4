// RUN: remat-opt %s -remat-plan-schedule -remat-expand-schedule=expansion=unrolled -verify-diagnostics
// RUN: remat-opt %s -remat-plan-schedule -remat-expand-schedule | FileCheck %s --check-prefix=TABLE

// A schedule that is not known cannot be written down.

func.func private @step(%t: index, %pos: index, %workspace: memref<0xi8>, %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@step) record(@step) linearize(@step) reverse(@step) carry []
  workspace [0, 0, 0, 0, 0, 0, 0]
func.func @run(%count: index) {
  // TABLE: remat.walk{{$}}
  // expected-error@+1 {{'remat.recurrence' op expects a constant trip count to unroll the schedule of @walk}}
  %history = remat.forward_sweep @walk count(%count) history !remat.history
  remat.backward_sweep @walk history(%history) count(%count)
  return
}
