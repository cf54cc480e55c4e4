//===- RematAttrs.td - Attributes of the remat dialect ------ ---*- tablegen -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_REMATATTRS_TD
#define REMAT_DIALECT_REMAT_IR_REMATATTRS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "remat/Dialect/Remat/IR/RematDialect.td"

class Remat_Attr<string name, string attrMnemonic> : AttrDef<Remat_Dialect, name> {
  let mnemonic = attrMnemonic;
}

/// One of the policies of remat/Schedule/Policy.def that plan programs, by its name with
/// `_` for `-`.
def Remat_Policy : AttrParameter<"::remat::schedule::Policy", "how a plan is chosen"> {
  let parser = "parsePolicy($_parser)";
  let printer = "printPolicy($_printer, $_self)";
}

def Remat_PlanAttr : Remat_Attr<"Plan", "plan"> {
  let summary = "the schedule of one chain";
  let description = [{
    What `remat-plan-schedule` decided for a chain and what it promises. `slot_bytes`
    is the exact peak of the slot region, in which states and tapes are kept;
    `budget` is what was available for it. Times are in thousandths of an advance.
    The plan is proved to be the best of its class if `time` equals `lower_bound`.
    `table` is the schedule as the words of a plan table, whose size does not depend
    on the number of steps.
  }];
  let parameters = (ins
    Remat_Policy:$policy,
    "int64_t":$steps,
    "int64_t":$budget,
    "int64_t":$slot_bytes,
    "int64_t":$stack_frames,
    "int64_t":$advances,
    "int64_t":$records,
    "int64_t":$resumes,
    "int64_t":$copies,
    "int64_t":$time,
    "int64_t":$store_all_time,
    "int64_t":$lower_bound,
    "DenseI64ArrayAttr":$table);
  let assemblyFormat = "`<` struct(params) `>`";
  let extraClassDeclaration = [{
    /// All executions of the forward step.
    int64_t getForwardSteps() const { return getAdvances() + getRecords(); }
    bool isCertified() const { return getTime() == getLowerBound(); }
    double getTimeRatio() const { return schedule::getTimeRatio(getTime(), getStoreAllTime()); }
  }];
}

def Remat_MemoryAttr : Remat_Attr<"Memory", "memory"> {
  let summary = "the memory of one entry function";
  let description = [{
    What a call of a public function takes: `peak` bytes of arena and of the block of the
    walk, which is at most `budget`, and `parameters` bytes for copies of parameters in
    another layout, which the budget does not cover. `walk` of the peak are those of the
    block of the walk. `store_all` is the peak with everything kept, `minimum` the
    smallest one there is. `certain` says that every call touches the highest byte of each
    block; without it, that of the arena belongs to a branch that may not be taken. It
    stands on the function as `remat.memory`.
  }];
  let parameters = (ins "int64_t":$budget, "int64_t":$peak, "int64_t":$walk, "int64_t":$store_all,
                        "int64_t":$minimum, "int64_t":$parameters, "bool":$certain);
  let assemblyFormat = "`<` struct(params) `>`";
  let extraClassDeclaration = [{
    /// The bytes of the arena.
    int64_t getArena() const { return getPeak() - getWalk(); }
  }];
}

def Remat_ProblemAttr : Remat_Attr<"Problem", "problem"> {
  let summary = "what the plan of an entry function is made from";
  let description = [{
    Stands, as `remat.problem`, on a public function once it was measured. `words`
    describes its loops and buffers (remat/Schedule/Program.h), policy and budget included.
    If a trip count or an extent is not known when the function is compiled, who calls it
    gives them and the counts to the planner of the runtime. `buffers` says what each live
    buffer of an instance is, for people.
  }];
  let parameters = (ins "DenseI64ArrayAttr":$words, ArrayRefParameter<"StringAttr">:$buffers);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Remat_InfeasibleAttr : Remat_Attr<"Infeasible", "infeasible"> {
  let summary = "a budget that no plan meets";
  let description = [{
    Left by `remat-plan-schedule` on a public function as `remat.infeasible` when it
    fails because the budget is too small, so that a tool can tell that apart from a
    wrong program. `minimum` is the smallest budget that has a plan; `bytes` and
    `buffers` say what is in use when most of it is.
  }];
  let parameters = (ins "int64_t":$budget, "int64_t":$minimum, "DenseI64ArrayAttr":$bytes,
                        ArrayRefParameter<"StringAttr">:$buffers);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Remat_LayoutAttr : Remat_Attr<"Layout", "layout"> {
  let summary = "where the fixed buffers of a chain lie";
  let description = [{
    Byte offsets, of the walk and its stack into the block of the walk, of all else into the
    arena: core states 0 and 1 of the forward sweep, what of the core tape is core state 0 in both sweeps (`carried_tape`), the rest
    of the core tape, the rest of core state 0 and core state 1 in the backward sweep, the
    gradient carries, the workspaces of the kinds of steps, and the slot region. What
    is never in use at once may overlap.
  }];
  let parameters = (ins
    "int64_t":$walk,
    "int64_t":$stack,
    "int64_t":$forward_state0,
    "int64_t":$forward_state1,
    "int64_t":$carried_tape,
    "int64_t":$core_tape,
    "int64_t":$core_state0,
    "int64_t":$core_state1,
    "int64_t":$gradients,
    "int64_t":$forward_workspace,
    "int64_t":$turn_workspace,
    "int64_t":$reverse_workspace,
    "int64_t":$linearize_workspace,
    "int64_t":$again_workspace,
    "int64_t":$slots);
  let assemblyFormat = "`<` struct(params) `>`";
  let extraClassDeclaration = [{
    static LayoutAttr get(MLIRContext *context, llvm::function_ref<int64_t(schedule::LoopPart)> getOffset);
    int64_t getOffset(schedule::LoopPart part);
  }];
}

def Remat_PlaceKind : I32EnumAttr<"PlaceKind", "a kind of memory of a chain", [
    I32EnumAttrCase<"Initial", 0, "initial">,
    I32EnumAttrCase<"Core", 1, "core">,
    I32EnumAttrCase<"CoreTape", 2, "core_tape">,
    I32EnumAttrCase<"Slot", 3, "slot">]> {
  let cppNamespace = "::remat";
  let genSpecializedAttr = 0;
}

def Remat_PlaceAttr : Remat_Attr<"Place", "place"> {
  let summary = "where a state or a tape lies";
  let description = [{
    One of the places that the moves of a schedule read and write:

    * `<initial>`: the initial carries, where the program has them
    * `<core 0>`, `<core 1>`: the two states of the work core; a step reads one and writes the other
    * `<core_tape>`: the tape of the step that is reversed next; carries that are part of it lie in `<core 0>`
    * `<slot N>`: byte N of the slot region, where states and tapes are kept; a multiple of 64
  }];
  let parameters = (ins EnumParameter<Remat_PlaceKind>:$kind, OptionalParameter<"std::optional<int64_t>">:$number);
  let assemblyFormat = "`<` $kind ($number^)? `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    bool isInitial() { return getKind() == PlaceKind::Initial; }
    bool isCore() { return getKind() == PlaceKind::Core; }
    bool isCoreTape() { return getKind() == PlaceKind::CoreTape; }
    bool isSlot() { return getKind() == PlaceKind::Slot; }
    /// The first byte of a slot, or which core state it is.
    int64_t getPosition() { return getNumber().value_or(0); }
    static PlaceAttr getCore(MLIRContext *context, int64_t number) { return get(context, PlaceKind::Core, number); }
    static PlaceAttr getSlot(MLIRContext *context, int64_t offset) { return get(context, PlaceKind::Slot, offset); }
  }];
}

#endif // REMAT_DIALECT_REMAT_IR_REMATATTRS_TD
