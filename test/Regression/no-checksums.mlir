// RUN: remat-run %s --input a99=0.25 --input a100=0.5 --input a101=int:-1:2 --input a102=0.5 --seed 38060 | FileCheck %s

// LLVM looked for checksums in the loops of this one and found no end.
// CHECK: measured peak

#m1 = affine_map<(d0, d1) -> ()>
#m0 = affine_map<(d0, d1) -> (d0, d1)>
func.func private @loss0(%a1: tensor<16xbf16>, %a35: tensor<1x2xbf16>, %a43: tensor<1x16xi64>, %a59: bf16) -> tensor<bf16> {
  %v2 = arith.constant dense<-6.250000e-02> : tensor<1x2x5x3x2xbf16>
  %e3 = tensor.empty() : tensor<2x3x3xbf16>
  %v4 = arith.constant dense<1.000000e+02> : tensor<1x1x3x1x2xbf16>
  %v5 = linalg.pooling_ndhwc_min ins(%v2, %e3 : tensor<1x2x5x3x2xbf16>, tensor<2x3x3xbf16>) outs(%v4 : tensor<1x1x3x1x2xbf16>) -> tensor<1x1x3x1x2xbf16>
  %v6 = arith.constant 4 : index
  %v7 = math.sin %v5 : tensor<1x1x3x1x2xbf16>
  %v8 = arith.constant dense<5.000000e-01> : tensor<1x1x3x1x2xbf16>
  %v9 = arith.mulf %v7, %v8 : tensor<1x1x3x1x2xbf16>
  %e12 = tensor.empty() : tensor<1x1x3x1x2xbf16>
  %v13 = linalg.transpose ins(%v8 : tensor<1x1x3x1x2xbf16>) outs(%e12 : tensor<1x1x3x1x2xbf16>) permutation = [3, 0, 2, 1, 4]
  %r11, %r15, %r27 = remat.recurrence count(%v6) at(%t16) carry(%c10 = %v9 : tensor<1x1x3x1x2xbf16>, %c14 = %v13 : tensor<1x1x3x1x2xbf16>) -> tensor<4x1x16xbf16> {
    %v17 = math.sin %c10 : tensor<1x1x3x1x2xbf16>
    %e18 = tensor.empty() : tensor<1x16xbf16>
    %v19 = linalg.broadcast ins(%a1 : tensor<16xbf16>) outs(%e18 : tensor<1x16xbf16>) dimensions = [0]
    %v20 = arith.constant dense<1.500000e+00> : tensor<16xbf16>
    %v21 = arith.constant dense<0.000000e+00> : tensor<1xbf16>
    %v22 = linalg.matvec ins(%v19, %v20 : tensor<1x16xbf16>, tensor<16xbf16>) outs(%v21 : tensor<1xbf16>) -> tensor<1xbf16>
    %v23 = arith.addf %v9, %c10 : tensor<1x1x3x1x2xbf16>
    %v24 = math.sin %v23 : tensor<1x1x3x1x2xbf16>
    %v25 = arith.constant dense<5.000000e-01> : tensor<1x1x3x1x2xbf16>
    %v26 = arith.mulf %v24, %v25 : tensor<1x1x3x1x2xbf16>
    remat.yield carry(%v26, %v26 : tensor<1x1x3x1x2xbf16>, tensor<1x1x3x1x2xbf16>) emit(%v19 : tensor<1x16xbf16>)
  }
  %v28 = arith.constant dense<8.750000e-01> : tensor<16x1xbf16>
  %v29 = math.sin %v28 : tensor<16x1xbf16>
  %v30 = arith.constant 4 : index
  %v31 = arith.constant dense<-1> : tensor<16x16xi8>
  %r33, %r40, %r41 = remat.recurrence reversed count(%v30) at(%t34) carry(%c32 = %v31 : tensor<16x16xi8>) -> tensor<4x1x2xbf16>, tensor<4x1x1x3x1x2xbf16> {
    %v36 = math.sin %a35 : tensor<1x2xbf16>
    %v37 = arith.constant 1 : index
    %v38 = tensor.extract_slice %v2[0, 0, 0, %v37, 0] [1, 2, 2, 1, 1] [1, 1, 1, 1, 1] : tensor<1x2x5x3x2xbf16> to tensor<2x2xbf16>
    %v39 = linalg.matmul ins(%v36, %v38 : tensor<1x2xbf16>, tensor<2x2xbf16>) outs(%a35 : tensor<1x2xbf16>) -> tensor<1x2xbf16>
    remat.yield carry(%v31 : tensor<16x16xi8>) emit(%a35, %r11 : tensor<1x2xbf16>, tensor<1x1x3x1x2xbf16>)
  }
  %v42 = tensor.expand_shape %a1 [[0, 1]] output_shape [1, 16] : tensor<16xbf16> into tensor<1x16xbf16>
  %v44 = tensor.extract_slice %r33[14, 0] [1, 16] [1, 1] : tensor<16x16xi8> to tensor<1x16xi8>
  %v45 = arith.constant 0.000000e+00 : bf16
  %e46 = tensor.empty() : tensor<bf16>
  %v47 = linalg.fill ins(%v45 : bf16) outs(%e46 : tensor<bf16>) -> tensor<bf16>
  %v71, %v72 = linalg.generic {indexing_maps = [#m0, #m0, #m0, #m1, #m1], iterator_types = ["reduction", "reduction"]} ins(%v42, %a43, %v44 : tensor<1x16xbf16>, tensor<1x16xi64>, tensor<1x16xi8>) outs(%v47, %v47 : tensor<bf16>, tensor<bf16>) {
  ^bb0(%b48: bf16, %b49: i64, %b50: i8, %b51: bf16, %b52: bf16):
    %v53 = linalg.index 1 : index
    %v54 = arith.index_cast %v53 : index to i32
    %v55 = arith.sitofp %v54 : i32 to bf16
    %v56 = math.sin %v55 : bf16
    %v57 = arith.mulf %b48, %v56 : bf16
    %v58 = math.tanh %v57 : bf16
    %v60 = math.tanh %a59 : bf16
    %v61 = math.expm1 %v60 : bf16
    %v62 = arith.constant 6.875000e-01 : bf16
    %v63 = math.tanh %v58 : bf16
    %v64 = arith.constant 3.500000e+00 : bf16
    %v65 = arith.addf %v63, %v64 : bf16
    %v66 = arith.divf %v62, %v65 : bf16
    %v67 = arith.addf %b51, %v66 : bf16
    %v68 = arith.constant 5.000000e-01 : bf16
    %v69 = arith.mulf %v67, %v68 : bf16
    %v70 = arith.addf %b52, %v69 : bf16
    linalg.yield %v67, %v70 : bf16, bf16
  } -> (tensor<bf16>, tensor<bf16>)
  %v73 = tensor.extract_slice %r40[1, 0, 0] [1, 1, 1] [1, 1, 1] : tensor<4x1x2xbf16> to tensor<1xbf16>
  %v74 = arith.constant dense<5.000000e-01> : tensor<1xbf16>
  %v75 = arith.mulf %v73, %v74 : tensor<1xbf16>
  %v76 = arith.constant dense<2.125000e+00> : tensor<1xbf16>
  %v77 = arith.addf %v75, %v76 : tensor<1xbf16>
  %v78 = math.powf %v77, %v75 : tensor<1xbf16>
  %v79 = arith.constant dense<false> : tensor<i1>
  %v80 = tensor.extract_slice %v78[0] [1] [1] : tensor<1xbf16> to tensor<bf16>
  %v81 = arith.select %v79, %v80, %v80 : tensor<i1>, tensor<bf16>
  %e82 = tensor.empty() : tensor<2x1xbf16>
  %v83 = linalg.transpose ins(%a35 : tensor<1x2xbf16>) outs(%e82 : tensor<2x1xbf16>) permutation = [1, 0]
  %v84 = arith.constant dense<2.500000e-01> : tensor<2x1xbf16>
  %v85 = arith.mulf %v83, %v84 : tensor<2x1xbf16>
  %v86 = math.acos %v85 : tensor<2x1xbf16>
  %v87 = arith.constant 0.000000e+00 : bf16
  %e88 = tensor.empty() : tensor<bf16>
  %v89 = linalg.fill ins(%v87 : bf16) outs(%e88 : tensor<bf16>) -> tensor<bf16>
  %v90 = linalg.reduce { arith.addf } ins(%v86 : tensor<2x1xbf16>) outs(%v89 : tensor<bf16>) dimensions = [0, 1]
  %v91 = arith.addf %v90, %v81 : tensor<bf16>
  %v92 = arith.addf %v91, %v72 : tensor<bf16>
  %v93 = arith.addf %v92, %v71 : tensor<bf16>
  %v94 = arith.constant 0.000000e+00 : bf16
  %e95 = tensor.empty() : tensor<bf16>
  %v96 = linalg.fill ins(%v94 : bf16) outs(%e95 : tensor<bf16>) -> tensor<bf16>
  %v97 = linalg.reduce { arith.addf } ins(%r41 : tensor<4x1x1x3x1x2xbf16>) outs(%v96 : tensor<bf16>) dimensions = [0, 1, 2, 3, 4, 5]
  %v98 = arith.addf %v93, %v97 : tensor<bf16>
  return %v98 : tensor<bf16>
}
func.func @main(%a99: tensor<16xbf16>, %a100: tensor<1x2xbf16>, %a101: tensor<1x16xi64>, %a102: bf16) -> (tensor<bf16>, tensor<1x2xbf16>) {
  %r103, %g104 = remat.value_and_gradient @loss0(%a99, %a100, %a101, %a102) wrt [1] : (tensor<16xbf16>, tensor<1x2xbf16>, tensor<1x16xi64>, bf16) -> (tensor<bf16>, tensor<1x2xbf16>)
  return %r103, %g104 : tensor<bf16>, tensor<1x2xbf16>
}
