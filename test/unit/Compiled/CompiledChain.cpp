//===- CompiledChain.cpp - Runs planned programs in tests -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompiledChain.h"

#include "remat/ABI/Entry.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/InitAll.h"
#include "remat/Runtime/Runtime.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "llvm/Support/TargetSelect.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>

using namespace remat;
using namespace remat::test;

/// From outlined tensors to finalized step functions.
static const char *const bufferize =
    "builtin.module(remat-mark-entries,remat-prepare-bufferization,one-shot-bufferize{bufferize-function-boundaries "
    "function-boundary-type-conversion=identity-layout-map},canonicalize,cse,canonicalize,remat-gradients-in-place,"
    "remat-finalize-steps,func.func(remat-forward-copies),canonicalize,remat-assign-workspace,canonicalize)";

static const char *const lower =
    "builtin.module(convert-remat-to-scf,convert-count-to-memory,canonicalize,cse,convert-linalg-to-loops,convert-scf-"
    "to-cf,"
    "expand-strided-metadata,lower-affine,convert-arith-to-llvm,finalize-memref-to-llvm,convert-func-to-llvm,"
    "convert-cf-to-llvm,reconcile-unrealized-casts)";

static void initializeOnce() {
  static bool done = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    mlir::registerAllPasses();
    remat::registerAllPasses();
    return true;
  }();
  (void)done;
}

static bool runPipeline(ModuleOp module, StringRef text) {
  mlir::PassManager manager(module.getContext());
  StringRef inner = text;
  inner.consume_front("builtin.module(");
  inner.consume_back(")");
  return succeeded(mlir::parsePassPipeline(inner, manager)) && succeeded(manager.run(module));
}

namespace {
/// A rank-1 or rank-2 array as compiled code takes it.
struct Descriptor {
  void *allocated;
  void *aligned;
  int64_t offset;
  int64_t sizesAndStrides[4];

  Descriptor(void *data, int64_t size) : allocated(data), aligned(data), offset(0), sizesAndStrides{size, 1, 0, 0} {}
  Descriptor(void *data, int64_t rows, int64_t columns)
      : allocated(data), aligned(data), offset(0), sizesAndStrides{rows, columns, columns, 1} {}
};

struct FreeDeleter {
  void operator()(char *memory) const { std::free(memory); }
};
} // namespace

/// Reads what the plan promised; false if the program was not planned.
static bool readPlan(ModuleOp module, ChainRun &run) {
  auto entry = module.lookupSymbol<func::FuncOp>("gradient");
  auto memory = entry->getAttrOfType<MemoryAttr>("remat.memory");
  if (!memory)
    return false;
  run.budget = memory.getBudget();
  run.plannedPeak = memory.getPeak();
  run.plannedWalk = memory.getWalk();
  run.storeAllPeak = memory.getStoreAll();
  module.walk([&](ChainOp chain) {
    if (PlanAttr plan = chain.getPlanAttr()) {
      run.plannedAdvances += plan.getAdvances();
      run.plannedRecords += plan.getRecords();
      run.plannedCopies += plan.getCopies();
      run.certified &= plan.isCertified();
    }
  });
  return true;
}

/// Calls the compiled entry function on seeded inputs.
static void call(mlir::ExecutionEngine &engine, const ChainProgram &program, ChainRun &run) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(-1, 1);
  auto makeInput = [&](int64_t size) {
    std::vector<float> values(size);
    for (float &value : values)
      value = uniform(random);
    return values;
  };
  int64_t n = program.size, t = program.steps;
  std::vector<float> xs = makeInput(t * n), h0 = makeInput(n), w = makeInput(n), dhT = makeInput(n),
                     dys = makeInput(t * n);
  std::vector<Descriptor> arrays = {
      {xs.data(), t, n}, {h0.data(), n}, {w.data(), n}, {dhT.data(), n}, {dys.data(), t, n}};
  for (int64_t index = 0; index < program.getNumResults(); ++index)
    run.results.emplace_back(program.getResultSize(index), -777.0f);
  for (auto [index, result] : llvm::enumerate(run.results))
    ChainProgram::isArray(index) ? arrays.emplace_back(result.data(), t, n) : arrays.emplace_back(result.data(), n);

  // Beyond the plan there is room, so that too much use is seen and not a crash.
  constexpr char pattern = 0x5a;
  constexpr int64_t slackBytes = 65536;
  auto allocate = [&](int64_t bytes) {
    auto *memory = static_cast<char *>(std::aligned_alloc(64, bytes + slackBytes));
    std::memset(memory, pattern, bytes + slackBytes);
    return std::unique_ptr<char, FreeDeleter>(memory);
  };
  int64_t arenaBytes = run.plannedPeak - run.plannedWalk, walkBytes = run.plannedWalk;
  std::unique_ptr<char, FreeDeleter> arena = allocate(arenaBytes), walk = allocate(walkBytes);
  run.counters.assign(REMAT_NUM_COUNTERS, 0);
  char parameters[64];
  arrays.emplace_back(arena.get(), arenaBytes);
  arrays.emplace_back(parameters, 0);
  arrays.emplace_back(run.counters.data(), REMAT_NUM_COUNTERS);
  arrays.emplace_back(walk.get(), walkBytes);

  std::vector<Descriptor *> pointers;
  for (Descriptor &array : arrays)
    pointers.push_back(&array);
  std::vector<void *> arguments;
  for (Descriptor *&pointer : pointers)
    arguments.push_back(&pointer);
  if (llvm::Error error = engine.invokePacked("_mlir_ciface_gradient", arguments)) {
    run.error = llvm::toString(std::move(error));
    return;
  }
  auto measure = [&](const char *block, int64_t planned) {
    int64_t bytes = planned + slackBytes;
    while (bytes > 0 && block[bytes - 1] == pattern)
      --bytes;
    return (bytes + 63) / 64 * 64;
  };
  run.measuredWalk = measure(walk.get(), walkBytes);
  run.measuredPeak = measure(arena.get(), arenaBytes) + run.measuredWalk;
}

ChainRun remat::test::compileAndRun(const ChainProgram &program, const std::string &options,
                                    const std::string &expansion) {
  initializeOnce();
  mlir::DialectRegistry registry;
  mlir::registerAllToLLVMIRTranslations(registry);
  remat::registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  ChainRun run;
  std::string diagnostics;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    diagnostics += diagnostic.str() + "\n";
    return success();
  });
  auto module = mlir::parseSourceString<ModuleOp>(program.getText(), &context);
  std::string plan =
      "builtin.module(remat-plan-schedule{" + options + "},remat-expand-schedule{" + expansion + "},remat-plan-memory)";
  if (!module || !runPipeline(*module, bufferize)) {
    run.error = diagnostics + program.getText();
    return run;
  }
  if (!runPipeline(*module, plan)) {
    run.error = diagnostics;
    if (auto infeasible =
            module->lookupSymbol<func::FuncOp>("gradient")->getAttrOfType<InfeasibleAttr>("remat.infeasible"))
      run.minimumBudget = infeasible.getMinimum();
    return run;
  }
  if (!readPlan(*module, run) || !runPipeline(*module, lower)) {
    run.error = diagnostics;
    return run;
  }
  mlir::ExecutionEngineOptions engineOptions;
  auto optimize = mlir::makeOptimizingTransformer(1, 0, nullptr);
  engineOptions.transformer = optimize;
  auto engine = mlir::ExecutionEngine::create(*module, engineOptions);
  if (!engine) {
    run.error = llvm::toString(engine.takeError());
    return run;
  }
  (*engine)->registerSymbols([](llvm::orc::MangleAndInterner intern) {
    llvm::orc::SymbolMap symbols;
#define REMAT_SYMBOL(name)                                                                                             \
  symbols[intern(#name)] = {llvm::orc::ExecutorAddr::fromPtr(&name), llvm::JITSymbolFlags::Exported};
#include "remat/ABI/Symbols.def"
    return symbols;
  });
  call(**engine, program, run);
  return run;
}
