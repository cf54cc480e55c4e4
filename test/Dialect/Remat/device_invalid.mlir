// RUN: remat-opt %s -split-input-file -verify-diagnostics

func.func @two_blocks() {
  // expected-error @below {{expects region #0 to have 0 or 1 blocks}}
  "remat.on_device"() ({
    cf.br ^next
  ^next:
    cf.br ^next
  }) : () -> ()
  return
}

// -----

func.func @arguments() {
  // expected-error @below {{region should have no arguments}}
  "remat.on_device"() ({
  ^bb0(%x: index):
  }) : () -> ()
  return
}

// -----

func.func @result() {
  // expected-error @below {{requires zero results}}
  %x = "remat.on_device"() ({
  }) : () -> index
  return
}
