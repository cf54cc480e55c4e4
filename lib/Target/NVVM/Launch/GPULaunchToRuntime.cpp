//===- GPULaunchToRuntime.cpp - Launches call the runtime ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// gpu-to-llvm is not used: its calls load the module again and again, allocate, and end the
// process when something goes wrong. Here a kernel is a number, and what goes wrong is
// remembered by the call.
//
//===----------------------------------------------------------------------===//

#include "../../../Conversion/RuntimeCalls.h"
#include "KernelImage.h"
#include "LaunchArguments.h"
#include "remat/ABI/Entry.h"
#include "remat/ABI/Symbols.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTGPULAUNCHTORUNTIMEPASS
#include "remat/Target/NVVM/Passes.h.inc"
} // namespace remat

using namespace remat;

static constexpr StringLiteral imageName = "remat_kernel_image";

namespace {

/// Converts the launches of one module.
class LaunchConversion {
public:
  explicit LaunchConversion(ModuleOp module) : module(module), symbols(module) {}

  LogicalResult run();

private:
  LogicalResult collect();
  LogicalResult findCode();
  LogicalResult addCallers();
  void passCall();
  void convertLaunches(func::FuncOp function, ArrayRef<gpu::LaunchFuncOp> ops);
  LogicalResult endWalk(func::CallOp next, Value call);
  void createImage();
  LogicalResult createCode(func::FuncOp entry);
  /// What a call is in a function that launches: its last argument.
  Value getCall(func::FuncOp function) { return function.getArguments().back(); }
  int32_t getNumber(gpu::LaunchFuncOp launch);

  ModuleOp module;
  SymbolTable symbols;
  llvm::MapVector<func::FuncOp, SmallVector<gpu::LaunchFuncOp>> launches;
  /// The functions that launch, themselves or through calls, and the calls of them.
  llvm::SetVector<func::FuncOp> functions;
  SmallVector<func::CallOp> calls;
  gpu::BinaryOp binary;
  llvm::MapVector<StringAttr, int32_t> numbers;
  LLVM::GlobalOp image;
  LLVM::GlobalOp names;
};

} // namespace

LogicalResult LaunchConversion::collect() {
  WalkResult result = module.walk([&](gpu::LaunchFuncOp launch) -> WalkResult {
    auto function = dyn_cast<func::FuncOp>(launch->getParentOp());
    if (!function)
      return launch.emitOpError("expects flat control flow, but is nested in '")
             << launch->getParentOp()->getName() << "'";
    if (launch.getAsyncToken() || !launch.getAsyncDependencies().empty() || launch.getDynamicSharedMemorySize() ||
        launch.hasClusterSize())
      return launch.emitOpError("expects no tokens, no dynamic shared memory and no clusters");
    for (Value operand : launch.getKernelOperands())
      if (!operand.getType().isIntOrIndexOrFloat() && !isa<MemRefType>(operand.getType()))
        return launch.emitOpError("expects scalars and ranked memrefs as arguments, but got ") << operand.getType();
    launches[function].push_back(launch);
    functions.insert(function);
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult LaunchConversion::findCode() {
  for (auto &[function, ops] : launches)
    for (gpu::LaunchFuncOp launch : ops) {
      auto code = symbols.lookup<gpu::BinaryOp>(launch.getKernelModuleName());
      if (!code)
        return launch.emitOpError("expects compiled kernels in a gpu.binary '")
               << launch.getKernelModuleName().getValue() << "'";
      if (binary && binary != code)
        return launch.emitOpError("expects all kernels in one gpu.binary, but got '")
               << binary.getName() << "' and '" << code.getName() << "'";
      binary = code;
    }
  if (binary.getObjects().size() != 1)
    return binary.emitOpError("expects one object, but got ") << binary.getObjects().size();
  return success();
}

LogicalResult LaunchConversion::addCallers() {
  // Grows while it is gone through.
  for (size_t number = 0; number < functions.size(); ++number) {
    func::FuncOp function = functions[number];
    std::optional<SymbolTable::UseRange> uses = SymbolTable::getSymbolUses(function, module);
    if (!uses)
      return function.emitOpError("expects operations whose symbols are known");
    for (SymbolTable::SymbolUse use : *uses) {
      auto call = dyn_cast<func::CallOp>(use.getUser());
      if (!call)
        return use.getUser()->emitOpError("expects to use a function that launches no kernels, but got '")
               << function.getName() << "'";
      calls.push_back(call);
      functions.insert(call->getParentOfType<func::FuncOp>());
    }
  }
  return success();
}

void LaunchConversion::passCall() {
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  for (func::FuncOp function : functions)
    (void)function.insertArgument(function.getNumArguments(), pointer, DictionaryAttr(), function.getLoc());
  for (func::CallOp call : calls)
    call.getOperandsMutable().append(getCall(call->getParentOfType<func::FuncOp>()));
}

int32_t LaunchConversion::getNumber(gpu::LaunchFuncOp launch) {
  return numbers.try_emplace(launch.getKernelName(), int32_t(numbers.size())).first->second;
}

void LaunchConversion::convertLaunches(func::FuncOp function, ArrayRef<gpu::LaunchFuncOp> ops) {
  LaunchArguments arguments(function, ops);
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  for (gpu::LaunchFuncOp launch : ops) {
    Value parameters = arguments.store(launch);
    ImplicitLocOpBuilder b(launch.getLoc(), launch);
    Type word = b.getI64Type();
    LLVM::LLVMFuncOp callee = getOrDeclareRuntime(module, symbols, remat::symbols::rematCudaLaunch,
                                                  {pointer, b.getI32Type(), word, word, pointer});
    Value number = arith::ConstantIntOp::create(b, getNumber(launch), /*width=*/32);
    Value blocks = arith::IndexCastOp::create(b, word, launch.getGridSizeX());
    Value threads = arith::IndexCastOp::create(b, word, launch.getBlockSizeX());
    LLVM::CallOp::create(b, callee, ValueRange{getCall(function), number, blocks, threads, parameters});
    launch.erase();
  }
}

/// Lets the loop of a walk end also when the call has failed: what is launched then does nothing.
LogicalResult LaunchConversion::endWalk(func::CallOp next, Value call) {
  SmallVector<arith::CmpIOp> tests;
  for (Operation *user : next->getUsers())
    if (auto test = dyn_cast<arith::CmpIOp>(user); test && test.getPredicate() == arith::CmpIPredicate::ne)
      tests.push_back(test);
  if (tests.size() != 1)
    return next.emitOpError("expects one test of whether the walk goes on, but got ") << tests.size();
  arith::CmpIOp test = tests.front();
  ImplicitLocOpBuilder b(next.getLoc(), next->getContext());
  b.setInsertionPointAfter(test);
  LLVM::LLVMFuncOp callee = symbols.lookup<LLVM::LLVMFuncOp>(remat::symbols::rematCudaHasFailed);
  if (!callee) {
    OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
    callee = LLVM::LLVMFuncOp::create(atStart, module.getLoc(), remat::symbols::rematCudaHasFailed,
                                      LLVM::LLVMFunctionType::get(b.getI32Type(), call.getType()));
    symbols.insert(callee);
  }
  Value failed = LLVM::CallOp::create(b, callee, call).getResult();
  Value zero = arith::ConstantIntOp::create(b, 0, /*width=*/32);
  Value works = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, failed, zero);
  auto both = arith::AndIOp::create(b, test, works);
  test.getResult().replaceAllUsesExcept(both, both);
  return success();
}

std::optional<std::string> remat::getKernelImage(ModuleOp module) {
  auto image = module.lookupSymbol<LLVM::GlobalOp>(imageName);
  auto text = image ? dyn_cast_if_present<StringAttr>(image.getValueAttr()) : StringAttr();
  if (!text)
    return std::nullopt;
  return text.getValue().drop_back().str();
}

/// A constant of \p module that \p initialize computes in its region.
static LLVM::GlobalOp createConstant(ModuleOp module, Location loc, Type type, LLVM::Linkage linkage, StringRef name,
                                     function_ref<Value(ImplicitLocOpBuilder &)> initialize) {
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto global = LLVM::GlobalOp::create(builder, loc, type, /*isConstant=*/true, linkage, name, Attribute());
  Block *block = builder.createBlock(&global.getInitializerRegion());
  ImplicitLocOpBuilder b(loc, OpBuilder::atBlockBegin(block));
  LLVM::ReturnOp::create(b, initialize(b));
  return global;
}

void LaunchConversion::createImage() {
  Location loc = binary.getLoc();
  auto object = cast<gpu::ObjectAttr>(binary.getObjects()[0]);
  // PTX is a text for the driver; that a cubin ends with a zero does not matter.
  image = createRuntimeText(module, symbols, loc, object.getObject().getValue());
  (void)symbols.rename(image, imageName);
  SmallVector<LLVM::GlobalOp> texts;
  for (auto &[name, number] : numbers)
    texts.push_back(createRuntimeText(module, symbols, loc, name.getValue()));
  auto type = LLVM::LLVMArrayType::get(LLVM::LLVMPointerType::get(module.getContext()), texts.size());
  names =
      createConstant(module, loc, type, LLVM::Linkage::Internal, "remat_kernel_names", [&](ImplicitLocOpBuilder &b) {
        Value list = LLVM::UndefOp::create(b, type);
        for (auto [number, text] : llvm::enumerate(texts)) {
          Value address = LLVM::AddressOfOp::create(b, text);
          list = LLVM::InsertValueOp::create(b, list, address, ArrayRef<int64_t>{int64_t(number)});
        }
        return list;
      });
  symbols.insert(names);
}

LogicalResult LaunchConversion::createCode(func::FuncOp entry) {
  std::string name = (entry.getName() + REMAT_CODE_SUFFIX).str();
  if (symbols.lookup(name))
    return entry.emitOpError("expects the symbol '") << name << "' to be free for its code";
  MLIRContext *context = module.getContext();
  Type pointer = LLVM::LLVMPointerType::get(context);
  auto type = LLVM::LLVMStructType::getLiteral(context, {pointer, pointer, IntegerType::get(context, 32)});
  auto code =
      createConstant(module, binary.getLoc(), type, LLVM::Linkage::External, name, [&](ImplicitLocOpBuilder &b) {
        Value members[] = {LLVM::AddressOfOp::create(b, image), LLVM::AddressOfOp::create(b, names),
                           LLVM::ConstantOp::create(b, b.getI32Type(), b.getI32IntegerAttr(int32_t(numbers.size())))};
        Value result = LLVM::UndefOp::create(b, type);
        for (auto [number, member] : llvm::enumerate(members))
          result = LLVM::InsertValueOp::create(b, result, member, ArrayRef<int64_t>{int64_t(number)});
        return result;
      });
  symbols.insert(code);
  return success();
}

LogicalResult LaunchConversion::run() {
  if (failed(collect()))
    return failure();
  if (!launches.empty()) {
    if (failed(findCode()) || failed(addCallers()))
      return failure();
    passCall();
    SmallVector<func::CallOp> walks;
    module.walk([&](func::CallOp call) {
      if (call.getCallee() == remat::symbols::rematWalkNext)
        walks.push_back(call);
    });
    for (func::CallOp walk : walks) {
      auto function = walk->getParentOfType<func::FuncOp>();
      if (functions.contains(function) && failed(endWalk(walk, getCall(function))))
        return failure();
    }
    for (auto &[function, ops] : launches)
      convertLaunches(function, ops);
    createImage();
    for (func::FuncOp function : functions)
      if (function.isPublic() && failed(createCode(function)))
        return failure();
  }
  for (auto code : llvm::make_early_inc_range(module.getOps<gpu::BinaryOp>()))
    code.erase();
  module->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
  return success();
}

namespace {

struct ConvertGPULaunchToRuntimePass final
    : remat::impl::ConvertGPULaunchToRuntimePassBase<ConvertGPULaunchToRuntimePass> {
  using Base::Base;

  void runOnOperation() override {
    if (failed(LaunchConversion(getOperation()).run()))
      signalPassFailure();
  }
};

} // namespace
