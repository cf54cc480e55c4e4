// An internal error of remat 0.1.0 on LLVM 22.1.8. With
// remat-opt --run-reproducer THIS_FILE it comes again, unless it is about machine code.
//
// stage 'bufferize' failed
// /tmp/tmpigchvdko/program.mlir:2:9: op was not bufferized
module {
  func.func @main(%arg0: tensor<2x10x10x5xf32> {remat.name = "x"}, %arg1: tensor<6x6x2x2x2x5xf32> {remat.name = "out"}) -> (tensor<6x6x2x2x2x5xf32> {remat.name = "r0"}) {
    %0 = linalg.winograd_input_transform fmr(F_4_3) ins(%arg0 : tensor<2x10x10x5xf32>) outs(%arg1 : tensor<6x6x2x2x2x5xf32>) -> tensor<6x6x2x2x2x5xf32>
    return %0 : tensor<6x6x2x2x2x5xf32>
  }
}

{-#
  external_resources: {
    mlir_reproducer: {
      pipeline: "builtin.module(remat-to-cpu{accurate=false budget=unlimited denormals=flush expansion=table isa=avx512 max-unrolled-moves=1024 parameter-budget=unlimited policy=optimal})",
      disable_threading: true,
      verify_each: true
    }
  }
#-}
