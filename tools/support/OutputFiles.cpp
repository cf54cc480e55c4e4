//===- OutputFiles.cpp - Files that appear whole or not at all ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OutputFiles.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#endif

using namespace remat;
using llvm::StringRef;

namespace {
/// While it lives, no signal comes in between.
class SignalBlock {
public:
  SignalBlock() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &former);
  }
  ~SignalBlock() { pthread_sigmask(SIG_SETMASK, &former, nullptr); }

private:
  sigset_t former;
};

/// Where the output of a path goes.
struct Place {
  enum class Kind {
    /// Nothing is there, but a file can be.
    Free,
    Regular,
    Directory,
    /// A way out that is written to: a device, a FIFO, an open file.
    Direct
  };
  Kind kind = Kind::Free;
  /// The path behind all links.
  std::string target;
  /// What is there, unless the place is free.
  struct stat status = {};
};
} // namespace

static std::error_code lastError() { return {errno, std::generic_category()}; }

/// Whether a link is one of those in /proc, which name open files and are not read
/// as paths.
static bool isOpenFile(const std::string &link) {
#ifdef __linux__
  StringRef folder = llvm::sys::path::parent_path(link);
  struct statfs system;
  return statfs(folder.empty() ? "." : folder.str().c_str(), &system) == 0 &&
         static_cast<unsigned long>(system.f_type) == PROC_SUPER_MAGIC;
#else
  return StringRef(link).starts_with("/dev/fd/");
#endif
}

static std::error_code readLink(const std::string &link, std::string &content) {
  std::string buffer(4096, '\0');
  ssize_t length = readlink(link.c_str(), buffer.data(), buffer.size());
  if (length < 0)
    return lastError();
  buffer.resize(static_cast<size_t>(length));
  content = std::move(buffer);
  return {};
}

/// Follows the links of \p path, also to where nothing is yet.
static std::error_code findPlace(StringRef path, Place &place) {
  place.target = path.str();
  // The system gives up after so many, too.
  for (unsigned links = 0; links <= 40; ++links) {
    if (lstat(place.target.c_str(), &place.status) != 0) {
      place.kind = Place::Kind::Free;
      return errno == ENOENT ? std::error_code() : lastError();
    }
    if (!S_ISLNK(place.status.st_mode)) {
      place.kind = S_ISREG(place.status.st_mode)   ? Place::Kind::Regular
                   : S_ISDIR(place.status.st_mode) ? Place::Kind::Directory
                                                   : Place::Kind::Direct;
      return {};
    }
    if (isOpenFile(place.target)) {
      place.kind = Place::Kind::Direct;
      return {};
    }
    std::string content;
    if (std::error_code problem = readLink(place.target, content))
      return problem;
    if (llvm::sys::path::is_absolute(content)) {
      place.target = content;
      continue;
    }
    llvm::SmallString<256> next(llvm::sys::path::parent_path(place.target));
    llvm::sys::path::append(next, content);
    place.target = next.str().str();
  }
  return std::make_error_code(std::errc::too_many_symbolic_link_levels);
}

bool OutputFiles::isSameFile(StringRef one, StringRef other) {
  Place a, b;
  if (findPlace(one, a) || findPlace(other, b) || a.kind != b.kind)
    return false;
  if (a.kind == Place::Kind::Regular)
    return a.status.st_dev == b.status.st_dev && a.status.st_ino == b.status.st_ino;
  if (a.kind != Place::Kind::Free || llvm::sys::path::filename(a.target) != llvm::sys::path::filename(b.target))
    return false;
  auto folderOf = [](const Place &place) {
    StringRef folder = llvm::sys::path::parent_path(place.target);
    return folder.empty() ? std::string(".") : folder.str();
  };
  return llvm::sys::fs::equivalent(folderOf(a), folderOf(b));
}

OutputFiles::~OutputFiles() {
  for (File &file : files) {
    llvm::sys::fs::remove(file.temporary);
    llvm::sys::DontRemoveFileOnSignal(file.temporary);
  }
}

/// A file beside \p target under a name that nothing has, which a signal removes.
static std::error_code createTemporary(StringRef target, std::string &temporary, int &descriptor) {
  // Names have 255 bytes at most.
  constexpr size_t longest = 200;
  for (unsigned attempt = 0;; ++attempt) {
    llvm::SmallString<256> path(llvm::sys::path::parent_path(target));
    std::string number = attempt == 0 ? "" : "." + std::to_string(attempt);
    llvm::sys::path::append(path, llvm::sys::path::filename(target).take_front(longest) + "." +
                                      llvm::Twine(llvm::sys::Process::getProcessId()) + number + ".part");
    // It exists only together with the promise to remove it.
    SignalBlock block;
    std::error_code problem = llvm::sys::fs::openFileForWrite(path, descriptor, llvm::sys::fs::CD_CreateNew);
    if (problem == std::errc::file_exists)
      continue;
    if (problem)
      return problem;
    temporary = path.str().str();
    llvm::sys::RemoveFileOnSignal(temporary);
    return {};
  }
}

/// Fills a stream and closes it.
static std::error_code fill(llvm::raw_fd_ostream &stream, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  write(stream);
  stream.close();
  std::error_code problem = stream.error();
  stream.clear_error();
  return problem;
}

/// Opens a way out. A number of /proc/self/fd goes on where that file is, as the other
/// outputs of the process do.
static std::error_code openDirect(const std::string &target, int &descriptor) {
  StringRef folder = llvm::sys::path::parent_path(target);
  int number = -1;
  bool isOwn = !llvm::sys::path::filename(target).getAsInteger(10, number) && isOpenFile(target) &&
               llvm::sys::fs::equivalent(folder, "/proc/self/fd");
  descriptor = isOwn ? dup(number) : open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  return descriptor < 0 ? lastError() : std::error_code();
}

llvm::Error OutputFiles::add(StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  auto fail = [&](std::error_code problem) { return makeError(path + ": " + problem.message()); };
  Place place;
  if (std::error_code problem = findPlace(path, place))
    return fail(problem);
  if (place.kind == Place::Kind::Directory)
    return fail(std::make_error_code(std::errc::is_a_directory));
  if (place.kind == Place::Kind::Direct) {
    int descriptor = -1;
    if (std::error_code problem = openDirect(place.target, descriptor))
      return fail(problem);
    llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
    if (std::error_code problem = fill(stream, write))
      return fail(problem);
    return llvm::Error::success();
  }
  for (const File &file : files)
    if (isSameFile(file.target, place.target))
      return makeError(path + ": expects a file of its own, but " + file.path + " is the same");
  // Renaming asks the folder only; the file may be protected itself.
  if (place.kind == Place::Kind::Regular && access(place.target.c_str(), W_OK) != 0)
    return fail(lastError());

  std::string temporary;
  int descriptor = -1;
  if (std::error_code problem = createTemporary(place.target, temporary, descriptor))
    return fail(problem);
  files.push_back({temporary, place.target, path.str()});
  if (place.kind == Place::Kind::Regular) {
    // The owner as far as it is allowed; the mode is that of the user's own file now.
    (void)!fchown(descriptor, place.status.st_uid, place.status.st_gid);
    if (fchmod(descriptor, place.status.st_mode & 0777) != 0) {
      std::error_code problem = lastError();
      close(descriptor);
      return fail(problem);
    }
  }
  llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
  if (std::error_code problem = fill(stream, write))
    return fail(problem);
  return llvm::Error::success();
}

llvm::Error OutputFiles::commit() {
  // The likely reason for a rename to fail, found before the first one.
  for (File &file : files)
    if (llvm::sys::fs::is_directory(file.target))
      return makeError(file.path + ": " + std::make_error_code(std::errc::is_a_directory).message());
  SignalBlock block;
  for (auto [number, file] : llvm::enumerate(files)) {
    std::error_code problem = llvm::sys::fs::rename(file.temporary, file.target);
    if (!problem)
      continue;
    for (File &renamed : llvm::MutableArrayRef(files).take_front(number))
      llvm::sys::fs::remove(renamed.target);
    return makeError(file.path + ": " + problem.message());
  }
  for (File &file : files)
    llvm::sys::DontRemoveFileOnSignal(file.temporary);
  files.clear();
  return llvm::Error::success();
}
