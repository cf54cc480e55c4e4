//===- TableFormat.h - memory layout of a plan table ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plan for T steps is a DAG of nodes whose size does not grow with T. It is
// stored as an array of int64 words, so that the same bits can sit in an IR
// attribute, in a constant of an object file, and in front of the walker of the
// runtime. This header is all the two sides share: no type in it needs a
// library.
//
//   words[0..5]   TableHeader
//   words[6..]    one Node after the other, children before parents, root last
//
// An example, seven steps with tapes as large as three states, restartable, in a
// budget of six states (WalkerTest, Example): two tapes fit, h_0 is the caller's.
//
//   tableMagic, 7, Start::External, 1, 1, 5   header
//   0: Empty
//   1: Leaf
//   2: KeepTape 0 x 2, left 0, right 1        record and keep two, then one; all back
//   3: KeepTape 1 x 1, left 1, right 1        run one, record and keep, one; all back
//   4: KeepTape 3 x 1, left 2, right 3        the root: run three, record and keep the
//                                             fourth, node 3 on steps 5 to 7, reverse the
//                                             fourth, node 2 on the first three
//
// It runs 11 forward steps: steps 1 to 3 and step 5 twice. Walker.h has its moves.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_TABLEFORMAT_H
#define REMAT_ABI_TABLEFORMAT_H

#include "remat/ABI/Start.h"

#include <stdint.h>

namespace remat::schedule {

/// What a node tells the walker to do with its segment: `n` consecutive steps
/// and a start state that can be read. `left` and `right` are earlier nodes.
enum class NodeKind : int64_t {
  /// No step.
  Empty = 0,
  /// One step: record it into the core tape, reverse it.
  Leaf = 1,
  /// `count` times: run `stride` steps and keep the state. Then `right` on what
  /// is left. Then, from the last kept state to the first: drop it and do
  /// `left` on the `stride` steps in front of it.
  ///
  /// With stride 0 (count 1, left empty; only as the right child of KeepTape or
  /// TakeOver of a table whose tapes are not restartable) the record in front
  /// of it writes its state into the slot instead of a core state.
  KeepState = 2,
  /// `count` times: run `stride` steps, then record one step and keep its tape.
  /// Then `right` on what is left. Then, from the last kept tape to the first:
  /// reverse its step, drop it, and do `left` on the `stride` steps in front.
  KeepTape = 3,
  /// `count` times: run to the end of the segment, record and reverse its last
  /// step; the segment shrinks by one. Then `left` on what remains.
  RunToEnd = 4,
  /// The start state owns the topmost slot: record the first step, give the
  /// slot to its tape, do `right` on the rest, reverse the first step, drop the
  /// tape.
  TakeOver = 5
};

/// Which parts a node has.
inline bool hasLeft(NodeKind kind) {
  return kind == NodeKind::KeepState || kind == NodeKind::KeepTape || kind == NodeKind::RunToEnd;
}
inline bool hasRight(NodeKind kind) {
  return kind == NodeKind::KeepState || kind == NodeKind::KeepTape || kind == NodeKind::TakeOver;
}
/// Whether the node records tapes.
inline bool hasMode(NodeKind kind) {
  return kind == NodeKind::Leaf || kind == NodeKind::KeepTape || kind == NodeKind::RunToEnd ||
         kind == NodeKind::TakeOver;
}

/// One row of the table, six words.
struct Node {
  NodeKind kind;
  int64_t stride;
  int64_t count;
  int64_t left;
  int64_t right;
  /// In which the node records its tapes, from 0; 0 if it records none.
  int64_t mode = 0;
};

/// The first six words of a table.
struct TableHeader {
  /// `tableMagic`; tells a table from other arrays and versions the format.
  int64_t magic;
  int64_t steps;
  Start start;
  /// 1 if the state after a step can be had from the step's tape, else 0.
  int64_t restartable;
  /// Modes that a step can be recorded and reversed in, from 1 on.
  int64_t modes;
  int64_t nodes;
};

/// The largest number of steps of a chain.
inline constexpr int64_t maxChainSteps = int64_t(1) << 31;

/// "RMTPLAN" and the format version 2.
inline constexpr int64_t tableMagic = 0x524d54504c414e02;
inline constexpr int64_t headerWords = 6;
inline constexpr int64_t nodeWords = 6;

static_assert(sizeof(Node) == nodeWords * sizeof(int64_t), "packed words");
static_assert(sizeof(TableHeader) == headerWords * sizeof(int64_t), "packed words");

/// Reads the header of a table of at least headerWords words.
inline TableHeader headerOf(const int64_t *words) {
  TableHeader header;
  __builtin_memcpy(&header, words, sizeof(header));
  return header;
}

/// Reads node `index`, which must exist.
inline Node nodeOf(const int64_t *words, int64_t index) {
  Node node;
  __builtin_memcpy(&node, words + headerWords + index * nodeWords, sizeof(node));
  return node;
}

} // namespace remat::schedule

#endif // REMAT_ABI_TABLEFORMAT_H
