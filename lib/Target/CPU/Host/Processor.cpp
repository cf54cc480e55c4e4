//===- Processor.cpp - A processor, as LLVM and as kernels see it -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Processor.h"

#include "../../Host/MachineCode.h"
#include "remat/Execution/ProgramError.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

using namespace remat;

/// The features that tell vector instruction sets apart; a processor's name may
/// imply them.
static std::string listVectorFeatures(const llvm::TargetMachine &machine) {
  std::string features;
  if (!machine.getTargetTriple().isX86())
    return features;
  for (llvm::StringRef feature : {"+avx512f", "+avx512vl", "+avx512bw", "+avx512dq", "+avx2", "+fma"})
    if (machine.getMCSubtargetInfo()->checkFeatures(feature))
      features += (feature + ",").str();
  return features;
}

/// Whether instruction selection uses a feature on its own, for code that asks for
/// nothing special. Others are instructions that only intrinsics name.
static bool isUsedByAnyCode(llvm::StringRef feature) {
  return llvm::any_of(std::initializer_list<llvm::StringRef>{"sse", "ssse", "avx", "fma", "f16c", "bmi", "lzcnt",
                                                             "popcnt", "movbe", "gfni", "xop", "tbm", "vaes",
                                                             "vpclmul"},
                      [&](llvm::StringRef prefix) { return feature.starts_with(prefix); });
}

/// Fails if code for \p machine uses instructions that the processor under this process
/// does not have: running them would end the process.
static llvm::Error checkExecutable(const llvm::TargetMachine &machine) {
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  const llvm::MCSubtargetInfo &info = *machine.getMCSubtargetInfo();
  std::string missing;
  for (const llvm::SubtargetFeatureKV &feature : info.getAllProcessorFeatures()) {
    auto found = host.find(feature.Key);
    if (found != host.end() && !found->second && isUsedByAnyCode(feature.Key) &&
        info.checkFeatures(("+" + llvm::Twine(feature.Key)).str()))
      missing += (missing.empty() ? "" : ", ") + std::string(feature.Key);
  }
  if (missing.empty())
    return llvm::Error::success();
  return llvm::make_error<ProgramError>(
      ProgramError::Kind::Unavailable,
      ("this machine cannot execute code for '" + machine.getTargetCPU() + "': it has no " + missing).str());
}

/// Appends the user's features to those of the processor; the last word on a feature counts.
static llvm::Error addFeatures(const std::string &list, llvm::orc::JITTargetMachineBuilder &builder) {
  auto machine = builder.createTargetMachine();
  if (!machine)
    return machine.takeError();
  llvm::SubtargetFeatures features(list);
  for (const std::string &feature : features.getFeatures()) {
    llvm::StringRef name = feature;
    bool isKnown = (name.consume_front("+") || name.consume_front("-")) &&
                   llvm::any_of((*machine)->getMCSubtargetInfo()->getAllProcessorFeatures(),
                                [&](const llvm::SubtargetFeatureKV &known) { return name == known.Key; });
    if (!isKnown)
      return makeInputError("expects features of the processor such as +avx2 or -avx512f, but got '" + feature + "'");
    builder.getFeatures().AddFeature(feature);
  }
  return llvm::Error::success();
}

llvm::Expected<Processor> Processor::create(const CPUTargetOptions &options) {
  auto builder = createHostBuilder();
  if (!builder)
    return builder.takeError();
  // Names are checked here: LLVM would print and go on.
  if (!options.cpu.empty()) {
    auto any = builder->createTargetMachine();
    if (!any)
      return any.takeError();
    if (!(*any)->getMCSubtargetInfo()->isCPUStringValid(options.cpu))
      return makeInputError("there is no processor '" + options.cpu + "' for " + builder->getTargetTriple().str());
    builder->setCPU(options.cpu);
    builder->getFeatures() = llvm::SubtargetFeatures();
  }
  if (llvm::Error error = addFeatures(options.features, *builder))
    return std::move(error);
  auto machine = builder->createTargetMachine();
  if (!machine)
    return machine.takeError();
  if (llvm::Error error = checkExecutable(**machine))
    return std::move(error);
  return Processor{std::move(*builder), getVectorISA((*machine)->getTargetTriple(), listVectorFeatures(**machine))};
}
