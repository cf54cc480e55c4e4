// RUN: remat-opt %s --verify-diagnostics

// check_range_c1

func.func @unnamed(%n: index) {
  // expected-error @+1 {{expects text that says what is checked, but got ""}}
  remat.check_range %n in %n to %n, ""
  return
}
