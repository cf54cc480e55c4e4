//===- Program.h - Everything that a program keeps --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a planner has to know of a program with any number of loops: the buffers,
// when each is in use, and the loops with the sizes of their states and tapes. All
// that depends on a trip count or on another extent that the caller chooses refers
// to it by number, so the description is complete before any of them is known. The
// compiler fills it in; who knows the counts, the compiler or the runtime, makes an
// instance of it and plans that.
//
// Times are positions in the program's sequence of operations. A backward sweep is
// one of them, but not everything of a loop is in use at once: a reverse step reads
// its tape and no state, a step that runs for its tape writes no state, and one that
// runs for its state needs no core tape. So the parts of a backward sweep live in some
// of its three kinds of moves, which stand in for points in time: see SweepPhase. In a
// forward sweep the last step alone may write the core tape. It reads core state 0 and
// writes the final carries, so core state 1 is in use in the steps before it alone, unless
// there is a final carry that nobody reads, which it writes there.
//
// Carries that are components of the tape need no second place in the core: core
// state 0 has them where the core tape has them, in both sweeps (CarriedTape).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_PROGRAM_H
#define REMAT_SCHEDULE_PROGRAM_H

#include "remat/ABI/PlanWords.h"
#include "remat/Schedule/Arena.h"
#include "remat/Schedule/Chain.h"
#include "remat/Schedule/Policy.h"
#include "remat/Support/Budget.h"

#include <string>
#include <vector>

namespace remat::schedule {

/// The kinds of moves of a backward sweep: a reverse step, a step that runs again for
/// its tape in the core, which is reversed next, and whatever makes a state or a tape
/// in a slot. Their order is chosen so that each part is in use in consecutive ones:
/// the core tape in the first two, core state 0 in the last two, core state 1 in the
/// last one, the workspaces in one each. A schedule must not expect a core state to
/// outlive a reverse or linearized step, nor a core tape to outlive a step that runs again: (S10).
enum class SweepPhase { Reverse, Linearize, Again };
inline constexpr int64_t numSweepPhases = 3;

/// Steps of a loop that are one set of step functions. Sizes are multiples of the
/// alignment, times are in thousandths of an advance.
struct LoopStage {
  /// The number of the count that says how many steps there are.
  int64_t count = 0;
  int64_t stateBytes = 0;
  int64_t tapeBytes = 0;
  /// Of the carries that are components of the tape.
  int64_t carriedBytes = 0;
  /// Of one step: in the forward sweep, of the one there that leaves its tape in the
  /// core and, in the backward sweep, of a reverse step, of a step that runs for its
  /// tape in the core, and of any other.
  int64_t forwardWorkspaceBytes = 0;
  int64_t turnWorkspaceBytes = 0;
  int64_t reverseWorkspaceBytes = 0;
  int64_t linearizeWorkspaceBytes = 0;
  int64_t againWorkspaceBytes = 0;
  int64_t advanceTime = 1;
  int64_t recordTime = 1;
  int64_t reverseTime = 1;
  bool isRestartable = false;
};

/// One loop: a chain, its initial state, and when its sweeps run. Sizes are multiples of
/// the alignment.
struct ProgramLoop {
  /// The chain, in the order in which its steps run. A loop repeats one step, so it has
  /// exactly one stage so far.
  std::vector<LoopStage> stages = {LoopStage()};
  /// Of the gradient carries that move from buffer to buffer: one lies here, the other
  /// one is the gradient of the initial carry.
  int64_t gradientBytes = 0;
  bool isDifferentiated = false;
  /// Of the initial carries that lie in the slot region, which may reuse their
  /// memory; 0: all of them are external.
  int64_t initialBytes = 0;
  /// Where the last initial carry that is a number ends in a state, or 0 if none is: a
  /// step that starts from state 0 finds these in the core state that it does not write.
  int64_t splatBytes = 0;
  /// When the sweeps run; `backward` only if differentiated.
  int64_t forward = 0;
  int64_t backward = 0;
  /// When the initial carries in the slot region are first written; else `forward`.
  int64_t filled = 0;

  /// The problem of planning it in `budget` bytes of slots, if its stages have so many
  /// steps.
  Chain getChain(const std::vector<int64_t> &steps, int64_t budget) const;
};

/// A buffer that may have its place inside a part of a loop.
enum class BufferHome {
  /// Always on its own.
  Own,
  /// In the slot region, unless there are no steps.
  Slots,
  /// A final carry that nobody reads, in ForwardState1: on its own if there are fewer than
  /// three steps, so that what is planned is touched.
  ForwardCore
};

struct ProgramBuffer {
  /// Bytes in total or, if `count` is not negative, per unit of that count. The
  /// product is rounded up to the alignment.
  int64_t bytes = 0;
  int64_t count = -1;
  int64_t first = 0;
  int64_t last = 0;
  BufferHome home = BufferHome::Own;
  /// The loop, and the offset in its part, unless the home is Own.
  int64_t loop = -1;
  int64_t offsetInHome = 0;
  /// Whether every run writes it: one in a branch is used only if that is taken.
  bool isCertain = true;
  /// Whether `last` is a backward sweep that reads it in its first reverse step alone.
  bool endsInFirstReverse = false;
};

struct ProgramProblem {
  Policy policy = Policy::Optimal;
  Budget budget;
  int64_t numCounts = 0;
  /// Copies of parameters, which have a block of their own.
  int64_t parameterBytes = 0;
  std::vector<ProgramLoop> loops;
  std::vector<ProgramBuffer> buffers;

  /// Checks sizes, references and times.
  Verdict validate() const;

  /// The problem as words: magic, number of words, then every field in the order of
  /// declaration. read() takes any words and returns what validates, or says why not.
  std::vector<int64_t> write() const;
  static Verdict read(const int64_t *words, int64_t numWords, ProgramProblem &problem);
};

/// "RMTPROG" and the format version 6.
inline constexpr int64_t programMagic = 0x524d5450524f4706;

/// What a plan needs for one loop: of the arena, and of the block of the walk.
struct LoopNeeds {
  int64_t slotBytes = 0;
  /// 0: nobody walks the plan, as its schedule is spelled out.
  int64_t stackFrames = 0;
};

/// Bytes of a stack of so many frames (remat/ABI/Walk.h).
std::optional<int64_t> getStackBytes(int64_t stackFrames);

/// A problem whose counts are known. Keeps a reference to the problem.
class ProgramInstance {
public:
  /// Checks the counts and all sizes; on failure `verdict` says what is wrong.
  static std::optional<ProgramInstance> create(const ProgramProblem &problem, std::vector<int64_t> counts,
                                               Verdict &verdict);

  const ProgramProblem &getProblem() const { return *problem; }
  size_t getNumLoops() const { return problem->loops.size(); }
  const ProgramLoop &getLoop(size_t loop) const { return problem->loops[loop]; }
  int64_t getSteps(size_t loop) const;
  /// Whether the loop has a schedule: it has steps and is differentiated.
  bool isPlanned(size_t loop) const { return getLoop(loop).isDifferentiated && getSteps(loop) > 0; }
  Chain getChain(size_t loop, int64_t budget) const;
  /// The same for the planners of equal steps; its steps are equal as long as it has one
  /// stage.
  EqualChain getEqualSteps(size_t loop, int64_t budget) const;
  /// Time of running every step of the loop forward and backward once.
  int64_t getStoreAllTime(size_t loop) const;

  /// Gives every buffer its place; returns the bytes of the arena and of the block of the
  /// walk together, which is what a budget bounds, or nothing on overflow. One entry of
  /// `needs` per loop.
  std::optional<int64_t> layOut(const std::vector<LoopNeeds> &needs);

  /// After layOut: the bytes of the block of the walk alone.
  int64_t getWalkBytes() const { return walkBytes; }

  /// The parts and buffers, with offsets after layOut: of the walk and its stack in the
  /// block of the walk, of all else in the arena. What is not there, or lies in another
  /// buffer, has no bytes.
  const LiveBuffer &getPart(size_t loop, LoopPart part) const {
    return live[loop * numLoopParts + static_cast<size_t>(part)];
  }
  const LiveBuffer &getBuffer(size_t buffer) const { return live[getNumLoops() * numLoopParts + buffer]; }

  /// All of them: per loop one for each part, then the buffers.
  const std::vector<LiveBuffer> &getLiveBuffers() const { return live; }

  /// The positions in getLiveBuffers of what is in use when most bytes are, largest
  /// first; O(n^2).
  std::vector<size_t> getLiveAtPeak() const;

  /// After layOut: whether every run surely touches the highest bytes of both blocks.
  bool isPeakCertain() const { return peakIsCertain; }

  /// Where a buffer is, wherever its home is.
  int64_t getBufferOffset(size_t buffer) const;

private:
  ProgramInstance(const ProgramProblem &problem, std::vector<int64_t> counts)
      : problem(&problem), counts(std::move(counts)) {}

  bool isAtHome(const ProgramBuffer &buffer) const;
  /// Whether the loop has final carries that nobody reads.
  bool hasUnusedFinals(size_t loop) const;
  void addParts(size_t loop);
  Verdict addBuffers();

  const ProgramProblem *problem;
  std::vector<int64_t> counts;
  std::vector<LiveBuffer> live;
  int64_t walkBytes = 0;
  bool peakIsCertain = true;
};

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_PROGRAM_H
