//===- ActionReader.cpp - Actions from JSON lines -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ActionReader.h"

#include "Diagnostics.h"
#include "JsonFields.h"

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;
using llvm::StringRef;

namespace {

struct ActionName {
  StringRef name;
  ActionKind kind;
  /// How many numbers follow.
  size_t least;
  size_t most;
};

} // namespace

static constexpr ActionName actionNames[] = {
    {"advance", ActionKind::Advance, 2, 2},
    {"record", ActionKind::Record, 1, 2},
    {"checkpoint", ActionKind::Checkpoint, 1, 1},
    {"restore", ActionKind::Restore, 1, 1},
    {"keep", ActionKind::Keep, 1, 1},
    {"reverse", ActionKind::Reverse, 1, 1},
    {"discard_state", ActionKind::DiscardState, 1, 1},
    {"discard_tape", ActionKind::DiscardTape, 1, 1},
    {"offload", ActionKind::Offload, 1, 1},
    {"offload_tape", ActionKind::OffloadTape, 1, 1},
    {"prefetch", ActionKind::Prefetch, 1, 1},
    {"prefetch_tape", ActionKind::PrefetchTape, 1, 1},
    {"await", ActionKind::Await, 1, 1},
    {"await_tape", ActionKind::AwaitTape, 1, 1},
};

static bool readAction(JsonReport &report, JsonValue root, Action &action) {
  if (!root.is(JsonKind::Array))
    return report.failExpected(root, "an array for an action");
  auto it = root.begin();
  auto end = root.end();
  if (!(it != end) || !(*it).is(JsonKind::String))
    return report.fail(root, "expects the name of an action first");
  std::string name = (*it).getString();
  const ActionName *known = llvm::find_if(actionNames, [&](const ActionName &entry) { return entry.name == name; });
  if (known == std::end(actionNames))
    return report.failExpected(*it, "the name of an action");

  int64_t numbers[2] = {0, 0};
  size_t count = 0;
  for (++it; it != end; ++it, ++count) {
    if (count == known->most)
      break;
    if (!readWhole(report, *it, name, 0, numbers[count]))
      return false;
  }
  if (it != end || count < known->least)
    return report.fail(root, "expects " + llvm::Twine(known->least) +
                                 (known->most > known->least ? " or " + std::to_string(known->most) : "") +
                                 (known->most == 1 ? " number" : " numbers") + " behind \"" + name + "\"");
  action = {known->kind, numbers[0], numbers[1]};
  return true;
}

llvm::Error ActionReader::read(StringRef text, Action &action) {
  std::string message;
  unsigned where = 0;
  if (!document.parse(text, message, where, line))
    return makeInputError(file, where, message);
  JsonReport report(file, /*printWarnings=*/false);
  (void)readAction(report, document.getRoot(), action);
  return report.takeError();
}

llvm::Expected<bool> ActionReader::next(Action &action) {
  while (!rest.empty()) {
    StringRef text;
    std::tie(text, rest) = rest.split('\n');
    ++line;
    text = text.trim();
    if (text.empty())
      continue;
    if (llvm::Error error = read(text, action))
      return std::move(error);
    return true;
  }
  return false;
}
