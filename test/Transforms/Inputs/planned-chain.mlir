// A differentiated chain of 40 steps whose step functions are finalized: states of
// 64 bytes, tapes of 192.
func.func private @walk_forward(%t: index, %pos: index, %h: memref<16xf32>, %next: memref<16xf32>,
                                %workspace: memref<128xi8>, %counters: memref<5xi64>) {
  linalg.exp ins(%h : memref<16xf32>) outs(%next : memref<16xf32>)
  return
}
func.func private @walk_record(%t: index, %pos: index, %h: memref<16xf32>, %next: memref<16xf32>,
                               %tape: memref<48xf32>, %workspace: memref<128xi8>, %counters: memref<5xi64>) {
  linalg.exp ins(%h : memref<16xf32>) outs(%next : memref<16xf32>)
  return
}
func.func private @walk_linearize(%t: index, %pos: index, %h: memref<16xf32>, %tape: memref<48xf32>,
                                  %workspace: memref<128xi8>, %counters: memref<5xi64>) {
  return
}
func.func private @walk_reverse(%t: index, %pos: index, %tape: memref<48xf32>, %d: memref<16xf32>,
                                %dprev: memref<16xf32>, %workspace: memref<128xi8>, %counters: memref<5xi64>) {
  linalg.exp ins(%d : memref<16xf32>) outs(%dprev : memref<16xf32>)
  return
}
func.func private @walk_resume(%t: index, %pos: index, %tape: memref<48xf32>, %next: memref<16xf32>,
                               %workspace: memref<128xi8>, %counters: memref<5xi64>) {
  return
}
remat.chain "private" @walk advance(@walk_forward) record(@walk_record) linearize(@walk_linearize)
  reverse(@walk_reverse) resume(@walk_resume)
  carry [tensor<16xf32>] tape [tensor<48xf32>] gradient [tensor<16xf32>]
  workspace [128, 128, 128, 128, 128, 128, 128]

func.func @gradient(%h0: memref<16xf32>, %d: memref<16xf32>, %h: memref<16xf32>, %d0: memref<16xf32>) {
  %count = arith.constant 40 : index
  %history = remat.forward_sweep @walk count(%count) init(%h0 : memref<16xf32>) final(%h : memref<16xf32>)
    history !remat.history
  remat.backward_sweep @walk history(%history) count(%count) init(%h0 : memref<16xf32>)
    final_cotangent(%d : memref<16xf32>) init_gradient(%d0 : memref<16xf32>)
  return
}
