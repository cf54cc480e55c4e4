//===- KernelHarness.cpp - Run kernels and compare them ------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The reference shares nothing with the kernels: it walks the iteration space of
// the op as its definition says.
//
//===----------------------------------------------------------------------===//

#include "KernelHarness.h"

#include "../../../lib/Target/MathLibrary/MathLibrary.h"
#include "GPUHarness.h"

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
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

using namespace remat;
using namespace remat::test;

//===----------------------------------------------------------------------===//
// Buffer
//===----------------------------------------------------------------------===//

Buffer::Buffer(MemRefType type, int64_t dynamicSize) : elementType(type.getElementType()) {
  SmallVector<int64_t> typeStrides;
  int64_t offset = 0;
  (void)type.getStridesAndOffset(typeStrides, offset);
  start = ShapedType::isDynamic(offset) ? 3 : offset;
  for (int64_t size : type.getShape())
    shape.push_back(ShapedType::isDynamic(size) ? dynamicSize : size);
  strides.resize(shape.size());
  int64_t dense = 1, last = start;
  bool empty = false;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = ShapedType::isDynamic(typeStrides[i]) ? dense : typeStrides[i];
    dense *= shape[i];
    last += (shape[i] - 1) * strides[i];
    empty |= shape[i] == 0;
  }
  elements = empty ? start : last + 1;
  elementBytes = elementType.isIndex() ? 8 : (elementType.getIntOrFloatBitWidth() + 7) / 8;

  size_t page = sysconf(_SC_PAGESIZE);
  size_t bytes = (elements * elementBytes + page - 1) / page * page;
  mappingBytes = bytes + page;
  mapping = mmap(nullptr, mappingBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(static_cast<char *>(mapping) + bytes, page, PROT_NONE);
  data = static_cast<char *>(mapping) + bytes - elements * elementBytes;

  descriptor = {reinterpret_cast<int64_t>(data), reinterpret_cast<int64_t>(data), start};
  descriptor.insert(descriptor.end(), shape.begin(), shape.end());
  descriptor.insert(descriptor.end(), strides.begin(), strides.end());
}

Buffer::~Buffer() { munmap(mapping, mappingBytes); }

void Buffer::fill(unsigned seed, int64_t limit) {
  std::mt19937 generator(seed);
  for (int64_t i = 0; i < elements; ++i) {
    double unit = generator() / 4294967296.0;
    set(i, isa<FloatType>(elementType) ? 2 * unit - 1 : std::floor(unit * limit));
  }
}

std::vector<int64_t> Buffer::getDescriptor(uint64_t address) const {
  std::vector<int64_t> moved = descriptor;
  moved[0] = moved[1] = static_cast<int64_t>(address);
  return moved;
}

void Buffer::copyFrom(const Buffer &other) { std::memcpy(data, other.data, elements * elementBytes); }

int64_t Buffer::getOffset(ArrayRef<int64_t> indices) const {
  int64_t offset = start;
  for (size_t i = 0; i < indices.size(); ++i)
    offset += indices[i] * strides[i];
  return offset;
}

double Buffer::get(int64_t offset) const {
  const char *element = data + offset * elementBytes;
  if (auto type = dyn_cast<FloatType>(elementType)) {
    uint64_t bits = 0;
    std::memcpy(&bits, element, elementBytes);
    llvm::APFloat value(type.getFloatSemantics(), llvm::APInt(type.getWidth(), bits));
    bool losesInfo;
    value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    return value.convertToDouble();
  }
  int64_t bits = 0;
  std::memcpy(&bits, element, elementBytes);
  return static_cast<double>(llvm::SignExtend64(bits, elementBytes * 8));
}

void Buffer::set(int64_t offset, double value) {
  char *element = data + offset * elementBytes;
  if (auto type = dyn_cast<FloatType>(elementType)) {
    llvm::APFloat number(value);
    bool losesInfo;
    number.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    uint64_t bits = number.bitcastToAPInt().getZExtValue();
    std::memcpy(element, &bits, elementBytes);
    return;
  }
  auto integer = static_cast<int64_t>(value);
  std::memcpy(element, &integer, elementBytes);
}

bool Buffer::sameBits(const Buffer &other) const { return std::memcmp(data, other.data, elements * elementBytes) == 0; }

//===----------------------------------------------------------------------===//
// Program
//===----------------------------------------------------------------------===//

static std::unique_ptr<MLIRContext> createContext() {
  DialectRegistry registry;
  registry.insert<affine::AffineDialect, arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect,
                  linalg::LinalgDialect, LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect, scf::SCFDialect,
                  tensor::TensorDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  return std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
}

llvm::Expected<std::unique_ptr<ExecutionEngine>> remat::test::compileHost(ModuleOp module) {
  static bool initialized = !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter();
  if (!initialized)
    return llvm::createStringError("this processor has no code generator");
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return builder.takeError();
  auto machine = builder->createTargetMachine();
  if (!machine)
    return machine.takeError();
  ExecutionEngineOptions options;
  auto optimize = makeOptimizingTransformer(2, 0, machine->get());
  auto transform = [&](llvm::Module *code) {
    llvm::Error error = linkMathLibrary(*code);
    return error ? std::move(error) : optimize(code);
  };
  options.transformer = transform;
  return ExecutionEngine::create(module, options);
}

Program::Program(llvm::StringRef text, VectorISA isa, bool accurate, MathFunctions math) : context(createContext()) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, context.get());
  if (!module)
    return;
  PassManager manager(context.get());
  LinalgToLLVMOptions options;
  options.isa = isa;
  options.accurate = accurate;
  options.math = math;
  buildLinalgToLLVMPipeline(manager, options);
  if (failed(manager.run(*module)))
    return;
  auto created = compileHost(*module);
  if (created)
    engine = std::move(*created);
  else
    ADD_FAILURE() << llvm::toString(created.takeError());
}

void Program::run(llvm::StringRef name, ArrayRef<Buffer *> arguments) {
  SmallVector<void *> descriptors, pointers;
  for (Buffer *buffer : arguments)
    descriptors.push_back(buffer->getDescriptor());
  for (void *&descriptor : descriptors)
    pointers.push_back(&descriptor);
  llvm::Error error = engine->invokePacked(("_mlir_ciface_" + name).str(), pointers);
  EXPECT_FALSE(static_cast<bool>(error)) << llvm::toString(std::move(error));
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

using Buffers = std::vector<std::unique_ptr<Buffer>>;

static Buffers createBuffers(func::FuncOp function, const Expectation &expectation) {
  Buffers buffers;
  unsigned seed = 1;
  for (Type type : function.getArgumentTypes()) {
    buffers.push_back(std::make_unique<Buffer>(cast<MemRefType>(type), expectation.dynamicSize));
    buffers.back()->fill(seed++, expectation.integerLimit);
  }
  return buffers;
}

/// Evaluates \p op on the buffers of the function's arguments.
static void evaluate(linalg::LinalgOp op, const Body &body, Buffers &buffers) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<int64_t> extents(op.getNumLoops(), -1);
  SmallVector<Buffer *> operands;
  for (auto [operand, map] : llvm::zip_equal(op->getOperands(), maps)) {
    operands.push_back(buffers[cast<BlockArgument>(operand).getArgNumber()].get());
    for (auto [position, expr] : llvm::enumerate(map.getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        extents[dim.getPosition()] = operands.back()->getShape()[position];
  }
  if (llvm::is_contained(extents, 0))
    return;
  SmallVector<int64_t> point(op.getNumLoops(), 0);
  for (bool done = false; !done;) {
    SmallVector<double> arguments;
    SmallVector<int64_t> offsets;
    for (auto [buffer, map] : llvm::zip_equal(operands, maps)) {
      offsets.push_back(buffer->getOffset(map.compose(point)));
      arguments.push_back(buffer->get(offsets.back()));
    }
    std::vector<double> results = body(arguments, point);
    int64_t firstInit = op.getNumDpsInputs();
    for (auto [i, result] : llvm::enumerate(results))
      operands[firstInit + i]->set(offsets[firstInit + i], result);
    done = true;
    for (size_t dim = point.size(); dim-- > 0 && done;) {
      if (++point[dim] < extents[dim])
        done = false;
      else
        point[dim] = 0;
    }
  }
}

void remat::test::checkOp(llvm::StringRef text, const Body &body, Expectation expectation) {
  SCOPED_TRACE(text.str());
  std::unique_ptr<MLIRContext> context = createContext();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, context.get());
  ASSERT_TRUE(module);
  auto function = module->lookupSymbol<func::FuncOp>("f");
  linalg::LinalgOp op = *function.getOps<linalg::LinalgOp>().begin();

  Buffers expected = createBuffers(function, expectation);
  evaluate(op, body, expected);

  Buffers first;
  for (VectorISA isa : allISAs) {
    Program program(text, isa, expectation.accurate);
    ASSERT_TRUE(program.isValid());
    Buffers actual = createBuffers(function, expectation);
    SmallVector<Buffer *> arguments;
    for (auto &buffer : actual)
      arguments.push_back(buffer.get());
    program.run("f", arguments);
    for (size_t i = 0; i < actual.size(); ++i) {
      double scale = 1;
      for (int64_t j = 0; j < expected[i]->size(); ++j)
        scale = std::max(scale, 1 + std::fabs(expected[i]->get(j)));
      for (int64_t j = 0; j < expected[i]->size(); ++j)
        ASSERT_NEAR(actual[i]->get(j), expected[i]->get(j), expectation.tolerance * scale)
            << "argument " << i << " element " << j << " isa " << static_cast<int>(isa);
      if (!first.empty())
        ASSERT_TRUE(actual[i]->sameBits(*first[i])) << "argument " << i << " isa " << static_cast<int>(isa);
    }
    if (first.empty())
      first = std::move(actual);
  }

  // Polynomials are the functions of f32 that both have.
  if (expectation.accurate || expectation.onHost)
    return;
  GPUProgram program(text);
  ASSERT_TRUE(program.isValid());
  for (uint64_t seed : {0, 2}) {
    Buffers actual = createBuffers(function, expectation);
    SmallVector<Buffer *> arguments;
    for (auto &buffer : actual)
      arguments.push_back(buffer.get());
    program.run("f", arguments, seed);
    for (size_t i = 0; i < actual.size(); ++i)
      ASSERT_TRUE(actual[i]->sameBits(*first[i])) << "argument " << i << " on the GPU, order " << seed;
  }
}
