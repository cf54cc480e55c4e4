//===- registration.c - The C API, from C -----------------------------*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads a program from standard input, runs the pipeline that the first argument
// names, and prints the result.
//
//===----------------------------------------------------------------------===//

#include "remat-c/Remat.h"

#include "mlir-c/Pass.h"

#include <stdio.h>
#include <stdlib.h>

static void print(MlirStringRef text, void *file) { fwrite(text.data, 1, text.length, (FILE *)file); }

static int run(MlirContext context, const char *program, const char *pipeline) {
  MlirModule module = mlirModuleCreateParse(context, mlirStringRefCreateFromCString(program));
  if (mlirModuleIsNull(module))
    return 1;
  MlirPassManager manager = mlirPassManagerCreate(context);
  MlirOpPassManager operations = mlirPassManagerGetAsOpPassManager(manager);
  int failed = mlirLogicalResultIsFailure(
      mlirOpPassManagerAddPipeline(operations, mlirStringRefCreateFromCString(pipeline), print, stderr));
  MlirOperation operation = mlirModuleGetOperation(module);
  if (!failed)
    failed = mlirLogicalResultIsFailure(mlirPassManagerRunOnOp(manager, operation));
  if (!failed)
    mlirOperationPrint(operation, print, stdout);
  mlirPassManagerDestroy(manager);
  mlirModuleDestroy(module);
  return failed;
}

int main(int argc, char **argv) {
  static char program[1 << 20];
  size_t size = fread(program, 1, sizeof(program) - 1, stdin);
  if (argc != 2 || size == 0) {
    fprintf(stderr, "usage: %s PIPELINE < PROGRAM.mlir\n", argv[0]);
    return 2;
  }
  rematRegisterAllPasses();
  MlirDialectRegistry registry = mlirDialectRegistryCreate();
  rematRegisterAllDialects(registry);
  mlirDialectHandleInsertDialect(mlirGetDialectHandle__remat__(), registry);
  MlirContext context = mlirContextCreateWithRegistry(registry, /*threadingEnabled=*/false);
  int failed = run(context, program, argv[1]);
  mlirContextDestroy(context);
  mlirDialectRegistryDestroy(registry);
  return failed;
}
