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

#include "remat/Pipelines/LinalgToLLVM.h"
#include "remat/Support/LLVM.h"

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
#include <cstdlib>
#include <ctime>
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

static double now() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

static double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

//===----------------------------------------------------------------------===//
// The probe
//===----------------------------------------------------------------------===//

constexpr int64_t kProbeAccumulators = 12, kProbeIterations = 20000;

/// Independent chains of multiply-adds, enough to hide their latency.
static std::string getProbe(int64_t lanes) {
  std::string types, init, names, body, yields;
  for (int64_t i = 0; i < kProbeAccumulators; ++i) {
    types += llvm::formatv("{0}vector<{1}xf32>", i ? ", " : "", lanes);
    init += llvm::formatv("{0}%x{1} = %init", i ? ", " : "", i);
    body += llvm::formatv("%y{0} = vector.fma %a, %b, %x{0} : vector<{1}xf32>\n", i, lanes);
    yields += llvm::formatv("{0}%y{1}", i ? ", " : "", i);
    names += i == 0 ? "%s0 = arith.addf %r#0, %r#0 : vector<" + std::to_string(lanes) + "xf32>\n"
                    : llvm::formatv("%s{0} = arith.addf %s{1}, %r#{0} : vector<{2}xf32>\n", i, i - 1, lanes).str();
  }
  return llvm::formatv(R"(
    func.func @probe(%m: memref<48xf32>) attributes {{llvm.emit_c_interface} {{
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = arith.constant {0} : index
      %init = vector.load %m[%c0] : memref<48xf32>, vector<{1}xf32>
      %c16 = arith.constant 16 : index
      %a = vector.load %m[%c16] : memref<48xf32>, vector<{1}xf32>
      %c32 = arith.constant 32 : index
      %b = vector.load %m[%c32] : memref<48xf32>, vector<{1}xf32>
      %r:{2} = scf.for %i = %c0 to %n step %c1 iter_args({3}) -> ({4}) {{
        {5}
        scf.yield {6} : {4}
      }
      {7}
      vector.store %s{8}, %m[%c0] : memref<48xf32>, vector<{1}xf32>
      return
    })",
                       kProbeIterations, lanes, kProbeAccumulators, init, types, body, yields, names,
                       kProbeAccumulators - 1);
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
  int64_t lanes = KernelTarget::get(getHostVectorISA()).getLanes(Float32Type::get(context.get()));
  auto engine = compile(*context, getText(product) + getProbe(lanes));
  if (!engine)
    return state.SkipWithError("does not compile");
  auto kernelSymbol = engine->lookup("_mlir_ciface_product");
  auto probeSymbol = engine->lookup("_mlir_ciface_probe");
  if (!kernelSymbol || !probeSymbol)
    return state.SkipWithError("symbol not found");
  auto *kernel = reinterpret_cast<void (*)(void *, void *, void *)>(*kernelSymbol);
  auto *probe = reinterpret_cast<void (*)(void *)>(*probeSymbol);

  Memory a(product.lhsShape), b(product.rhsShape), c(product.accShape), p({48});
  auto call = [&] { kernel(a.descriptor.data(), b.descriptor.data(), c.descriptor.data()); };
  double probeFlops = 2.0 * kProbeIterations * kProbeAccumulators * lanes;
  auto repetitions = static_cast<int64_t>(std::max(1.0, 1e8 / product.flops));
  call();
  std::vector<double> kernelRates, peakRates;
  for (auto _ : state) {
    double start = now();
    probe(p.descriptor.data());
    double between = now();
    for (int64_t i = 0; i < repetitions; ++i)
      call();
    double end = now();
    peakRates.push_back(probeFlops / (between - start) * 1e-9);
    kernelRates.push_back(product.flops * repetitions / (end - between) * 1e-9);
    state.SetIterationTime((end - between) / repetitions);
  }
  state.counters["GF/s"] = median(kernelRates);
  state.counters["peak"] = median(peakRates);
  state.counters["fraction"] = median(kernelRates) / median(peakRates);
}

int main(int argc, char **argv) {
  std::vector<Product> products;
  auto flops = [](double m, double n, double k) { return 2 * m * n * k; };
  for (auto [batch, hidden] : {std::pair<int64_t, int64_t>(16, 128), {16, 256}, {16, 512}, {64, 256}}) {
    int64_t gates = 4 * hidden;
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
