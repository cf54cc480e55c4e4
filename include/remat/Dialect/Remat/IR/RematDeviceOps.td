//===- RematDeviceOps.td - What a device executes ---------- -*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATDEVICEOPS_TD
#define REMAT_DIALECT_REMAT_IR_REMATDEVICEOPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "remat/Dialect/Remat/IR/RematOpBase.td"

def Remat_OnDeviceOp : Remat_Op<"on_device",
    [NoRegionArguments, NoTerminator, RecursiveMemoryEffects, SingleBlock]> {
  let summary = "code that the device executes";
  let description = [{
    The body is executed on the device, where the memory of the program lies, behind all that
    was launched before. Nothing of it is known to the host, which goes on at once: the
    operation has no results. The body may use memrefs and scalars from outside, which the
    host hands over. It reads and writes memory, also to decide what to do.

    `remat-sink-device-reads` makes it; `convert-linalg-to-gpu-kernels` makes a kernel
    and its launch of it.

    Example:

    ```mlir
    remat.on_device {
      %flag = memref.load %mask[%step] : memref<1000xi1>
      scf.if %flag {
        linalg.copy ins(%new : memref<16xf32>) outs(%old : memref<16xf32>)
      }
    }
    ```
  }];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "attr-dict-with-keyword $body";
  let skipDefaultBuilders = 1;
  // With an empty body.
  let builders = [OpBuilder<(ins), [{ $_state.addRegion()->emplaceBlock(); }]>];
}

#endif // REMAT_DIALECT_REMAT_IR_REMATDEVICEOPS_TD
