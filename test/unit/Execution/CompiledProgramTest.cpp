//===- CompiledProgramTest.cpp - Tests of the embedding API -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/CompiledProgram.h"

#include "remat/Execution/CodeCache.h"
#include "remat/Execution/ProgramError.h"
#include "remat/InitAll.h"
#include "remat/Runtime/Runtime.h"
#include "remat/Target/CPU/CPUTarget.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

using namespace remat;

namespace {

/// Parses and compiles programs; diagnostics are kept, not printed.
class CompiledProgramTest : public ::testing::Test {
protected:
  CompiledProgramTest() {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.getDiagEngine().registerHandler([](mlir::Diagnostic &) {});
  }

  /// Null, with the message in `error`, if the program is not accepted.
  std::unique_ptr<CompiledProgram> compile(llvm::StringRef source, llvm::StringRef entry = "f",
                                           llvm::StringRef budget = "unlimited") {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
    if (!module) {
      error = "the source does not parse";
      return nullptr;
    }
    ProgramOptions options;
    options.budget = readBudget(budget);
    auto program = CompiledProgram::compile(*module, entry, options, *target);
    if (program)
      return std::move(*program);
    error = llvm::toString(program.takeError());
    return nullptr;
  }

  static Budget readBudget(llvm::StringRef text) {
    std::string problem;
    std::optional<Budget> budget = parseBudget(text, problem);
    EXPECT_TRUE(budget.has_value()) << problem;
    return budget.value_or(Budget());
  }

  mlir::MLIRContext context;
  std::unique_ptr<CPUTarget> target = llvm::cantFail(CPUTarget::create());
  std::string error;
};

} // namespace

static Array makeArray(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> values) {
  Array array = llvm::cantFail(Array::create(ElementType::F32, shape));
  llvm::copy(values, array.getElements<float>().begin());
  return array;
}

TEST_F(CompiledProgramTest, CallsElementwiseCode) {
  auto program = compile(R"(
    func.func @f(%x: tensor<4xf32> {remat.name = "x"}) -> (tensor<4xf32> {remat.name = "y"}) {
      %y = math.tanh %x : tensor<4xf32>
      return %y : tensor<4xf32>
    })");
  ASSERT_TRUE(program) << error;
  EXPECT_EQ(program->getSignature().getArguments()[0].name, "x");
  EXPECT_EQ(program->getSignature().getResults()[0].name, "y");
  EXPECT_GT(program->getCompileSeconds(), 0);

  Array x = makeArray({4}, {-1, 0, 0.5, 2});
  Array y = makeArray({4}, {9, 9, 9, 9});
  ASSERT_FALSE(program->call({x.getView()}, {y.getView()}));
  for (int i = 0; i < 4; ++i)
    EXPECT_NEAR(y.getElements<float>()[i], std::tanh(x.getElements<float>()[i]), 1e-6);
}

TEST_F(CompiledProgramTest, ScalarsAndDynamicExtents) {
  auto program = compile(R"(
    func.func @f(%x: tensor<?xf32>, %a: f32, %n: index) -> (tensor<?xf32>, tensor<?xf32>) {
      %c0 = arith.constant 0 : index
      %size = tensor.dim %x, %c0 : tensor<?xf32>
      %first = tensor.empty(%size) : tensor<?xf32>
      %second = tensor.empty(%n) : tensor<?xf32>
      %y = linalg.fill ins(%a : f32) outs(%first : tensor<?xf32>) -> tensor<?xf32>
      %z = linalg.fill ins(%a : f32) outs(%second : tensor<?xf32>) -> tensor<?xf32>
      return %y, %z : tensor<?xf32>, tensor<?xf32>
    })");
  ASSERT_TRUE(program) << error;
  Array x = makeArray({3}, {1, 2, 3});
  float a = 7;
  int64_t n = 2;
  std::vector<ArrayView> arguments = {x.getView(), {ElementType::F32, {}, &a}, {ElementType::Index, {}, &n}};
  auto results = program->getSignature().allocateResults(arguments);
  ASSERT_TRUE(bool(results));
  EXPECT_EQ((*results)[0].getShape(), llvm::ArrayRef<int64_t>({3}));
  EXPECT_EQ((*results)[1].getShape(), llvm::ArrayRef<int64_t>({2}));
  ASSERT_FALSE(program->call(arguments, {(*results)[0].getView(), (*results)[1].getView()}));
  EXPECT_EQ((*results)[1].getElements<float>(), llvm::ArrayRef<float>({7, 7}));

  // A negative extent is an error of the caller.
  n = -1;
  auto negative = program->getSignature().allocateResults(arguments);
  ASSERT_FALSE(bool(negative));
  EXPECT_EQ(llvm::toString(negative.takeError()), "argument 'arg2' expects a value that is not negative, but got -1");
}

TEST_F(CompiledProgramTest, WrongArraysAreErrors) {
  auto program = compile(R"(
    func.func @f(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
      return %x : tensor<2x?xf32>
    })");
  ASSERT_TRUE(program) << error;
  Array x = makeArray({2, 3}, {0, 0, 0, 0, 0, 0});
  Array flat = makeArray({6}, {0, 0, 0, 0, 0, 0});
  Array small = makeArray({2, 2}, {0, 0, 0, 0});
  EXPECT_EQ(llvm::toString(program->call({flat.getView()}, {x.getView()})),
            "argument 'arg0' expects 2x?xf32, but got 6xf32");
  EXPECT_EQ(llvm::toString(program->call({x.getView()}, {small.getView()})),
            "result 'result0' expects 2x3xf32, but got 2x2xf32");
  EXPECT_EQ(llvm::toString(program->call({}, {x.getView()})), "expects 1 arguments, but got 0");
  ArrayView wrongType = x.getView();
  wrongType.type = ElementType::I32;
  EXPECT_EQ(llvm::toString(program->call({wrongType}, {x.getView()})),
            "argument 'arg0' expects 2x?xf32, but got 2x3xi32");
  ArrayView noMemory = x.getView();
  noMemory.data = nullptr;
  EXPECT_EQ(llvm::toString(program->call({noMemory}, {x.getView()})), "argument 'arg0' has no memory");
}

TEST_F(CompiledProgramTest, FailedAssertionIsAnError) {
  auto program = compile(R"(
    func.func @f(%x: tensor<f32>) -> tensor<f32> {
      %value = tensor.extract %x[] : tensor<f32>
      %zero = arith.constant 0.0 : f32
      %positive = arith.cmpf ogt, %value, %zero : f32
      cf.assert %positive, "x is not positive"
      return %x : tensor<f32>
    })");
  ASSERT_TRUE(program) << error;
  Array x = makeArray({}, {-1});
  Array y = makeArray({}, {0});
  llvm::Error failure = program->call({x.getView()}, {y.getView()});
  ASSERT_TRUE(failure.isA<ProgramError>());
  llvm::handleAllErrors(std::move(failure), [](const ProgramError &fault) {
    EXPECT_EQ(fault.getKind(), ProgramError::Kind::Fault);
    EXPECT_EQ(fault.message(), "x is not positive (-:6)");
  });
  // The program can be called again.
  x.getElements<float>()[0] = 3;
  ASSERT_FALSE(program->call({x.getView()}, {y.getView()}));
  EXPECT_EQ(y.getElements<float>()[0], 3);
}

TEST_F(CompiledProgramTest, WrongProgramsAreErrors) {
  EXPECT_FALSE(compile("func.func @f() { return }", "g"));
  EXPECT_EQ(error, "there is no function @g");
  EXPECT_FALSE(compile("func.func private @f()"));
  EXPECT_EQ(error, "function @f has no body");
  EXPECT_FALSE(compile("func.func @f(%x: memref<4xf32>) { return }"));
  EXPECT_EQ(error, "argument 'arg0' of @f expects a ranked tensor or a scalar of float, integer or index "
                   "type, but got memref<4xf32>");
  EXPECT_FALSE(compile("func.func @f(%x: f32) -> f32 { return %x : f32 }"));
  EXPECT_EQ(error, "result 'result0' of @f expects a ranked tensor of float, integer or index type, but "
                   "got f32");
  EXPECT_FALSE(compile(R"(
    func.func @f(%n: index) -> tensor<?xf32> {
      %m = arith.muli %n, %n : index
      %x = tensor.empty(%m) : tensor<?xf32>
      return %x : tensor<?xf32>
    })"));
  EXPECT_EQ(error, "result 'result0' of @f expects a dynamic extent to be an extent or a value of an "
                   "argument, but extent 0 of tensor<?xf32> is not");
}

/// The gradient of a loop of as many steps as \p count says.
static std::string makeLoop(const std::string &count) {
  return R"(
    func.func private @loss(%n: index, %h0: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<f32> {
      %steps = )" +
         count + R"(
      %zero = arith.constant dense<0.0> : tensor<f32>
      %h = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : tensor<4xf32>) {
        %z = arith.mulf %h, %w : tensor<4xf32>
        %y = math.tanh %z : tensor<4xf32>
        remat.yield carry(%y : tensor<4xf32>)
      }
      %total = linalg.reduce { arith.addf } ins(%h : tensor<4xf32>) outs(%zero : tensor<f32>) dimensions = [0]
      return %total : tensor<f32>
    }
    func.func @f(%n: index, %h0: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
      %loss, %d_w = remat.value_and_gradient @loss(%n, %h0, %w) wrt [2]
        : (index, tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
      return %loss, %d_w : tensor<f32>, tensor<4xf32>
    })";
}

TEST_F(CompiledProgramTest, PlansAreTheSameWheneverTheyAreMade) {
  Array h = makeArray({4}, {1, 1, 1, 1}), w = makeArray({4}, {1, 1, 1, 1});
  int64_t n = 30;
  std::vector<ArrayView> arguments = {{ElementType::Index, {}, &n}, h.getView(), w.getView()};
  std::vector<PlanFigures> plans;
  std::vector<schedule::Chain> problems;
  for (const char *count : {"arith.constant 30 : index", "arith.addi %n, %n : index"}) {
    // Twice as many as the argument says.
    n = plans.empty() ? 0 : 15;
    auto program = compile(makeLoop(count), "f", "80%");
    ASSERT_TRUE(program) << error;
    auto plan = program->getPlan(arguments);
    ASSERT_TRUE(bool(plan));
    plans.push_back(*plan);
    auto chain = program->getChainProblems(arguments);
    ASSERT_TRUE(bool(chain));
    ASSERT_EQ(chain->size(), 1u);
    problems.push_back(chain->front());
  }
  EXPECT_EQ(plans[0].peakBytes, plans[1].peakBytes);
  EXPECT_EQ(plans[0].minimumBytes, plans[1].minimumBytes);
  EXPECT_TRUE(plans[0].isPeakCertain && plans[1].isPeakCertain);
  EXPECT_LT(plans[0].minimumBytes, plans[0].peakBytes);
  EXPECT_EQ(problems[0].steps(), 30);
  EXPECT_EQ(problems[1].steps(), 30);
  EXPECT_EQ(problems[0].budget, problems[1].budget);
}

TEST_F(CompiledProgramTest, ABudgetThatIsTooSmallSaysWhatWouldDo) {
  Array h = makeArray({4}, {1, 1, 1, 1}), w = makeArray({4}, {1, 1, 1, 1});
  int64_t n = 15;
  std::vector<ArrayView> arguments = {{ElementType::Index, {}, &n}, h.getView(), w.getView()};
  auto check = [](const ProgramError &problem) {
    EXPECT_EQ(problem.getKind(), ProgramError::Kind::Infeasible);
    EXPECT_EQ(problem.getBudget(), 64);
    int64_t sum = 0;
    for (const BudgetComponent &component : problem.getComponents())
      sum += component.bytes;
    EXPECT_EQ(sum, problem.getMinimumBudget());
  };
  auto module = mlir::parseSourceString<mlir::ModuleOp>(makeLoop("arith.constant 30 : index"), &context);
  ProgramOptions options;
  options.budget = Budget::bytes(64);
  llvm::handleAllErrors(CompiledProgram::compile(*module, "f", options, *target).takeError(), check);
  auto program = compile(makeLoop("arith.addi %n, %n : index"), "f", "64");
  ASSERT_TRUE(program) << error;
  llvm::handleAllErrors(program->getPlan(arguments).takeError(), check);
}

TEST_F(CompiledProgramTest, SharesCodeOfSteps) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
    func.func private @loss(%h0: tensor<33x33xf32>, %w: tensor<33x33xf32>) -> tensor<f32> {
      %steps = arith.constant 30 : index
      %zero = arith.constant dense<0.0> : tensor<f32>
      %h = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : tensor<33x33xf32>) {
        %z = linalg.matmul ins(%h, %w : tensor<33x33xf32>, tensor<33x33xf32>) outs(%h : tensor<33x33xf32>)
            -> tensor<33x33xf32>
        %y = math.tanh %z : tensor<33x33xf32>
        remat.yield carry(%y : tensor<33x33xf32>)
      }
      %total = linalg.reduce { arith.addf } ins(%h : tensor<33x33xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
      return %total : tensor<f32>
    }
    func.func @f(%h0: tensor<33x33xf32>, %w: tensor<33x33xf32>) -> (tensor<f32>, tensor<33x33xf32>) {
      %loss, %d_w = remat.value_and_gradient @loss(%h0, %w) wrt [1]
        : (tensor<33x33xf32>, tensor<33x33xf32>) -> (tensor<f32>, tensor<33x33xf32>)
      return %loss, %d_w : tensor<f32>, tensor<33x33xf32>
    })",
                                                        &context);
  ASSERT_TRUE(module);
  CodeCache cache;
  std::vector<int64_t> objects;
  std::vector<size_t> kept;
  for (const char *budget : {"unlimited", "50%", "unlimited"}) {
    ProgramOptions options;
    options.budget = readBudget(budget);
    auto program = CompiledProgram::compile(*module, "f", options, *target, &cache);
    ASSERT_TRUE(static_cast<bool>(program)) << llvm::toString(program.takeError());
    objects.push_back((*program)->getObjectBytes());
    kept.push_back(cache.getBytes());
  }
  // Another budget is another plan around the same steps; the same budget is nothing new.
  EXPECT_EQ(kept[0], static_cast<size_t>(objects[0]));
  EXPECT_GT(kept[1], kept[0]);
  EXPECT_LT(kept[1] - kept[0], kept[0] / 2);
  EXPECT_EQ(kept[2], kept[1]);
  EXPECT_EQ(objects[2], objects[0]);
}

TEST_F(CompiledProgramTest, ABudgetIsNoPartOfCodeThatIsPlannedPerCall) {
  static constexpr llvm::StringRef text = R"(
    func.func private @loss(%xs: tensor<?x17xf32>, %h0: tensor<17xf32>) -> tensor<f32> {
      %axis = arith.constant 0 : index
      %steps = tensor.dim %xs, %axis : tensor<?x17xf32>
      %zero = arith.constant dense<0.0> : tensor<f32>
      %h = remat.recurrence count(%steps) at(%t) carry(%h = %h0 : tensor<17xf32>) scan(%x = %xs : tensor<?x17xf32>) {
        %product = arith.mulf %h, %x : tensor<17xf32>
        %y = math.tanh %product : tensor<17xf32>
        remat.yield carry(%y : tensor<17xf32>)
      }
      %total = linalg.reduce { arith.addf } ins(%h : tensor<17xf32>) outs(%zero : tensor<f32>) dimensions = [0]
      return %total : tensor<f32>
    }
    func.func @f(%xs: tensor<?x17xf32>, %h0: tensor<17xf32>) -> (tensor<f32>, tensor<?x17xf32>) {
      %loss, %d = remat.value_and_gradient @loss(%xs, %h0) wrt [0]
        : (tensor<?x17xf32>, tensor<17xf32>) -> (tensor<f32>, tensor<?x17xf32>)
      return %loss, %d : tensor<f32>, tensor<?x17xf32>
    })";
  constexpr int64_t steps = 12;
  std::vector<float> numbers(steps * 17), state(17, 0.75f);
  for (size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = 0.5f + 0.01f * static_cast<float>(i % 50);
  Array xs = makeArray({steps, 17}, numbers), h0 = makeArray({17}, state);
  std::vector<ArrayView> arguments = {xs.getView(), h0.getView()};
  auto program = compile(text);
  ASSERT_TRUE(program) << error;
  EXPECT_TRUE(program->isPlannedPerCall());
  auto ample = program->getPlan(arguments);
  ASSERT_TRUE(static_cast<bool>(ample)) << llvm::toString(ample.takeError());
  for (const std::string &budget :
       {std::to_string(ample->minimumBytes), std::string("70%"), std::string("unlimited")}) {
    auto other = compile(text, "f", budget);
    ASSERT_TRUE(other) << error;
    llvm::Error failure = program->setBudget(readBudget(budget));
    ASSERT_FALSE(static_cast<bool>(failure)) << llvm::toString(std::move(failure));
    std::vector<std::vector<uint8_t>> bits;
    std::vector<int64_t> plans;
    for (CompiledProgram *each : {program.get(), other.get()}) {
      auto plan = each->getPlan(arguments);
      ASSERT_TRUE(static_cast<bool>(plan)) << llvm::toString(plan.takeError());
      Array loss = makeArray({}, {0}), gradient = makeArray({steps, 17}, std::vector<float>(steps * 17));
      CallCounters counters;
      llvm::Error called = each->call(arguments, {loss.getView(), gradient.getView()}, &counters);
      ASSERT_FALSE(static_cast<bool>(called)) << llvm::toString(std::move(called));
      EXPECT_EQ(counters.getForwardSteps(), plan->forwardSteps);
      if (budget == "unlimited")
        EXPECT_EQ(counters.record, steps);
      bits.push_back(gradient.getBytes().vec());
      plans.insert(plans.end(), {plan->forwardSteps, plan->peakBytes, plan->budgetBytes.value_or(-1)});
    }
    EXPECT_EQ(bits[0], bits[1]) << budget;
    EXPECT_EQ(llvm::ArrayRef(plans).take_front(3), llvm::ArrayRef(plans).drop_front(3)) << budget;
  }
  auto infeasible = program->setBudget(Budget::bytes(1));
  ASSERT_FALSE(static_cast<bool>(infeasible));
  EXPECT_TRUE(llvm::StringRef(llvm::toString(program->getPlan(arguments).takeError())).contains("smallest feasible"));
  auto fixed = compile(R"(func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> { return %x : tensor<4xf32> })");
  ASSERT_TRUE(fixed) << error;
  EXPECT_FALSE(fixed->isPlannedPerCall());
  EXPECT_TRUE(llvm::StringRef(llvm::toString(fixed->setBudget(Budget::share(5, 100)))).contains("constants"));
}

/// A handler of the embedder, as it sets one for programs compiled ahead of time.
[[noreturn]] static void endProcess(void *, const char *) { std::exit(1); }

TEST_F(CompiledProgramTest, KeepsTheFailureHandlerOfTheCaller) {
  auto program = compile(R"(
    func.func @f(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
      %zero = arith.constant 0 : index
      %ok = arith.cmpi sgt, %n, %zero : index
      cf.assert %ok, "expects a positive number"
      return %x : tensor<4xf32>
    })");
  ASSERT_TRUE(program) << error;
  Array x = makeArray({4}, {1, 2, 3, 4}), y = makeArray({4}, {0, 0, 0, 0});
  int mark = 0;
  rematSetFailureHandler(endProcess, &mark);
  for (int64_t n : {1, 0}) {
    llvm::Error failure = program->call({x.getView(), {ElementType::Index, {}, &n}}, {y.getView()});
    EXPECT_EQ(static_cast<bool>(failure), n == 0);
    llvm::consumeError(std::move(failure));
    void *kept = nullptr;
    EXPECT_EQ(rematGetFailureHandler(&kept), &endProcess);
    EXPECT_EQ(kept, &mark);
  }
  rematSetFailureHandler(nullptr, nullptr);
}

TEST_F(CompiledProgramTest, BugsAreErrorsOfTheirOwn) {
  std::vector<std::string> seen;
  mlir::ScopedDiagnosticHandler handler(&context,
                                        [&](mlir::Diagnostic &diagnostic) { seen.push_back(diagnostic.str()); });
  // What no pass removes.
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"(
    func.func @f(%x: tensor<4xf32>) -> tensor<2x2xf32> {
      %y = builtin.unrealized_conversion_cast %x : tensor<4xf32> to tensor<2x2xf32>
      return %y : tensor<2x2xf32>
    })",
                                                        &context);
  llvm::Error failure = CompiledProgram::compile(*module, "f", {}, *target).takeError();
  bool isInternal = false;
  llvm::handleAllErrors(
      std::move(failure),
      [&](const InternalError &internal) {
        isInternal = true;
        EXPECT_EQ(internal.getKind(), ProgramError::Kind::Internal);
        EXPECT_EQ(internal.message(), "internal: this is a bug in remat, not in the program");
        for (const char *part : {"failed", "unrealized_conversion_cast", "mlir_reproducer", "remat-to-cpu{"})
          EXPECT_NE(internal.getReproducer().find(part), std::string::npos) << part;
      },
      [](const llvm::ErrorInfoBase &other) { ADD_FAILURE() << other.message(); });
  EXPECT_TRUE(isInternal);
  // The compiler's words are in the reproducer and nowhere else.
  EXPECT_TRUE(seen.empty()) << seen.front();
}

TEST_F(CompiledProgramTest, RefusalsAreTheAuthorsBusiness) {
  std::vector<std::string> seen;
  mlir::ScopedDiagnosticHandler handler(&context,
                                        [&](mlir::Diagnostic &diagnostic) { seen.push_back(diagnostic.str()); });
  auto program = compile(R"(
    func.func private @g(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = func.call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    }
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = func.call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
      return %y : tensor<4xf32>
    })");
  EXPECT_FALSE(program);
  EXPECT_NE(error.find("expects no recursion"), std::string::npos) << error;
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_NE(seen.front().find("expects no recursion"), std::string::npos);
}
