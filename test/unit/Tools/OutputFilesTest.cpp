//===- OutputFilesTest.cpp - Files appear whole or not at all -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/OutputFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <thread>
#include <unistd.h>

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

  std::string read(llvm::StringRef name) const {
    auto buffer = llvm::MemoryBuffer::getFile(getPath(name));
    return buffer ? (*buffer)->getBuffer().str() : "(none)";
  }

  struct stat getStatus(llvm::StringRef name) const {
    struct stat status = {};
    EXPECT_EQ(lstat(getPath(name).c_str(), &status), 0);
    return status;
  }

  void link(const std::string &target, llvm::StringRef name) const {
    ASSERT_EQ(symlink(target.c_str(), getPath(name).c_str()), 0);
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
  {
    OutputFiles files(makeError);
    ASSERT_FALSE(files.add(getPath("a"), writeText));
    ASSERT_FALSE(files.add(getPath("b"), writeText));
    // Since then.
    ASSERT_FALSE(llvm::sys::fs::create_directory(getPath("b")));
    EXPECT_EQ(llvm::toString(files.commit()), getPath("b") + ": Is a directory");
  }
  EXPECT_EQ(list(), std::vector<std::string>{"b"});
  OutputFiles files(makeError);
  EXPECT_EQ(llvm::toString(files.add(getPath("b"), writeText)), getPath("b") + ": Is a directory");
}

TEST_F(OutputFilesTest, KeepTheModeOfAFile) {
  for (mode_t mode : {0600, 0755, 0664}) {
    std::ofstream(getPath("a")) << "old";
    ASSERT_EQ(chmod(getPath("a").c_str(), mode), 0);
    OutputFiles files(makeError);
    ASSERT_FALSE(files.add(getPath("a"), writeText));
    EXPECT_EQ(read("a"), "old");
    ASSERT_FALSE(files.commit());
    EXPECT_EQ(read("a"), "text");
    EXPECT_EQ(getStatus("a").st_mode & 07777, mode);
  }
}

TEST_F(OutputFilesTest, GoWhereLinksPoint) {
  ASSERT_FALSE(llvm::sys::fs::create_directory(getPath("folder")));
  std::ofstream(getPath("folder/target")) << "old";
  link("folder/target", "relative");
  link(getPath("relative"), "absolute");
  link("folder/new", "dangling");
  OutputFiles files(makeError);
  ASSERT_FALSE(files.add(getPath("absolute"), writeText));
  ASSERT_FALSE(files.add(getPath("dangling"), writeText));
  ASSERT_FALSE(files.commit());
  EXPECT_EQ(read("folder/target"), "text");
  EXPECT_EQ(read("folder/new"), "text");
  for (const char *name : {"relative", "absolute", "dangling"})
    EXPECT_TRUE(S_ISLNK(getStatus(name).st_mode)) << name;

  link("loop", "loop");
  EXPECT_EQ(llvm::toString(files.add(getPath("loop"), writeText)),
            getPath("loop") + ": Too many levels of symbolic links");
}

TEST_F(OutputFilesTest, AreWrittenToWhatIsNoFile) {
  ASSERT_EQ(mkfifo(getPath("fifo").c_str(), 0600), 0);
  link("fifo", "link");
  std::string got(4, ' ');
  std::thread reader([&] {
    int descriptor = open(getPath("fifo").c_str(), O_RDONLY);
    EXPECT_EQ(::read(descriptor, got.data(), got.size()), 4);
    close(descriptor);
  });
  OutputFiles files(makeError);
  ASSERT_FALSE(files.add(getPath("link"), writeText));
  reader.join();
  ASSERT_FALSE(files.commit());
  EXPECT_EQ(got, "text");
  EXPECT_TRUE(S_ISFIFO(getStatus("fifo").st_mode));
  EXPECT_EQ(list(), (std::vector<std::string>{"fifo", "link"}));
}

/// The full device: what was written is known to be lost. It is a node of its own here, because a
/// tool that replaces it would otherwise take /dev/full away from the machine.
TEST_F(OutputFilesTest, SayThatADeviceIsFull) {
  if (mknod(getPath("full").c_str(), S_IFCHR | 0600, makedev(1, 7)) != 0)
    GTEST_SKIP() << "no permission to make a device";
  if (int descriptor = open(getPath("full").c_str(), O_WRONLY); descriptor < 0)
    GTEST_SKIP() << "devices cannot be opened here";
  else
    close(descriptor);
  OutputFiles files(makeError);
  EXPECT_EQ(llvm::toString(files.add(getPath("full"), writeText)), getPath("full") + ": No space left on device");
  EXPECT_TRUE(S_ISCHR(getStatus("full").st_mode));
}

TEST_F(OutputFilesTest, GoOnInAnOpenFile) {
  int descriptor = open(getPath("a").c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_EQ(write(descriptor, "1 ", 2), 2);
  OutputFiles files(makeError);
  ASSERT_FALSE(files.add("/dev/fd/" + std::to_string(descriptor), writeText));
  ASSERT_FALSE(files.commit());
  ASSERT_EQ(write(descriptor, " 2", 2), 2);
  close(descriptor);
  EXPECT_EQ(read("a"), "1 text 2");
}

TEST_F(OutputFilesTest, AreProtected) {
  if (geteuid() == 0)
    GTEST_SKIP() << "nothing is protected from root";
  std::ofstream(getPath("a")) << "old";
  ASSERT_EQ(chmod(getPath("a").c_str(), 0400), 0);
  OutputFiles files(makeError);
  EXPECT_EQ(llvm::toString(files.add(getPath("a"), writeText)), getPath("a") + ": Permission denied");
}

TEST_F(OutputFilesTest, AreDifferentFiles) {
  std::ofstream(getPath("a")) << "old";
  link("a", "b");
  link("c", "d");
  EXPECT_TRUE(OutputFiles::isSameFile(getPath("a"), getPath("./a")));
  EXPECT_TRUE(OutputFiles::isSameFile(getPath("a"), getPath("b")));
  EXPECT_TRUE(OutputFiles::isSameFile(getPath("c"), getPath("./d")));
  EXPECT_FALSE(OutputFiles::isSameFile(getPath("a"), getPath("c")));
  EXPECT_FALSE(OutputFiles::isSameFile(getPath("c"), getPath("e")));
  EXPECT_FALSE(OutputFiles::isSameFile("/dev/null", "/dev/null"));
  OutputFiles files(makeError);
  ASSERT_FALSE(files.add(getPath("c"), writeText));
  EXPECT_EQ(llvm::toString(files.add(getPath("d"), writeText)),
            getPath("d") + ": expects a file of its own, but " + getPath("c") + " is the same");
}

/// What lies there under the temporary name is somebody else's.
TEST_F(OutputFilesTest, ReplaceNothingMeanwhile) {
  std::string taken = "a." + std::to_string(getpid()) + ".part";
  std::ofstream(getPath(taken)) << "other";
  OutputFiles files(makeError);
  ASSERT_FALSE(files.add(getPath("a"), writeText));
  ASSERT_FALSE(files.commit());
  EXPECT_EQ(read("a"), "text");
  EXPECT_EQ(read(taken), "other");
  // The longest name there is.
  std::string longest(255, 'x');
  ASSERT_FALSE(files.add(getPath(longest), writeText));
  ASSERT_FALSE(files.commit());
  EXPECT_EQ(read(longest), "text");
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
