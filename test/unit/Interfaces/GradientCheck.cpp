//===- GradientCheck.cpp - Gradients against differences ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GradientCheck.h"

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/InitAll.h"
#include "remat/Runtime/Runtime.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/TargetSelect.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstdlib>
#include <random>

using namespace mlir;
using namespace remat;
using namespace remat::test;

/// Read by AddressSanitizer, where that is on: the lowering used here never frees
/// the buffers of a program.
extern "C" const char *__asan_default_options() { return "detect_leaks=0"; }

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

/// The passes behind differentiation: upstream's, for exactness and not for speed.
static constexpr const char *lowering =
    "remat-decompose-operations,canonicalize,convert-elementwise-to-linalg,"
    "one-shot-bufferize{bufferize-function-boundaries=true function-boundary-type-conversion=identity-layout-map},"
    "convert-check-to-runtime,"
    "convert-linalg-to-loops,func.func(math-expand-ops{ops=clampf,fpowi,rsqrt,roundeven,round,sincos}),"
    "convert-scf-to-cf,expand-strided-metadata,lower-affine,convert-math-to-llvm,convert-math-to-libm,"
    "arith-expand,convert-arith-to-llvm,convert-index-to-llvm,finalize-memref-to-llvm,convert-func-to-llvm,"
    "convert-cf-to-llvm,reconcile-unrealized-casts";

static const DialectRegistry &getRegistry() {
  static const DialectRegistry registry = [] {
    DialectRegistry registry;
    mlir::registerAllDialects(registry);
    mlir::registerAllExtensions(registry);
    mlir::registerAllPasses();
    registerAllToLLVMIRTranslations(registry);
    remat::registerAllDialects(registry);
    remat::registerAllPasses();
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return registry;
  }();
  return registry;
}

/// Adds the public functions `@primal` and `@gradient`.
static void addEntries(ModuleOp module, func::FuncOp function) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = function.getLoc();
  FunctionType type = function.getFunctionType();
  auto addEntry = [&](StringRef name, TypeRange inputs, TypeRange results) {
    auto entry = func::FuncOp::create(builder, loc, name, builder.getFunctionType(inputs, results));
    entry->setAttr("llvm.emit_c_interface", builder.getUnitAttr());
    entry.addEntryBlock();
    return entry;
  };
  auto isFloat = [](Type type) { return isa<FloatType>(cast<RankedTensorType>(type).getElementType()); };
  SmallVector<int64_t> wrt, of;
  for (auto [index, input] : llvm::enumerate(type.getInputs()))
    if (isFloat(input))
      wrt.push_back(index);
  SmallVector<Type> seeds, gradients;
  for (auto [index, result] : llvm::enumerate(type.getResults()))
    if (isFloat(result)) {
      of.push_back(index);
      seeds.push_back(result);
    }
  for (int64_t index : wrt)
    gradients.push_back(type.getInput(index));

  func::FuncOp primal = addEntry("primal", type.getInputs(), seeds);
  func::FuncOp gradient =
      addEntry("gradient", llvm::to_vector(llvm::concat<const Type>(type.getInputs(), seeds)), gradients);
  OpBuilder body = OpBuilder::atBlockEnd(&primal.front());
  auto call = func::CallOp::create(body, loc, function, primal.getArguments());
  func::ReturnOp::create(body, loc, llvm::map_to_vector(of, [&](int64_t index) { return call.getResult(index); }));

  body = OpBuilder::atBlockEnd(&gradient.front());
  SmallVector<Type> results(type.getResults());
  llvm::append_range(results, gradients);
  ValueRange arguments = gradient.getArguments();
  auto request =
      ValueAndGradientOp::create(body, loc, results, function.getName(), arguments.take_front(type.getNumInputs()),
                                 arguments.drop_front(type.getNumInputs()), wrt, of);
  func::ReturnOp::create(body, loc, request.getResults().take_back(gradients.size()));
}

/// Adds to \p code a function that calls the C interface of \p name with the
/// arguments in an array: pointers to the results and to each argument.
static void addPackedInterface(llvm::Module &code, StringRef name) {
  llvm::Function *callee = code.getFunction(("_mlir_ciface_" + name).str());
  llvm::IRBuilder<> builder(code.getContext());
  auto type = llvm::FunctionType::get(builder.getVoidTy(), builder.getPtrTy(), /*isVarArg=*/false);
  auto packed = llvm::Function::Create(type, llvm::Function::ExternalLinkage, "packed_" + name, code);
  builder.SetInsertPoint(llvm::BasicBlock::Create(code.getContext(), "entry", packed));
  SmallVector<llvm::Value *> arguments;
  for (unsigned index = 0; index < callee->arg_size(); ++index) {
    llvm::Value *address = builder.CreateConstGEP1_32(builder.getPtrTy(), packed->getArg(0), index);
    arguments.push_back(builder.CreateLoad(builder.getPtrTy(), address));
  }
  builder.CreateCall(callee, arguments);
  builder.CreateRetVoid();
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

namespace {
/// An array in the memory layout of MLIR's C interface.
struct Buffer {
  Buffer(RankedTensorType type) : type(type), bytes(type.getNumElements() * getElementBytes()) {}

  int64_t getElementBytes() const { return std::max(1u, type.getElementTypeBitWidth() / 8); }

  void write(const Elements &elements) {
    for (auto [index, element] : llvm::enumerate(elements)) {
      uint64_t bits = toBits(element);
      std::memcpy(bytes.data() + index * getElementBytes(), &bits, getElementBytes());
    }
  }

  /// Appends pointers, offset, sizes and strides.
  void describe(std::vector<int64_t> &words) {
    auto address = reinterpret_cast<int64_t>(bytes.data());
    words.insert(words.end(), {address, address, 0});
    words.insert(words.end(), type.getShape().begin(), type.getShape().end());
    int64_t stride = 1;
    std::vector<int64_t> strides;
    for (int64_t size : llvm::reverse(type.getShape())) {
      strides.insert(strides.begin(), stride);
      stride *= size;
    }
    words.insert(words.end(), strides.begin(), strides.end());
  }

  static Elements read(RankedTensorType type, const char *data) {
    Buffer buffer(type);
    Elements elements;
    for (int64_t index = 0; index < type.getNumElements(); ++index) {
      uint64_t bits = 0;
      std::memcpy(&bits, data + index * buffer.getElementBytes(), buffer.getElementBytes());
      elements.push_back(buffer.fromBits(bits));
    }
    return elements;
  }

private:
  uint64_t toBits(double element) const {
    auto floatType = dyn_cast<FloatType>(type.getElementType());
    if (!floatType)
      return static_cast<uint64_t>(static_cast<int64_t>(element));
    llvm::APFloat number(element);
    bool losesInfo;
    number.convert(floatType.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    return number.bitcastToAPInt().getZExtValue();
  }

  double fromBits(uint64_t bits) const {
    auto floatType = cast<FloatType>(type.getElementType());
    llvm::APFloat number(floatType.getFloatSemantics(), llvm::APInt(floatType.getWidth(), bits));
    bool losesInfo;
    number.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    return number.convertToDouble();
  }

  RankedTensorType type;
  std::vector<char> bytes;
};
} // namespace

struct DifferentiatedFunction::Implementation {
  MLIRContext context;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  std::vector<RankedTensorType> inputTypes, seedTypes, gradientTypes;
  std::vector<Argument> arguments;
  std::vector<int64_t> seedSizes;

  std::vector<Elements> call(const char *name, const std::vector<Elements> &values, ArrayRef<RankedTensorType> types,
                             ArrayRef<RankedTensorType> resultTypes);
};

std::vector<Elements> DifferentiatedFunction::Implementation::call(const char *name,
                                                                   const std::vector<Elements> &values,
                                                                   ArrayRef<RankedTensorType> types,
                                                                   ArrayRef<RankedTensorType> resultTypes) {
  std::vector<Buffer> buffers;
  std::vector<std::vector<int64_t>> descriptors(types.size());
  for (auto [type, elements] : llvm::zip_equal(types, values)) {
    buffers.emplace_back(type);
    buffers.back().write(elements);
  }
  for (auto [buffer, words] : llvm::zip_equal(buffers, descriptors))
    buffer.describe(words);
  size_t resultWords = 0;
  for (RankedTensorType type : resultTypes)
    resultWords += 3 + 2 * type.getRank();
  std::vector<int64_t> results(resultWords);

  std::vector<void *> pointers = {results.data()};
  for (std::vector<int64_t> &words : descriptors)
    pointers.push_back(words.data());
  auto address = llvm::cantFail(jit->lookup(("packed_" + llvm::Twine(name)).str()));
  address.toPtr<void (*)(void **)>()(pointers.data());

  std::vector<Elements> elements;
  const int64_t *words = results.data();
  for (RankedTensorType type : resultTypes) {
    const char *data = reinterpret_cast<const char *>(words[1]) + words[2] * Buffer(type).getElementBytes();
    elements.push_back(Buffer::read(type, data));
    words += 3 + 2 * type.getRank();
  }
  return elements;
}

std::unique_ptr<DifferentiatedFunction> DifferentiatedFunction::compile(const std::string &program, bool split) {
  auto implementation = std::make_unique<Implementation>();
  MLIRContext &context = implementation->context;
  context.appendDialectRegistry(getRegistry());
  context.loadAllAvailableDialects();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(program, &context);
  if (!module) {
    ADD_FAILURE() << "the program does not parse:\n" << program;
    return nullptr;
  }
  auto function = module->lookupSymbol<func::FuncOp>("f");
  for (Type type : function.getArgumentTypes()) {
    auto tensor = cast<RankedTensorType>(type);
    bool isFloat = isa<FloatType>(tensor.getElementType());
    implementation->inputTypes.push_back(tensor);
    implementation->arguments.push_back({tensor.getNumElements(), isFloat});
    if (isFloat)
      implementation->gradientTypes.push_back(tensor);
  }
  for (Type type : function.getResultTypes())
    if (auto tensor = cast<RankedTensorType>(type); isa<FloatType>(tensor.getElementType())) {
      implementation->seedTypes.push_back(tensor);
      implementation->seedSizes.push_back(tensor.getNumElements());
    }
  addEntries(*module, function);

  std::string pipeline =
      std::string("remat-inline-calls,remat-guard-gathers,") + (split ? "remat-split-elementwise," : "") +
      "remat-differentiate,symbol-dce,canonicalize,cse,remat-simplify-adjoint,canonicalize,cse," + lowering;
  PassManager passes(&context);
  if (failed(parsePassPipeline(pipeline, passes)) || failed(passes.run(*module))) {
    ADD_FAILURE() << "the program does not compile:\n" << program;
    return nullptr;
  }
  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> code = translateModuleToLLVMIR(*module, *llvmContext);
  if (!code) {
    ADD_FAILURE() << "the program does not translate to LLVM IR:\n" << program;
    return nullptr;
  }
  addPackedInterface(*code, "primal");
  addPackedInterface(*code, "gradient");
  implementation->jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
  llvm::orc::MangleAndInterner mangle(implementation->jit->getExecutionSession(), implementation->jit->getDataLayout());
  llvm::cantFail(implementation->jit->getMainJITDylib().define(llvm::orc::absoluteSymbols(
      {{mangle("rematCheckIndices"),
        {llvm::orc::ExecutorAddr::fromPtr(&rematCheckIndices), llvm::JITSymbolFlags::Exported}},
       {mangle("rematCheckRange"),
        {llvm::orc::ExecutorAddr::fromPtr(&rematCheckRange), llvm::JITSymbolFlags::Exported}}})));
  llvm::cantFail(implementation->jit->addIRModule(
      llvm::orc::ThreadSafeModule(std::move(code), llvm::orc::ThreadSafeContext(std::move(llvmContext)))));
  return std::unique_ptr<DifferentiatedFunction>(new DifferentiatedFunction(std::move(implementation)));
}

DifferentiatedFunction::DifferentiatedFunction(std::unique_ptr<Implementation> implementation)
    : implementation(std::move(implementation)) {}
DifferentiatedFunction::~DifferentiatedFunction() = default;

const std::vector<DifferentiatedFunction::Argument> &DifferentiatedFunction::getArguments() const {
  return implementation->arguments;
}

const std::vector<int64_t> &DifferentiatedFunction::getSeedSizes() const { return implementation->seedSizes; }

std::vector<Elements> DifferentiatedFunction::evaluate(const std::vector<Elements> &arguments) {
  return implementation->call("primal", arguments, implementation->inputTypes, implementation->seedTypes);
}

std::vector<Elements> DifferentiatedFunction::differentiate(const std::vector<Elements> &arguments,
                                                            const std::vector<Elements> &seeds) {
  std::vector<Elements> values = arguments;
  values.insert(values.end(), seeds.begin(), seeds.end());
  std::vector<RankedTensorType> types = implementation->inputTypes;
  types.insert(types.end(), implementation->seedTypes.begin(), implementation->seedTypes.end());
  return implementation->call("gradient", values, types, implementation->gradientTypes);
}

//===----------------------------------------------------------------------===//
// Finite differences
//===----------------------------------------------------------------------===//

/// The inner product of the results with the seeds.
static double project(const std::vector<Elements> &results, const std::vector<Elements> &seeds) {
  double sum = 0;
  for (auto [result, seed] : llvm::zip_equal(results, seeds))
    for (auto [element, weight] : llvm::zip_equal(result, seed))
      sum += element * weight;
  return sum;
}

static void checkGradient(const Case &testCase, bool split) {
  SCOPED_TRACE(testCase.name + (split ? " (split)" : ""));
  std::unique_ptr<DifferentiatedFunction> function = DifferentiatedFunction::compile(testCase.program, split);
  if (!function)
    return;
  std::mt19937_64 random(1);
  std::vector<Elements> arguments, seeds;
  for (auto [index, argument] : llvm::enumerate(function->getArguments())) {
    Domain range = testCase.ranges[std::min(index, testCase.ranges.size() - 1)];
    std::uniform_real_distribution<double> real(range.low, range.high);
    Elements &elements = arguments.emplace_back();
    for (int64_t i = 0; i < argument.numElements; ++i)
      elements.push_back(argument.isFloat ? real(random) : std::floor(real(random)));
  }
  std::uniform_real_distribution<double> seed(0.5, 1.5);
  for (int64_t size : function->getSeedSizes())
    for (Elements &elements = seeds.emplace_back(); int64_t(elements.size()) < size;)
      elements.push_back(seed(random));

  std::vector<Elements> gradients = function->differentiate(arguments, seeds);
  size_t number = 0;
  for (auto [index, argument] : llvm::enumerate(function->getArguments())) {
    if (!argument.isFloat)
      continue;
    ASSERT_LT(number, gradients.size());
    const Elements &gradient = gradients[number++];
    for (int64_t i = 0; i < argument.numElements; ++i) {
      double original = arguments[index][i];
      arguments[index][i] = original + testCase.step;
      double above = project(function->evaluate(arguments), seeds);
      arguments[index][i] = original - testCase.step;
      double below = project(function->evaluate(arguments), seeds);
      arguments[index][i] = original;
      double difference = (above - below) / (2 * testCase.step);
      EXPECT_NEAR(gradient[i], difference, testCase.tolerance * std::max(1.0, std::fabs(difference)))
          << "argument " << index << ", element " << i;
    }
  }
}

void remat::test::checkGradient(const Case &testCase) {
  ::checkGradient(testCase, /*split=*/false);
  ::checkGradient(testCase, /*split=*/true);
}
