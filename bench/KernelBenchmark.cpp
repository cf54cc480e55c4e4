//===- KernelBenchmark.cpp - Contractions against the FMA peak -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The products of an LSTM step as fractions of the peak of fused multiply-adds.
// The peak is measured by a probe that runs in turn with the kernel, because the
// clock of a processor moves with its load. Times are CPU times of the thread; of
// both, the median over the rounds counts.
//
//===----------------------------------------------------------------------===//

#include "FmaPeak.h"

#include "remat/Support/LLVM.h"
#include "remat/Target/CPU/LinalgToLLVM.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

using namespace remat;

/// A compiled module whose functions take static memrefs as bare pointers.
static std::unique_ptr<ExecutionEngine> compile(MLIRContext &context, StringRef text) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return nullptr;
  PassManager manager(&context);
  LinalgToLLVMOptions options;
  options.isa = getHostVectorISA();
  buildLinalgToLLVMPipeline(manager, options);
  if (failed(manager.run(*module)))
    return nullptr;
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return llvm::consumeError(builder.takeError()), nullptr;
  builder->setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  auto machine = builder->createTargetMachine(), codeMachine = builder->createTargetMachine();
  if (!machine || !codeMachine)
    return llvm::consumeError(machine.takeError()), llvm::consumeError(codeMachine.takeError()), nullptr;
  ExecutionEngineOptions engineOptions;
  auto optimize = makeOptimizingTransformer(3, 0, machine->get());
  engineOptions.transformer = optimize;
  engineOptions.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Aggressive;
  auto engine = ExecutionEngine::create(*module, engineOptions, std::move(*codeMachine));
  if (!engine)
    return llvm::consumeError(engine.takeError()), nullptr;
  return std::move(*engine);
}

static std::unique_ptr<MLIRContext> createContext() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  DialectRegistry registry;
  registry.insert<affine::AffineDialect, arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect,
                  linalg::LinalgDialect, LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect, scf::SCFDialect,
                  vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  return std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
}

static double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

//===----------------------------------------------------------------------===//
// The kernels
//===----------------------------------------------------------------------===//

namespace {

/// A product, its operands and how it reads them.
struct Product {
  const char *name;
  const char *dims, *lhs, *rhs, *acc;
  std::vector<int64_t> lhsShape, rhsShape, accShape;
  double flops;
};

struct Memory {
  explicit Memory(std::vector<int64_t> shape) : shape(shape) {
    size_t count = 1;
    for (int64_t size : shape)
      count *= size;
    data = static_cast<float *>(std::aligned_alloc(64, (count * 4 + 63) / 64 * 64));
    for (size_t i = 0; i < count; ++i)
      data[i] = static_cast<float>(static_cast<int>(i * 2654435761u >> 20) % 200 - 100) * 1e-4f;
    int64_t stride = 1;
    std::vector<int64_t> strides;
    for (size_t i = shape.size(); i-- > 0; stride *= shape[i])
      strides.insert(strides.begin(), stride);
    descriptor = {reinterpret_cast<int64_t>(data), reinterpret_cast<int64_t>(data), 0};
    descriptor.insert(descriptor.end(), shape.begin(), shape.end());
    descriptor.insert(descriptor.end(), strides.begin(), strides.end());
  }
  ~Memory() { std::free(data); }
  Memory(const Memory &) = delete;

  std::vector<int64_t> shape, descriptor;
  float *data;
};

} // namespace

static std::string getType(const std::vector<int64_t> &shape) {
  std::string text = "memref<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + "f32>";
}

static std::string getText(const Product &product) {
  std::string iterators;
  SmallVector<StringRef> dims, acc;
  StringRef(product.dims).split(dims, ", ");
  StringRef(product.acc).split(acc, ", ");
  for (StringRef dim : dims)
    iterators +=
        (iterators.empty() ? "" : ", ") + std::string(llvm::is_contained(acc, dim) ? "\"parallel\"" : "\"reduction\"");
  return llvm::formatv(
      R"(
    func.func @product(%a: {4}, %b: {5}, %c: {6}) attributes {{llvm.emit_c_interface} {{
      linalg.generic {{indexing_maps = [affine_map<({0}) -> ({1})>, affine_map<({0}) -> ({2})>,
                                       affine_map<({0}) -> ({3})>], iterator_types = [{7}]}
          ins(%a, %b : {4}, {5}) outs(%c : {6}) {{
      ^bb0(%x: f32, %y: f32, %z: f32):
        %m = arith.mulf %x, %y : f32
        %s = arith.addf %z, %m : f32
        linalg.yield %s : f32
      }
      return
    })",
      product.dims, product.lhs, product.rhs, product.acc, getType(product.lhsShape), getType(product.rhsShape),
      getType(product.accShape), iterators);
}

static void runProduct(benchmark::State &state, const Product &product) {
  std::unique_ptr<MLIRContext> context = createContext();
  auto engine = compile(*context, getText(product));
  if (!engine)
    return state.SkipWithError("does not compile");
  auto kernelSymbol = engine->lookup("_mlir_ciface_product");
  if (!kernelSymbol)
    return state.SkipWithError("symbol not found");
  auto *kernel = reinterpret_cast<void (*)(void *, void *, void *)>(*kernelSymbol);

  Memory a(product.lhsShape), b(product.rhsShape), c(product.accShape);
  auto call = [&] { kernel(a.descriptor.data(), b.descriptor.data(), c.descriptor.data()); };
  auto repetitions = static_cast<int64_t>(std::max(1.0, 1e8 / product.flops));
  call();
  std::vector<double> kernelRates, peakRates;
  for (auto _ : state) {
    peakRates.push_back(bench::measureFmaPeak(/*seconds=*/0.001).gflops);
    double start = bench::threadSeconds();
    for (int64_t i = 0; i < repetitions; ++i)
      call();
    double seconds = bench::threadSeconds() - start;
    kernelRates.push_back(product.flops * repetitions / seconds * 1e-9);
    state.SetIterationTime(seconds / repetitions);
  }
  state.counters["GF/s"] = median(kernelRates);
  state.counters["peak"] = median(peakRates);
  state.counters["fraction"] = median(kernelRates) / median(peakRates);
}

int main(int argc, char **argv) {
  std::vector<Product> products;
  auto flops = [](double m, double n, double k) { return 2 * m * n * k; };
  // The last one is a single gate.
  for (auto [batch, hidden, gates] :
       {std::array<int64_t, 3>{16, 128, 512}, {16, 256, 1024}, {16, 512, 2048}, {64, 256, 1024}, {16, 256, 256}}) {
    products.push_back({"forward/packed",
                        "m, no, ni, k",
                        "m, k",
                        "no, k, ni",
                        "m, no, ni",
                        {batch, hidden},
                        {gates / 32, hidden, 32},
                        {batch, gates / 32, 32},
                        flops(batch, gates, hidden)});
    products.push_back({"backward/packed",
                        "m, no, ni, k",
                        "m, k",
                        "no, k, ni",
                        "m, no, ni",
                        {batch, gates},
                        {hidden / 32, gates, 32},
                        {batch, hidden / 32, 32},
                        flops(batch, gates, hidden)});
    products.push_back({"weights/packed",
                        "m, no, ni, k",
                        "k, m",
                        "k, no, ni",
                        "no, m, ni",
                        {batch, hidden},
                        {batch, gates / 32, 32},
                        {gates / 32, hidden, 32},
                        flops(batch, gates, hidden)});
    products.push_back({"forward/plain",
                        "m, n, k",
                        "m, k",
                        "k, n",
                        "m, n",
                        {batch, hidden},
                        {hidden, gates},
                        {batch, gates},
                        flops(batch, gates, hidden)});
    products.push_back({"backward/plain",
                        "m, n, k",
                        "m, k",
                        "n, k",
                        "m, n",
                        {batch, gates},
                        {hidden, gates},
                        {batch, hidden},
                        flops(batch, gates, hidden)});
    products.push_back({"backward/transposed",
                        "m, n, k",
                        "k, m",
                        "n, k",
                        "m, n",
                        {gates, batch},
                        {hidden, gates},
                        {batch, hidden},
                        flops(batch, gates, hidden)});
    products.push_back({"weights/plain",
                        "m, n, k",
                        "k, m",
                        "k, n",
                        "m, n",
                        {batch, hidden},
                        {batch, gates},
                        {hidden, gates},
                        flops(batch, gates, hidden)});
  }
  for (const Product &product : products) {
    std::string name = llvm::formatv("{0}/{1}x{2}", product.name, product.lhsShape[0], product.lhsShape[1]);
    benchmark::RegisterBenchmark(name.c_str(), [product](benchmark::State &state) { runProduct(state, product); })
        ->Iterations(15)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
