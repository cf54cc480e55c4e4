//===- GeneratorTest.cpp - Tests of the generator of random programs -------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "random/Generator/Generator.h"
#include "random/Driver/Edits.h"
#include "random/Driver/Shrinker.h"
#include "random/Driver/Verdict.h"
#include "remat/InitAll.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

#include <set>

using namespace remat::random;

namespace {

class RandomPrograms : public ::testing::Test {
protected:
  RandomPrograms() {
    mlir::DialectRegistry registry;
    remat::registerAllDialects(registry);
    context.appendDialectRegistry(registry);
  }
  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text) {
    return mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  }

  mlir::MLIRContext context;
};

} // namespace

static GeneratedProgram generateSeed(uint64_t seed) {
  GeneratorOptions options;
  options.seed = seed;
  return generate(options);
}

TEST_F(RandomPrograms, AreValid) {
  std::set<std::string> used;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    GeneratedProgram program = generateSeed(seed);
    EXPECT_TRUE(parse(program.text)) << "seed " << seed << "\n" << program.text;
    for (const auto &[name, number] : program.productions)
      used.insert(name);
  }
  // Some weigh next to nothing.
  EXPECT_GE(used.size(), getProductionNames().size() * 3 / 4);
}

TEST_F(RandomPrograms, AreThoseOfTheirSeeds) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    GeneratedProgram first = generateSeed(seed), second = generateSeed(seed);
    EXPECT_EQ(first.text, second.text);
    EXPECT_EQ(first.inputs, second.inputs);
    EXPECT_EQ(first.shapes, second.shapes);
    EXPECT_NE(first.text, generateSeed(seed + 1).text);
  }
}

TEST_F(RandomPrograms, HaveTheProductionAskedFor) {
  for (const std::string &name : getProductionNames()) {
    unsigned number = 0;
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      GeneratorOptions options;
      options.seed = seed;
      options.only = name;
      number += generate(options).productions.count(name);
    }
    EXPECT_GE(number, 5u) << name;
  }
}

TEST_F(RandomPrograms, HaveTheTypesAskedFor) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    GeneratorOptions options;
    options.seed = seed;
    options.types = {Element::F64};
    std::string text = generate(options).text;
    EXPECT_EQ(text.find("f16"), std::string::npos) << text;
    EXPECT_EQ(text.find("f32"), std::string::npos) << text;
  }
}

TEST_F(RandomPrograms, StayValidWhenEdited) {
  // Nothing of an edited program is used that is no longer there.
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    std::string text = generateSeed(seed).text;
    for (Edit edit : getEdits())
      for (unsigned site = 0; site < 6; ++site) {
        mlir::OwningOpRef<mlir::ModuleOp> module = parse(text);
        ASSERT_TRUE(module);
        Applied applied = edit(*module, site);
        if (applied == Applied::End)
          break;
        if (applied == Applied::No)
          continue;
        removeUnused(*module);
        mlir::ScopedDiagnosticHandler silence(&context, [](mlir::Diagnostic &) { return mlir::success(); });
        // An edit may be refused by the verifier, but may not break the IR.
        if (failed(mlir::verify(*module)))
          continue;
        std::string printed;
        llvm::raw_string_ostream(printed) << *module;
        EXPECT_TRUE(parse(printed)) << "seed " << seed << ", site " << site << "\n" << printed;
      }
  }
}

TEST(Extents, AreReplacedWhereTheyAreExtents) {
  EXPECT_EQ(replaceExtent("tensor.extract_slice %v17[0, 17] [17, 1] [1, 1] : tensor<17x3x17xf32>", 17, 5),
            "tensor.extract_slice %v17[0, 5] [5, 1] [1, 1] : tensor<5x3x5xf32>");
  EXPECT_EQ(replaceExtent("dimensions = [0, 2] : tensor<2xf32>", 2, 9), "dimensions = [0, 2] : tensor<9xf32>");
  EXPECT_EQ(replaceExtent("%n = arith.constant 4 : index\n%c = arith.constant 4 : i32", 4, 1),
            "%n = arith.constant 1 : index\n%c = arith.constant 4 : i32");
  EXPECT_EQ(replaceExtent("dense<3.0> : tensor<3xf64>", 3, 2), "dense<3.0> : tensor<2xf64>");
}

TEST(Messages, AreInternalIfTheyNameWhatNobodyWrote) {
  const char *program = "%y = math.tanh %x : tensor<4xf32>";
  EXPECT_TRUE(isInternalMessage("'remat.forward_sweep' op expects the type 'index'", program));
  EXPECT_TRUE(isInternalMessage("failed to legalize operation 'math.tanh'", program));
  EXPECT_TRUE(isInternalMessage("'vector.load' op is wrong", program));
  EXPECT_TRUE(isInternalMessage("expects 'memref<4xf32>'", program));
  EXPECT_FALSE(isInternalMessage("'math.tanh' op has no derivative rule", program));
  EXPECT_FALSE(isInternalMessage("expects a tensor, but got 'f32'", program));
}

TEST(Verdicts, AreOfOneKindWhateverTheNumbers) {
  Verdict first{Outcome::Message, "op 3 expects 'tensor<4x?xf32>'; seen 1"};
  Verdict second{Outcome::Message, "op 12 expects 'tensor<i1>'; seen 2"};
  Verdict third{Outcome::Refused, "op 12 expects 'tensor<i1>'; seen 2"};
  EXPECT_EQ(first.getKind(), second.getKind());
  EXPECT_NE(second.getKind(), third.getKind());
}
