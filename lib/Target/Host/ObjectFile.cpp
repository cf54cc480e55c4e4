//===- ObjectFile.cpp - Machine code for a linker --------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObjectFile.h"

#include "../MathLibrary/MathLibrary.h"
#include "SingleLanes.h"
#include "remat/Execution/ProgramError.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace remat;

llvm::Expected<std::string> remat::compileObjectFile(mlir::ModuleOp module,
                                                     llvm::orc::JITTargetMachineBuilder builder) {
  auto machine = builder.createTargetMachine();
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code = mlir::translateModuleToLLVMIR(module, context, "remat");
  if (!code)
    return makeInternalError("translation to LLVM IR failed");
  code->setDataLayout((*machine)->createDataLayout());
  code->setTargetTriple((*machine)->getTargetTriple());
  if (llvm::Error error = linkMathLibrary(*code))
    return std::move(error);
  auto optimize = mlir::makeOptimizingTransformer(/*optLevel=*/3, /*sizeLevel=*/0, machine->get());
  if (llvm::Error error = optimize(code.get()))
    return std::move(error);
  storeSingleLanes(*code);
  auto object = llvm::orc::SimpleCompiler(**machine)(*code);
  if (!object)
    return object.takeError();
  return (*object)->getBuffer().str();
}
