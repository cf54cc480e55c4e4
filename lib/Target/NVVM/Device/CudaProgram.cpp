//===- CudaProgram.cpp - A program on a device --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaProgram.h"

#include "../../Host/CallFrame.h"
#include "CudaMemory.h"
#include "remat/ABI/Entry.h"
#include "remat/ABI/Record.h"
#include "remat/ABI/Symbols.h"
#include "remat/Execution/ProgramError.h"

#include <array>

using namespace remat;

namespace {

/// What the driver takes from the heap is not the program's.
class Uncounted {
public:
  Uncounted() : use(setActiveHeapUse(nullptr)) {}
  ~Uncounted() { setActiveHeapUse(use); }
  Uncounted(const Uncounted &) = delete;
  Uncounted &operator=(const Uncounted &) = delete;

private:
  HeapUse *use;
};

} // namespace

/// What programs call as rematCudaLaunch.
static void launchUncounted(RematCudaCall *call, int32_t kernel, int64_t blocks, int64_t threads, void **parameters) {
  Uncounted uncounted;
  rematCudaLaunch(call, kernel, blocks, threads, parameters);
}

llvm::Expected<std::unique_ptr<LoadedProgram>> CudaProgram::create(const LoadRequest &request,
                                                                   std::shared_ptr<CudaDevice> device) {
  auto builder = createHostBuilder();
  if (!builder)
    return builder.takeError();
  MachineCode::Surroundings surroundings{getHostSymbols(), {}};
  surroundings.symbols[symbols::rematCudaLaunch] = reinterpret_cast<void *>(&launchUncounted);
  surroundings.symbols[symbols::rematCudaHasFailed] = reinterpret_cast<void *>(&rematCudaHasFailed);
  auto getCodeName = [](llvm::StringRef function) { return (function + REMAT_CODE_SUFFIX).str(); };
  std::vector<std::string> names = request.functions.vec();
  mlir::ModuleOp module = request.module;
  if (module.lookupSymbol(REMAT_REPORT_NAME))
    names.push_back(REMAT_REPORT_NAME);
  for (const std::string &name : request.functions)
    if (module.lookupSymbol(getCodeName(name)))
      surroundings.variables.insert(getCodeName(name));
  auto code = MachineCode::create({module, names, request.declared, request.times, request.cache}, std::move(*builder),
                                  surroundings);
  if (!code)
    return code.takeError();

  auto program = std::make_unique<CudaProgram>();
  program->device = std::move(device);
  program->code = std::move(*code);
  for (const std::string &name : request.functions) {
    auto address = program->code.lookup(name);
    if (!address)
      return address.takeError();
    bool launches = surroundings.variables.contains(getCodeName(name));
    program->functions.push_back({*address, launches});
    if (!launches || program->program)
      continue;
    // The functions of a module share their kernels.
    auto kernels = program->code.lookupVariable(getCodeName(name));
    if (!kernels)
      return kernels.takeError();
    RematCudaProgram *loaded = nullptr;
    RematCudaError error;
    rematCudaLoad(program->device->get(), static_cast<const RematCudaCode *>(*kernels), &loaded, &error);
    if (llvm::Error failure = takeError(error))
      return std::move(failure);
    program->program.reset(loaded);
  }
  if (names.size() > request.functions.size()) {
    auto address = program->code.lookup(REMAT_REPORT_NAME);
    if (!address)
      return address.takeError();
    program->reportFunction = *address;
  }
  return std::unique_ptr<LoadedProgram>(std::move(program));
}

llvm::Expected<std::unique_ptr<TargetMemory>> CudaProgram::allocate(int64_t bytes, std::optional<int64_t> guardBehind) {
  return CudaMemory::create(device, guardBehind.value_or(bytes));
}

llvm::Error CudaProgram::checkArray(const llvm::Twine &what, const void *address, int64_t elementBytes) const {
  RematCudaError error;
  rematCudaCheckAddress(device->get(), reinterpret_cast<uintptr_t>(address), static_cast<uint64_t>(elementBytes),
                        what.str().c_str(), &error);
  return takeError(error);
}

llvm::SmallVector<void *> CudaProgram::addCall(size_t function, llvm::ArrayRef<void *> arguments) {
  llvm::SmallVector<void *> pointers(arguments);
  if (functions[function].launches)
    pointers.push_back(&currentAddress);
  return pointers;
}

llvm::Error CudaProgram::run(size_t function, llvm::ArrayRef<void *> arguments, void *stream) {
  auto execute = [&] { functions[function].address(arguments.data()); };
  if (!functions[function].launches) {
    current.launches = 0;
    return runGuarded(execute);
  }
  {
    Uncounted uncounted;
    if (rematCudaBegin(&current, program.get(), stream))
      return takeError(current.error);
  }
  // Also a check on the host that fails comes back here.
  llvm::Error error = runGuarded(execute);
  Uncounted uncounted;
  rematCudaEnd(&current);
  return error;
}

llvm::Error CudaProgram::report() {
  // The descriptor of an array, by its address: see Descriptors.h.
  std::array<int64_t, 5> descriptor = {reinterpret_cast<intptr_t>(current.record),
                                       reinterpret_cast<intptr_t>(current.record), 0, REMAT_RECORD_WORDS, 1};
  void *address = descriptor.data();
  void *arguments[] = {&address};
  if (!reportFunction)
    return makeInternalError("a check on the device failed, but the program has no words for it");
  llvm::Error error = runGuarded([&] { reportFunction(arguments); });
  return error ? std::move(error) : makeInternalError("a check on the device failed, but the program does not say so");
}

llvm::Error CudaProgram::finish(llvm::Error hostError) {
  rematCudaWait(&current);
  llvm::Error error = takeError(current.error);
  if (!error && current.record[0] == 0)
    return hostError;
  // The device is behind the host: what went wrong there was first.
  llvm::consumeError(std::move(hostError));
  return error ? std::move(error) : report();
}

llvm::Error CudaProgram::call(size_t function, llvm::ArrayRef<void *> arguments) {
  llvm::SmallVector<void *> pointers = addCall(function, arguments);
  if (!functions[function].launches)
    return run(function, pointers, nullptr);
  return finish(run(function, pointers, rematCudaGetStream(program.get())));
}

llvm::Error CudaProgram::measure(size_t function, llvm::ArrayRef<void *> arguments, HeapUse &heap,
                                 int64_t &stackBytes) {
  llvm::SmallVector<void *> pointers = addCall(function, arguments);
  void *stream = program ? rematCudaGetStream(program.get()) : nullptr;
  HeapUse *outer = setActiveHeapUse(&heap);
  llvm::Error error = runOnOwnStack([&] { return run(function, pointers, stream); }, measuredStackBytes, stackBytes);
  setActiveHeapUse(outer);
  return functions[function].launches ? finish(std::move(error)) : std::move(error);
}

llvm::Error CudaProgram::enqueue(size_t function, llvm::ArrayRef<void *> arguments, void *stream) {
  llvm::Error error = run(function, addCall(function, arguments), stream);
  // What has failed is not waited for later.
  if (functions[function].launches && (error || rematCudaHasFailed(&current)))
    return finish(std::move(error));
  return error;
}

llvm::Error CudaProgram::wait() { return current.program ? finish(llvm::Error::success()) : llvm::Error::success(); }
