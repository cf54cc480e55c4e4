//===- GPUHarness.cpp - Run kernels of GPUs -----------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GPUHarness.h"

#include "remat/ABI/Record.h"
#include "remat/ABI/Symbols.h"
#include "remat/InitAll.h"
#include "remat/Runtime/Runtime.h"
#include "remat/Target/CPU/LinalgToLLVM.h"
#include "remat/Target/NVVM/LinalgToPTX.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "gtest/gtest.h"

#include <csetjmp>

using namespace remat;
using namespace remat::test;

static constexpr llvm::StringLiteral launchName = "remat_test_launch";

/// The program whose code runs.
static GPUProgram *running = nullptr;

extern "C" void rematTestLaunch(int64_t number, int64_t blocks, int64_t arguments) {
  running->launch(number, blocks, reinterpret_cast<const uint64_t *>(arguments));
}

/// \p value, an argument of a launch, in a word.
static Value createWord(ImplicitLocOpBuilder &b, Value value) {
  Type word = b.getI64Type();
  if (auto type = dyn_cast<MemRefType>(value.getType())) {
    auto metadata = memref::ExtractStridedMetadataOp::create(b, value);
    Value base = memref::ExtractAlignedPointerAsIndexOp::create(b, value);
    int64_t bytes = type.getElementType().isIndex() ? 8 : (type.getElementTypeBitWidth() + 7) / 8;
    Value offset = arith::MulIOp::create(b, metadata.getOffset(), arith::ConstantIndexOp::create(b, bytes));
    value = arith::AddIOp::create(b, base, offset);
  }
  if (value.getType().isIndex())
    return arith::IndexCastOp::create(b, word, value);
  if (isa<FloatType>(value.getType()))
    value = arith::BitcastOp::create(b, b.getIntegerType(value.getType().getIntOrFloatBitWidth()), value);
  return value.getType() == word ? value : arith::ExtUIOp::create(b, word, value).getResult();
}

std::string GPUProgram::takePTX(ModuleOp module) {
  std::string text;
  for (auto binary : llvm::make_early_inc_range(module.getOps<gpu::BinaryOp>())) {
    text = cast<gpu::ObjectAttr>(binary.getObjects()[0]).getObject().getValue().str();
    binary.erase();
  }
  return text;
}

void GPUProgram::convertLaunches(ModuleOp module) {
  auto builder = OpBuilder::atBlockBegin(module.getBody());
  Type word = builder.getI64Type();
  auto callee = func::FuncOp::create(builder, module.getLoc(), launchName,
                                     builder.getFunctionType({word, word, word}, TypeRange()));
  callee.setPrivate();
  SmallVector<gpu::LaunchFuncOp> ops;
  module.walk([&](gpu::LaunchFuncOp op) { ops.push_back(op); });
  for (gpu::LaunchFuncOp op : ops) {
    ImplicitLocOpBuilder b(op.getLoc(), op);
    auto type = MemRefType::get({std::max<int64_t>(op.getNumKernelOperands(), 1)}, word);
    Value words = memref::AllocaOp::create(b, type);
    for (auto [number, operand] : llvm::enumerate(op.getKernelOperands()))
      memref::StoreOp::create(b, createWord(b, operand), words, arith::ConstantIndexOp::create(b, number).getResult());
    Value address = memref::ExtractAlignedPointerAsIndexOp::create(b, words);
    auto threads = op.getBlockSizeX().getDefiningOp<arith::ConstantIndexOp>();
    func::CallOp::create(b, callee,
                         ValueRange{arith::ConstantIntOp::create(b, word, launches.size()),
                                    createWord(b, op.getGridSizeX()), createWord(b, address)});
    launches.push_back({op.getKernelName().str(), threads ? threads.value() : 0, op.getNumKernelOperands()});
    op.erase();
  }
  module->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
}

GPUProgram::GPUProgram(llvm::StringRef text, Denormals denormals) {
  DialectRegistry registry;
  registerAllDialects(registry);
  registerBuiltinDialectTranslation(registry);
  context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, context.get());
  if (!module)
    return;
  PassManager kernels(context.get());
  LinalgToPTXOptions toPTX;
  toPTX.denormals = denormals;
  buildLinalgToPTXPipeline(kernels, toPTX);
  if (failed(kernels.run(*module)))
    return;
  std::string ptx = takePTX(*module), error;
  device = Device::create(ptx, error);
  EXPECT_TRUE(device) << error << "\n" << ptx;
  convertLaunches(*module);
  PassManager host(context.get());
  LinalgToLLVMOptions options;
  buildLinalgToLLVMPipeline(host, options);
  if (failed(host.run(*module)))
    return;
  auto created = compileHost(*module);
  if (!created) {
    ADD_FAILURE() << llvm::toString(created.takeError());
    return;
  }
  engine = std::move(*created);
  engine->registerSymbols([](llvm::orc::MangleAndInterner interner) {
    llvm::orc::SymbolMap map;
    auto add = [&](StringRef name, auto *function) {
      map[interner(name)] = {llvm::orc::ExecutorAddr::fromPtr(function), llvm::JITSymbolFlags::Exported};
    };
    add(launchName, &rematTestLaunch);
    add(symbols::rematFail, &rematFail);
    add(symbols::rematFailAtIndex, &rematFailAtIndex);
    add(symbols::rematCheckRange, &rematCheckRange);
    return map;
  });
}

void GPUProgram::launch(int64_t number, int64_t blocks, const uint64_t *arguments) {
  const Launch &launch = launches[number];
  std::string error = device->launch(launch.kernel, blocks, launch.threads,
                                     std::vector<uint64_t>(arguments, arguments + launch.arguments), seed);
  EXPECT_EQ(error, "");
}

void GPUProgram::run(llvm::StringRef name, ArrayRef<Buffer *> arguments, uint64_t newSeed) {
  seed = newSeed;
  running = this;
  std::vector<std::vector<int64_t>> descriptors;
  std::vector<uint64_t> addresses;
  for (Buffer *buffer : arguments) {
    addresses.push_back(device->copyIn(buffer->getData(), buffer->getBytes()));
    descriptors.push_back(buffer->getDescriptor(addresses.back()));
  }
  SmallVector<void *> values, pointers;
  for (std::vector<int64_t> &descriptor : descriptors)
    values.push_back(descriptor.data());
  for (void *&value : values)
    pointers.push_back(&value);
  llvm::Error error = engine->invokePacked(("_mlir_ciface_" + name).str(), pointers);
  EXPECT_FALSE(static_cast<bool>(error)) << llvm::toString(std::move(error));
  for (auto [buffer, address] : llvm::zip_equal(arguments, addresses))
    device->copyOut(address, buffer->getData(), buffer->getBytes());
  running = nullptr;
}

std::vector<int64_t> GPUProgram::getRecord() {
  std::vector<int64_t> record(REMAT_RECORD_WORDS);
  if (!device->readVariable(REMAT_RECORD_NAME, record.data(), record.size() * sizeof(int64_t)))
    record.clear();
  return record;
}

namespace {
struct Catcher {
  std::jmp_buf where;
  std::string message;
};
} // namespace

static void catchFailure(void *context, const char *message) {
  auto *catcher = static_cast<Catcher *>(context);
  catcher->message = message;
  std::longjmp(catcher->where, 1);
}

std::string GPUProgram::report() {
  std::vector<int64_t> record = getRecord();
  auto function = engine->lookup("_mlir_ciface_" REMAT_REPORT_NAME);
  if (record.empty() || !function)
    return "no record: " + llvm::toString(function.takeError());
  auto address = reinterpret_cast<int64_t>(record.data());
  int64_t descriptor[] = {address, address, 0, REMAT_RECORD_WORDS, 1};
  static Catcher catcher;
  catcher.message.clear();
  rematSetFailureHandler(catchFailure, &catcher);
  if (setjmp(catcher.where) == 0)
    reinterpret_cast<void (*)(void *)>(*function)(descriptor);
  rematSetFailureHandler(nullptr, nullptr);
  return catcher.message;
}
