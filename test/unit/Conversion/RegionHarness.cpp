//===- RegionHarness.cpp - Run regions of the device --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegionHarness.h"

#include "remat/InitAll.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <cctype>

using namespace remat;
using namespace remat::test;

static bool isWordPart(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// Types stand behind an x, as in 3xT.
static bool isWord(const std::string &text, size_t at, size_t size) {
  bool begins = at == 0 || !isWordPart(text[at - 1]) || text[at - 1] == 'x';
  return begins && (at + size == text.size() || !isWordPart(text[at + size]) || text[at + size] == 'x');
}

static void replace(std::string &text, const std::string &word, const std::string &value) {
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    if (!isWord(text, at, word.size())) {
      ++at;
      continue;
    }
    text.replace(at, word.size(), value);
    at += value.size();
  }
}

static std::string forDevice(std::string text) {
  replace(text, "DEVICE", "remat.on_device");
  return text;
}

/// A region that is always entered.
static std::string forProcessor(std::string text) {
  replace(text, "DEVICE", "%always = arith.constant true scf.if %always");
  return text;
}

/// Seeded buffers for the arguments of @f.
static Buffers createBuffers(const std::string &text, int64_t dynamicSize, const Prepare &prepare,
                             MLIRContext &context) {
  Buffers buffers;
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return buffers;
  for (Type type : module->lookupSymbol<func::FuncOp>("f").getArgumentTypes()) {
    buffers.push_back(std::make_unique<Buffer>(cast<MemRefType>(type), dynamicSize));
    auto element = cast<MemRefType>(type).getElementType();
    buffers.back()->fill(buffers.size(), element.isInteger(1) ? 2 : 4);
  }
  prepare(buffers);
  return buffers;
}

static SmallVector<Buffer *> getPointers(const Buffers &buffers) {
  return llvm::map_to_vector(buffers, [](const std::unique_ptr<Buffer> &buffer) { return buffer.get(); });
}

static std::unique_ptr<MLIRContext> createContext() {
  DialectRegistry registry;
  registerAllDialects(registry);
  return std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
}

void remat::test::checkRegions(std::string text, const Words &words, ArrayRef<int64_t> dynamicSizes,
                               const Prepare &prepare) {
  for (const auto &[word, value] : words)
    replace(text, word, value);
  SCOPED_TRACE(text);
  std::unique_ptr<MLIRContext> context = createContext();
  Program processor(forProcessor(text), VectorISA::Generic);
  GPUProgram device(forDevice(text));
  ASSERT_TRUE(processor.isValid() && device.isValid());
  for (int64_t dynamicSize : dynamicSizes) {
    Buffers expected = createBuffers(forDevice(text), dynamicSize, prepare, *context);
    processor.run("f", getPointers(expected));
    for (uint64_t seed : {0, 1, 2}) {
      Buffers actual = createBuffers(forDevice(text), dynamicSize, prepare, *context);
      device.run("f", getPointers(actual), seed);
      ASSERT_EQ(actual.size(), expected.size());
      for (size_t i = 0; i < actual.size(); ++i)
        ASSERT_TRUE(actual[i]->sameBits(*expected[i]))
            << "argument " << i << ", order " << seed << ", dynamic size " << dynamicSize;
    }
  }
}

RegionProgram::RegionProgram(std::string source, int64_t dynamicSize)
    : text(forDevice(std::move(source))), dynamicSize(dynamicSize), program(text), context(createContext()) {}

void RegionProgram::run(const Prepare &prepare, uint64_t seed) {
  buffers = createBuffers(text, dynamicSize, prepare, *context);
  program.run("f", getPointers(buffers), seed);
}
