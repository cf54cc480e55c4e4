//===- Process.h - Tests in processes of their own --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The stand-in reads its environment once per process, when it is loaded.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_STANDIN_PROCESS_H
#define REMAT_TEST_UNIT_STANDIN_PROCESS_H

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace remat::standin::test {

/// Runs `body` in a process with these variables ("NAME=value"); what it expects is expected here.
inline void inProcess(const std::vector<std::string> &environment, const std::function<void()> &body) {
  std::fflush(nullptr);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    for (const std::string &variable : environment)
      putenv(const_cast<char *>(variable.c_str()));
    // What failed before is no failure of this process.
    const testing::TestResult &result = *testing::UnitTest::GetInstance()->current_test_info()->result();
    int before = result.total_part_count();
    body();
    std::exit(result.total_part_count() == before ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

inline std::string readFile(const std::string &path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A file of this name that no other process uses.
inline std::string temporaryPath(const std::string &name) {
  return testing::TempDir() + name + "-" + std::to_string(getpid());
}

} // namespace remat::standin::test

#endif // REMAT_TEST_UNIT_STANDIN_PROCESS_H
