//===- OutputFilesTest.cpp - Files appear whole or not at all -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/OutputFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

#include <csignal>

using namespace remat;

namespace {

class OutputFilesTest : public testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("remat-output", folder)); }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string getPath(llvm::StringRef name) const {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    return path.str().str();
  }

  std::vector<std::string> list() const {
    std::vector<std::string> names;
    std::error_code error;
    for (llvm::sys::fs::directory_iterator it(folder, error), end; it != end && !error; it.increment(error))
      names.push_back(llvm::sys::path::filename(it->path()).str());
    llvm::sort(names);
    return names;
  }

  llvm::SmallString<128> folder;
};

llvm::Error makeError(const llvm::Twine &text) { return llvm::createStringError(text); }

void writeText(llvm::raw_ostream &stream) { stream << "text"; }

using OutputFilesDeathTest = OutputFilesTest;

} // namespace

TEST_F(OutputFilesTest, AppearTogether) {
  OutputFiles files(makeError);
  ASSERT_FALSE(files.add(getPath("a"), writeText));
  ASSERT_FALSE(files.add(getPath("b"), writeText));
  for (const std::string &name : list())
    EXPECT_TRUE(llvm::StringRef(name).ends_with(".part")) << name;
  ASSERT_FALSE(files.commit());
  EXPECT_EQ(list(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(OutputFilesTest, AreDiscardedWithoutCommit) {
  {
    OutputFiles files(makeError);
    ASSERT_FALSE(files.add(getPath("a"), writeText));
  }
  EXPECT_TRUE(list().empty());
}

TEST_F(OutputFilesTest, DoNotAppearIfOneCanNot) {
  ASSERT_FALSE(llvm::sys::fs::create_directory(getPath("b")));
  {
    OutputFiles files(makeError);
    ASSERT_FALSE(files.add(getPath("a"), writeText));
    ASSERT_FALSE(files.add(getPath("b"), writeText));
    EXPECT_EQ(llvm::toString(files.commit()), getPath("b") + ": Is a directory");
  }
  EXPECT_EQ(list(), std::vector<std::string>{"b"});
}

/// A signal while a file is written, and one when all are.
TEST_F(OutputFilesDeathTest, AreRemovedBySignals) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto writeAndInterrupt = [&](bool inFile) {
    OutputFiles files(makeError);
    llvm::cantFail(files.add(getPath("a"), writeText));
    llvm::cantFail(files.add(getPath("b"), [&](llvm::raw_ostream &stream) {
      stream << "half";
      stream.flush();
      if (inFile)
        raise(SIGINT);
    }));
    raise(SIGINT);
  };
  for (bool inFile : {true, false}) {
    EXPECT_EXIT(writeAndInterrupt(inFile), testing::KilledBySignal(SIGINT), "");
    EXPECT_TRUE(list().empty());
  }
}
