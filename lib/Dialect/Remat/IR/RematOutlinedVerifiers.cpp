//===- RematOutlinedVerifiers.cpp - Constraints of chains --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A chain and its sweeps must agree with the step functions on every type, in
// tensor form and, after remat-finalize-steps, in memref form. In between,
// while one-shot-bufferize has the functions in its own form, only names are
// checked.
//
//===----------------------------------------------------------------------===//

#include "SchedulePlayer.h"

#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Dialect/Remat/IR/StepSignature.h"
#include "remat/Schedule/PlanTable.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace remat;

//===----------------------------------------------------------------------===//
// chain
//===----------------------------------------------------------------------===//

/// (C3) for one list of types.
static LogicalResult verifyTypes(ChainOp op, ArrayAttr types, StringRef what, bool mustBeFloat) {
  for (Type type : types.getAsValueRange<TypeAttr>()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape() || !tensor.getElementType().isIntOrFloat())
      return op.emitOpError("expects a ") << what
                                          << " type to be a tensor of static shape with float or integer "
                                             "elements, but got "
                                          << type;
    if (mustBeFloat && !isa<FloatType>(tensor.getElementType()))
      return op.emitOpError("expects a ") << what << " type to be a float tensor, but got " << type;
  }
  return success();
}

/// (C7) of a chain and (C4) of both sweeps.
static LogicalResult verifyIndices(Operation *op, ArrayRef<int64_t> indices, size_t size, StringRef name) {
  int64_t previous = -1;
  for (int64_t index : indices) {
    if (index <= previous || index >= int64_t(size))
      return op->emitOpError("expects '") << name << "' to be increasing and below " << size << ", but got " << index;
    previous = index;
  }
  return success();
}

/// (C3) for `tape_carries`.
static LogicalResult verifyTapeCarries(ChainOp op) {
  ArrayRef<int64_t> carries = op.getTapeCarries();
  if (carries.empty())
    return success();
  if (carries.size() != op.getTapeTypes().size())
    return op.emitOpError("expects one of 'tape_carries' per tape type, but got ") << carries.size();
  llvm::SmallDenseSet<int64_t> known;
  for (auto [component, carry] : llvm::enumerate(carries)) {
    if (carry == -1)
      continue;
    if (carry < 0 || carry >= int64_t(op.getCarryTypes().size()) || !known.insert(carry).second)
      return op.emitOpError("expects 'tape_carries' to be -1 or different carries, but got ") << carry;
    Type expected = cast<TypeAttr>(op.getCarryTypes()[carry]).getValue();
    Type type = cast<TypeAttr>(op.getTapeTypes()[component]).getValue();
    if (type != expected)
      return op.emitOpError("expects tape component ")
             << component << ", which is carry " << carry << ", to have the type " << expected << ", but got " << type;
  }
  return success();
}

/// (C5): the plan says about its table what the table says.
static LogicalResult verifyPlan(ChainOp op) {
  PlanAttr plan = op.getPlanAttr();
  // chain_c6
  if (op.getLoopNumber() && (int64_t(*op.getLoopNumber()) < 0 || plan || op.getLayoutAttr()))
    return op.emitOpError("expects 'loop' to be a loop of the plan, and no other plan or layout");
  if (!plan)
    return success();
  if (!op.isDifferentiated() || !op.isFinalized())
    return op.emitOpError("expects 'reverse' and 'workspace' with a plan");
  ArrayRef<int64_t> words = plan.getTable().asArrayRef();
  schedule::PlanTable table(std::vector<int64_t>(words.begin(), words.end()));
  if (std::optional<std::string> problem = table.validate())
    return op.emitOpError("expects a plan table that can be walked: ") << *problem;
  if (table.getSteps() != plan.getSteps() || (table.isRestartable() && !op.getResumeAttr()))
    return op.emitOpError("expects a plan table for ")
           << plan.getSteps() << " steps that is restartable only if there is a 'resume'";
  if (table.getNumModes() != 1)
    return op.emitOpError("expects a plan table of one mode, but got ") << table.getNumModes();
  std::optional<schedule::MoveCounts> counts = table.countMoves();
  if (!counts || counts->advances != plan.getAdvances() || counts->records != plan.getRecords() ||
      counts->resumes != plan.getResumes() || counts->copies != plan.getCopies() ||
      table.stackDepth() > plan.getStackFrames())
    return op.emitOpError("expects the counts of the plan to be those of its table, and enough stack frames");
  return success();
}

ArrayAttr ChainOp::getMovedGradientTypes() {
  SmallVector<Attribute> moved;
  for (auto [number, type] : llvm::enumerate(getGradientTypes()))
    if (!isGradientInPlace(number))
      moved.push_back(type);
  return ArrayAttr::get(getContext(), moved);
}

LogicalResult ChainOp::verify() {
  // chain_c2
  if (bool(getRecordAttr()) != bool(getReverseAttr()) || bool(getLinearizeAttr()) != bool(getReverseAttr()))
    return emitOpError("expects 'record', 'linearize' and 'reverse' together");
  if (!isDifferentiated() && (getAdvanceAgainAttr() || getRecordAgainAttr() || getResumeAttr()))
    return emitOpError("expects 'advance_again', 'record_again' and 'resume' only with 'reverse'");
  // chain_c3
  if (!isDifferentiated() && (!getTapeTypes().empty() || !getGradientTypes().empty()))
    return emitOpError("expects tape and gradient types only with 'reverse'");
  if (failed(verifyTypes(*this, getCarryTypes(), "carry",
                         /*mustBeFloat=*/false)) ||
      failed(verifyTypes(*this, getTapeTypes(), "tape", /*mustBeFloat=*/false)) ||
      failed(verifyTypes(*this, getGradientTypes(), "gradient",
                         /*mustBeFloat=*/true)) ||
      failed(verifyTapeCarries(*this)))
    return failure();
  // chain_c7
  if (failed(verifyIndices(*this, getGradientsInPlace(), getGradientTypes().size(), "gradients_in_place")))
    return failure();
  // chain_c4
  if (isFinalized() && getWorkspaceBytes()->size() != numStepRoles)
    return emitOpError("expects seven entries in 'workspace', but got ") << getWorkspaceBytes()->size();
  for (int64_t bytes : getWorkspaceBytes().value_or(ArrayRef<int64_t>()))
    if (bytes < 0)
      return emitOpError("expects bytes in 'workspace' that are not negative, but got ") << bytes;
  // chain_c5
  return verifyPlan(*this);
}

LogicalResult ChainOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // chain_c1
  for (size_t number = 0; number < numStepRoles; ++number) {
    FlatSymbolRefAttr name = getStepFunction(*this, StepRole(number));
    if (!name)
      continue;
    auto function = symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, name);
    if (!function || function.isExternal() || !function.isPrivate())
      return emitOpError("expects ") << name << " to be a private function with a body";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Sweeps
//===----------------------------------------------------------------------===//

/// \p types, which a chain has, in the form that it is in.
static SmallVector<Type> getFormed(ChainOp chain, ArrayAttr types) {
  SmallVector<Type> formed = llvm::to_vector_of<Type>(types.getAsValueRange<TypeAttr>());
  if (chain.isFinalized())
    llvm::transform(formed, formed.begin(), getBufferType);
  return formed;
}

/// The types of the values of each kind that the functions of \p chain take from \p sweep.
static ByStepValue<Type> getTypes(ChainOp chain, Operation *sweep) {
  MLIRContext *context = chain.getContext();
  ByStepValue<Type> types;
  for (size_t number = 0; number < numStepValues; ++number) {
    auto kind = StepValue(number);
    if (ArrayAttr ofChain = getChainTypes(chain, kind))
      types[kind] = getFormed(chain, ofChain);
    else
      llvm::append_range(types[kind], getSweepOperands(sweep, kind).getTypes());
  }
  for (StepValue kind : {StepValue::Step, StepValue::Position})
    types[kind].push_back(IndexType::get(context));
  types[StepValue::Counters].push_back(getCountersType(context));
  // What is updated in place on memrefs is a result on tensors.
  if (!chain.isFinalized())
    types[StepValue::PreviousGradient] = types[StepValue::Gradient];
  return types;
}

/// Checks that a step function has the type that the sweep's operands imply.
static LogicalResult verifySignature(Operation *op, ChainOp chain, StepRole role, ByStepValue<Type> types,
                                     SymbolTableCollection &symbols) {
  FlatSymbolRefAttr name = getStepFunction(chain, role);
  if (!name)
    return success();
  auto function = symbols.lookupNearestSymbolFrom<func::FuncOp>(chain, name);
  if (!function)
    return success(); // Reported at the chain.
  StepSignature signature(role);
  FunctionType expected;
  if (chain.isFinalized()) {
    int64_t bytes = chain.getWorkspaceBytesOf(static_cast<unsigned>(role));
    types[StepValue::Workspace].push_back(getWorkspaceType(op->getContext(), bytes));
    expected = FunctionType::get(op->getContext(), types.join(signature.getMemrefArguments()), {});
  } else {
    expected =
        FunctionType::get(op->getContext(), types.join(signature.getArguments()), types.join(signature.getResults()));
  }
  if (function.getFunctionType() == expected)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError("expects the '")
                                  << stringifyStepRole(role) << "' function to have the type " << expected
                                  << ", but got " << function.getFunctionType();
  diagnostic.attachNote(function.getLoc()) << name << " is here";
  return diagnostic;
}

static ChainOp lookupChain(Operation *op, FlatSymbolRefAttr name, SymbolTableCollection &symbols) {
  auto chain = symbols.lookupNearestSymbolFrom<ChainOp>(op, name);
  if (!chain)
    op->emitOpError("expects ") << name << " to be a 'remat.chain'";
  return chain;
}

/// (C2) of both sweeps. Outputs are one per destination on tensors.
static LogicalResult verifyForm(Operation *op, ValueRange destinations, TypeRange outputs) {
  bool tensors = llvm::any_of(op->getOperandTypes(), llvm::IsaPred<RankedTensorType>);
  bool memrefs = llvm::any_of(op->getOperandTypes(), llvm::IsaPred<MemRefType>);
  if (tensors && memrefs)
    return op->emitOpError("expects tensors or memrefs, but got both");
  for (Type type : destinations.getTypes())
    if (!isa<RankedTensorType, MemRefType>(type))
      return op->emitOpError("expects destinations to be tensors or memrefs, but got ") << type;
  if (memrefs && !outputs.empty())
    return op->emitOpError("expects no outputs on memrefs, but got ") << outputs.size();
  if (!memrefs && outputs != destinations.getTypes())
    return op->emitOpError("expects outputs (") << destinations.getTypes() << "), but got (" << outputs << ")";
  return success();
}

/// Whether a sweep and its chain are neither on tensors any more nor on memrefs yet.
static bool isBetweenForms(Operation *op, ChainOp chain) {
  if (chain.isFinalized())
    return false;
  auto isMemref = [&](FlatSymbolRefAttr name) {
    auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(chain, name);
    return function && llvm::any_of(function.getArgumentTypes(), llvm::IsaPred<MemRefType>);
  };
  return isMemref(chain.getAdvanceAttr()) || llvm::any_of(op->getOperandTypes(), llvm::IsaPred<MemRefType>);
}

LogicalResult ForwardSweepOp::verify() {
  // forward_sweep_c2
  SmallVector<Value> destinations(getStacked());
  llvm::append_range(destinations, getFinals());
  // forward_sweep_c5
  if (!getSchedule().empty() && (!getHistory() || getHistory().use_empty()))
    return emitOpError("expects a schedule only with a history that a backward sweep takes");
  // forward_sweep_c4
  for (int64_t number : getKeptInits())
    if (number >= 0 && number < int64_t(getInits().size()) && !isa<ShapedType>(getInits()[number].getType()))
      return emitOpError("expects 'kept_inits' to be arrays, but initial carry #")
             << number << " is a number of type " << getInits()[number].getType();
  return success(succeeded(verifyForm(*this, destinations, getOutputs().getTypes())) &&
                 succeeded(verifyIndices(*this, getPackedCaptures(), getCaptures().size(), "packed_captures")) &&
                 succeeded(verifyIndices(*this, getUnusedFinals(), getFinals().size(), "unused_finals")) &&
                 succeeded(verifyIndices(*this, getKeptInits(), getInits().size(), "kept_inits")));
}

/// The types of \p inits, with that of the carry for one that is a number.
static SmallVector<Type> getInitialTypes(OperandRange inits, ArrayRef<Type> carryTypes) {
  SmallVector<Type> types(inits.getTypes());
  for (auto [type, carry] : llvm::zip(types, carryTypes))
    if (type == getElementTypeOrSelf(carry))
      type = carry;
  return types;
}

LogicalResult ForwardSweepOp::verifySymbolUses(SymbolTableCollection &symbols) {
  ChainOp chain = lookupChain(*this, getChainAttr(), symbols);
  if (!chain)
    return failure();
  // forward_sweep_c3
  if (chain.isDifferentiated() != bool(getHistory()))
    return emitOpError("expects a history if and only if ") << getChainAttr() << " is differentiated";
  // forward_sweep_c1
  if (isBetweenForms(*this, chain))
    return success();
  ByStepValue<Type> types = getTypes(chain, *this);
  const SmallVector<Type> &carries = types[StepValue::Carry];
  if (getInitialTypes(getInits(), carries) != carries || getFinals().getTypes() != TypeRange(carries))
    return emitOpError("expects initial and final carries (") << ArrayRef(carries) << ")";

  if (!getStacked().empty() && chain.isDifferentiated() &&
      (!chain.getAdvanceAgainAttr() || !chain.getRecordAgainAttr()))
    return emitOpError("expects 'advance_again' and 'record_again' in ")
           << getChainAttr()
           << " because there are stacked outputs, which a re-run must not "
              "write";
  for (StepRole role : {StepRole::Advance, StepRole::AdvanceAgain, StepRole::Record, StepRole::RecordAgain,
                        StepRole::Linearize, StepRole::Resume})
    if (failed(verifySignature(*this, chain, role, types, symbols)))
      return failure();
  return success();
}

LogicalResult BackwardSweepOp::verify() {
  // backward_sweep_c2
  SmallVector<Value> destinations(getInitGradients());
  llvm::append_range(destinations, getScanGradients());
  llvm::append_range(destinations, getAccumulators());
  if (failed(verifyForm(*this, destinations, getOutputs().getTypes())))
    return failure();
  // backward_sweep_c3
  ForwardSweepOp forward = getForwardSweep();
  if (!forward || forward.getChainAttr() != getChainAttr() || !getHistory().hasOneUse())
    return emitOpError("expects the history of one forward sweep of ") << getChainAttr() << ", used only here";
  // backward_sweep_c4
  return verifyIndices(*this, getPackedAccumulators(), getAccumulators().size(), "packed_accumulators");
}

LogicalResult BackwardSweepOp::verifySymbolUses(SymbolTableCollection &symbols) {
  ChainOp chain = lookupChain(*this, getChainAttr(), symbols);
  if (!chain)
    return failure();
  if (!chain.isDifferentiated())
    return emitOpError("expects ") << getChainAttr() << " to be differentiated";
  // backward_sweep_c5
  if (failed(verifySchedules(getForwardSweep(), *this, chain)))
    return failure();
  // backward_sweep_c1
  if (isBetweenForms(*this, chain))
    return success();
  ByStepValue<Type> types = getTypes(chain, *this);
  const SmallVector<Type> &gradients = types[StepValue::Gradient];
  if (getFinalCotangents().getTypes() != TypeRange(gradients) || getInitGradients().getTypes() != TypeRange(gradients))
    return emitOpError("expects final cotangents and initial gradients (") << ArrayRef(gradients) << ")";
  return verifySignature(*this, chain, StepRole::Reverse, types, symbols);
}

//===----------------------------------------------------------------------===//
// walk
//===----------------------------------------------------------------------===//

LogicalResult WalkOp::verifySymbolUses(SymbolTableCollection &symbols) {
  // walk_c1
  auto name = (*this)->getParentOp()->getAttrOfType<FlatSymbolRefAttr>("chain");
  auto chain = symbols.lookupNearestSymbolFrom<ChainOp>(*this, name);
  if (!getTableAttr()) {
    if (!chain || !chain.getLoopNumber())
      return emitOpError("expects ") << name << " to be planned at run time";
    return success();
  }
  auto table = symbols.lookupNearestSymbolFrom<memref::GlobalOp>(*this, getTableAttr());
  if (!chain || !chain.getPlanAttr())
    return emitOpError("expects ") << name << " to have a plan";
  DenseI64ArrayAttr words = chain.getPlanAttr().getTable();
  auto values =
      table ? dyn_cast_if_present<DenseIntElementsAttr>(table.getConstantInitValue()) : DenseIntElementsAttr();
  if (!values || !values.getElementType().isInteger(64) ||
      !llvm::equal(values.getValues<int64_t>(), words.asArrayRef()))
    return emitOpError("expects ") << getTableAttr() << " to be a constant with the plan table of " << name;
  return success();
}
