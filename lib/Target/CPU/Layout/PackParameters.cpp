//===- PackParameters.cpp - Weights in panels ------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Works on the outlined form, where a weight is an argument of step functions and
// an operand of sweeps. A column loop n of a product becomes two loops, panel and
// column within the panel; operands that are not packed are reshaped, which costs
// nothing.
//
// First every copy that could be made is found, in all chains; those that fit in
// the bytes that copies may take are then made.
//
//===----------------------------------------------------------------------===//

#include "RoundedUnpack.h"

#include "remat/Dialect/Linalg/Contraction.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Support/Budget.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/IR/Matchers.h"

namespace remat {
#define GEN_PASS_DEF_PACKPARAMETERSPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// A smaller matrix stays in the fastest cache in any layout.
static constexpr int64_t smallestMatrixBytes = 16 * 1024;
/// With fewer rows a product reads its weights about as fast from rows.
static constexpr int64_t fewestRows = 4;

//===----------------------------------------------------------------------===//
// One product
//===----------------------------------------------------------------------===//

/// \p type, a matrix, in panels: of its rows' dimension or, transposed, of the other.
static RankedTensorType getPanelType(RankedTensorType type, bool transposed) {
  int64_t columns = type.getDimSize(transposed ? 0 : 1), depth = type.getDimSize(transposed ? 1 : 0);
  return RankedTensorType::get({columns / panelColumns, depth, panelColumns}, type.getElementType());
}

/// Whether \p type is a matrix that is worth panels along dimension \p columns.
static bool isWorthPanels(Type type, unsigned columns) {
  auto matrix = dyn_cast<RankedTensorType>(type);
  if (!matrix || matrix.getRank() != 2 || !matrix.hasStaticShape() || !isa<FloatType>(matrix.getElementType()))
    return false;
  return matrix.getDimSize(columns) % panelColumns == 0 && getUnitBytes(matrix).value_or(0) >= smallestMatrixBytes;
}

/// \p value with dimension \p position split into panels and columns.
static Value splitDimension(OpBuilder &builder, Location loc, Value value, unsigned position) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape;
  SmallVector<ReassociationIndices> groups;
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    groups.emplace_back();
    if (i == position) {
      groups.back().push_back(shape.size());
      shape.push_back(size / panelColumns);
    }
    groups.back().push_back(shape.size());
    shape.push_back(i == position ? panelColumns : size);
  }
  return tensor::ExpandShapeOp::create(builder, loc, type.clone(shape), value, groups);
}

/// Rewrites the contraction \p op for a right operand or a result in panels (null:
/// as it is). Returns the result, in the layout of the result's init.
static Value splitColumns(RewriterBase &rewriter, linalg::GenericOp op, const Contraction &contraction, Value packedRhs,
                          Value packedAcc) {
  MLIRContext *context = op.getContext();
  Location loc = op.getLoc();
  unsigned column = contraction.getVectorDim();
  rewriter.setInsertionPoint(op);
  auto getDim = [&](unsigned dim) { return getAffineDimExpr(dim > column ? dim + 1 : dim, context); };
  AffineExpr panelDim = getAffineDimExpr(column, context), columnDim = getAffineDimExpr(column + 1, context);

  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  std::optional<unsigned> accPosition;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    Value packed = &operand == contraction.rhs ? packedRhs : &operand == contraction.acc ? packedAcc : Value();
    Value value = packed ? packed : operand.get();
    SmallVector<AffineExpr> results;
    std::optional<unsigned> split;
    for (auto [position, expr] : llvm::enumerate(map.getResults())) {
      unsigned dim = cast<AffineDimExpr>(expr).getPosition();
      if (dim != column) {
        results.push_back(getDim(dim));
        continue;
      }
      split = position;
      if (!packed)
        results.append({panelDim, columnDim});
    }
    if (packed) {
      results.insert(results.begin(), panelDim);
      results.push_back(columnDim);
    } else if (split) {
      value = splitDimension(rewriter, loc, value, *split);
      if (&operand == contraction.acc)
        accPosition = split;
    }
    operands.push_back(value);
    maps.push_back(AffineMap::get(op.getNumLoops() + 1, 0, results, context));
  }
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  iterators.insert(iterators.begin() + column, utils::IteratorType::parallel);
  auto split = linalg::GenericOp::create(rewriter, loc, operands.back().getType(), ArrayRef(operands).drop_back(),
                                         ArrayRef(operands).take_back(), maps, iterators);
  rewriter.inlineRegionBefore(op.getRegion(), split.getRegion(), split.getRegion().begin());
  Value result = split.getResult(0);
  if (accPosition) {
    auto expand = operands.back().getDefiningOp<tensor::ExpandShapeOp>();
    result = tensor::CollapseShapeOp::create(rewriter, loc, op.getResult(0).getType(), result,
                                             expand.getReassociationIndices());
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Copies in front of and behind the loop
//===----------------------------------------------------------------------===//

/// The panels of \p matrix.
static Value createPanels(OpBuilder &builder, Location loc, Value matrix, bool transposed) {
  auto type = cast<RankedTensorType>(matrix.getType());
  RankedTensorType panelType = getPanelType(type, transposed);
  Value parts = splitDimension(builder, loc, matrix, transposed ? 0 : 1);
  Value empty = tensor::EmptyOp::create(builder, loc, panelType.getShape(), panelType.getElementType());
  SmallVector<int64_t> permutation = transposed ? SmallVector<int64_t>{0, 2, 1} : SmallVector<int64_t>{1, 0, 2};
  return linalg::TransposeOp::create(builder, loc, parts, empty, permutation).getResult()[0];
}

/// The matrix of type \p type whose panels are \p panels.
static Value createMatrix(OpBuilder &builder, Location loc, Value panels, RankedTensorType type) {
  SmallVector<int64_t> shape = {type.getDimSize(0), type.getDimSize(1) / panelColumns, panelColumns};
  Value empty = tensor::EmptyOp::create(builder, loc, shape, type.getElementType());
  Value parts = linalg::TransposeOp::create(builder, loc, panels, empty, ArrayRef<int64_t>{1, 0, 2}).getResult()[0];
  SmallVector<ReassociationIndices> groups = {{0}, {1, 2}};
  return tensor::CollapseShapeOp::create(builder, loc, type, parts, groups);
}

/// The panels of an initial accumulator: zeros need not be copied.
static Value createAccumulatorPanels(OpBuilder &builder, Location loc, Value matrix) {
  RankedTensorType panelType = getPanelType(cast<RankedTensorType>(matrix.getType()), /*transposed=*/false);
  if (auto fill = matrix.getDefiningOp<linalg::FillOp>()) {
    Value empty = tensor::EmptyOp::create(builder, loc, panelType.getShape(), panelType.getElementType());
    return linalg::FillOp::create(builder, loc, fill.getInputs().front(), empty).getResult(0);
  }
  DenseElementsAttr constant;
  if (matchPattern(matrix, m_Constant(&constant)) && constant.isSplat())
    return arith::ConstantOp::create(builder, loc,
                                     DenseElementsAttr::get(panelType, constant.getSplatValue<Attribute>()));
  return createPanels(builder, loc, matrix, /*transposed=*/false);
}

//===----------------------------------------------------------------------===//
// One chain
//===----------------------------------------------------------------------===//

namespace {

/// A product of a step that reads capture `capture`, or its transpose.
struct PackedUse {
  linalg::GenericOp op;
  Contraction contraction;
};

using PackedUses = std::vector<PackedUse>;

/// What a copy is for, in the order of what a byte of it pays: steps that run again
/// read their weights again, the transposes and accumulators are used once per step.
enum class CopyKind { Weight, Transpose, Accumulator };

/// The number of sweeps of a chain decides how often a copy is made.
struct Copy {
  CopyKind kind;
  unsigned index; ///< of the capture or the accumulator
  RankedTensorType panels;
};

class ChainPacker {
public:
  ChainPacker(IRRewriter &rewriter, ChainOp chain, std::vector<ForwardSweepOp> forward,
              std::vector<BackwardSweepOp> backward)
      : rewriter(rewriter), chain(chain), functions(getStepFunctions(chain)), forward(std::move(forward)),
        backward(std::move(backward)) {}

  ArrayRef<ForwardSweepOp> getForwardSweeps() const { return forward; }
  /// Products of captures and accumulators become generic ops, the form of the
  /// analysis.
  void generalizeProducts();
  /// The copies that would pay, capture by capture, then the accumulators.
  std::vector<Copy> findCopies();
  void makeCopy(const Copy &copy);

private:
  unsigned getFirstCapture(StepFunction &step);
  PackedUses findUses(BlockArgument capture, bool transposed);
  /// The argument and the result of the reverse function that an accumulator is.
  std::pair<unsigned, unsigned> getAccumulator(unsigned accumulator);
  PackedUses findAccumulations(unsigned accumulator);
  StepFunction *getReverse();
  void packCapture(unsigned capture, RankedTensorType panelType, bool transposed);
  void packAccumulator(unsigned accumulator, RankedTensorType panelType);

  IRRewriter &rewriter;
  ChainOp chain;
  SmallVector<StepFunction> functions;
  std::vector<ForwardSweepOp> forward;
  std::vector<BackwardSweepOp> backward;
};

struct PackParametersPass final : remat::impl::PackParametersPassBase<PackParametersPass> {
  using Base::Base;
  void runOnOperation() override;
};

} // namespace

unsigned ChainPacker::getFirstCapture(StepFunction &step) {
  return StepSignature(step.role).getFirstArgument(StepValue::Capture, chain, forward.front());
}

void ChainPacker::generalizeProducts() {
  for (StepFunction &step : functions) {
    SmallVector<linalg::LinalgOp> named;
    step.function.walk([&](linalg::LinalgOp op) {
      if (!isa<linalg::GenericOp>(op.getOperation()) && linalg::isaContractionOpInterface(op) &&
          llvm::any_of(op->getOperands(), llvm::IsaPred<BlockArgument>))
        named.push_back(op);
    });
    for (linalg::LinalgOp op : named) {
      rewriter.setInsertionPoint(op);
      (void)linalg::generalizeNamedOp(rewriter, op); // stays as it is if it has no generic form
    }
  }
}

/// The products that read \p capture as their right operand, as it is or transposed.
PackedUses ChainPacker::findUses(BlockArgument capture, bool transposed) {
  PackedUses uses;
  for (OpOperand &use : capture.getUses()) {
    auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
    FailureOr<Contraction> contraction = op ? Contraction::match(op) : FailureOr<Contraction>();
    if (failed(contraction) || contraction->rhs != &use || contraction->rhsMap.getNumResults() != 2 ||
        contraction->depth.size() != 1 || contraction->columns.size() != 1 || !contraction->batch.empty())
      continue;
    AffineExpr column = getAffineDimExpr(contraction->getVectorDim(), op.getContext());
    if (contraction->rhsMap.getResult(transposed ? 0 : 1) != column)
      continue;
    int64_t rows = 1;
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    for (unsigned dim : contraction->rows)
      rows = ShapedType::isDynamic(ranges[dim]) ? fewestRows : std::min(rows * ranges[dim], fewestRows);
    if (transposed || rows >= fewestRows)
      uses.push_back({op, *contraction});
  }
  return uses;
}

std::pair<unsigned, unsigned> ChainPacker::getAccumulator(unsigned accumulator) {
  StepSignature signature(StepRole::Reverse);
  return {signature.getFirstArgument(StepValue::Accumulator, chain, backward.front()) + accumulator,
          signature.getFirstResult(StepValue::Accumulator, chain, backward.front()) + accumulator};
}

/// The products that add to \p accumulator one after the other until it is returned;
/// none if anything else happens to it.
PackedUses ChainPacker::findAccumulations(unsigned accumulator) {
  func::FuncOp function = getReverse()->function;
  auto [argument, result] = getAccumulator(accumulator);
  PackedUses uses;
  Value value = function.getArgument(argument);
  while (value.hasOneUse()) {
    OpOperand &use = *value.use_begin();
    if (isa<func::ReturnOp>(use.getOwner()))
      return use.getOperandNumber() == result ? uses : PackedUses();
    auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
    FailureOr<Contraction> contraction = op ? Contraction::match(op) : FailureOr<Contraction>();
    if (failed(contraction) || contraction->acc != &use || contraction->columns.size() != 1)
      break;
    uses.push_back({op, *contraction});
    value = op.getResult(0);
  }
  return {};
}

StepFunction *ChainPacker::getReverse() {
  return llvm::find_if(functions, [](StepFunction &step) { return step.role == StepRole::Reverse; });
}

std::vector<Copy> ChainPacker::findCopies() {
  std::vector<Copy> copies;
  OperandRange captures = forward.front().getCaptures();
  for (unsigned index = 0, e = captures.size(); index < e; ++index)
    for (bool transposed : {false, true}) {
      Type type = captures[index].getType();
      bool isUsed = isWorthPanels(type, transposed ? 0 : 1) && llvm::any_of(functions, [&](StepFunction &step) {
                      return !findUses(step.function.getArgument(getFirstCapture(step) + index), transposed).empty();
                    });
      if (isUsed)
        copies.push_back({transposed ? CopyKind::Transpose : CopyKind::Weight, index,
                          getPanelType(cast<RankedTensorType>(type), transposed)});
    }
  if (!backward.empty() && getReverse() != functions.end())
    for (auto [index, accumulator] : llvm::enumerate(backward.front().getAccumulators()))
      if (Type type = accumulator.getType(); isWorthPanels(type, 1) && !findAccumulations(index).empty())
        copies.push_back(
            {CopyKind::Accumulator, unsigned(index), getPanelType(cast<RankedTensorType>(type), /*transposed=*/false)});
  return copies;
}

void ChainPacker::makeCopy(const Copy &copy) {
  if (copy.kind == CopyKind::Accumulator)
    packAccumulator(copy.index, copy.panels);
  else
    packCapture(copy.index, copy.panels, copy.kind == CopyKind::Transpose);
}

void ChainPacker::packCapture(unsigned capture, RankedTensorType panelType, bool transposed) {
  unsigned position = forward.front().getCaptures().size();
  for (ForwardSweepOp sweep : forward) {
    rewriter.setInsertionPoint(sweep);
    sweep.getCapturesMutable().append(createPanels(rewriter, sweep.getLoc(), sweep.getCaptures()[capture], transposed));
    SmallVector<int64_t> packed = llvm::to_vector(sweep.getPackedCaptures());
    packed.push_back(position);
    sweep.setPackedCaptures(packed);
  }
  for (BackwardSweepOp sweep : backward)
    sweep.getCapturesMutable().append(sweep.getForwardSweep().getCaptures()[position]);
  for (StepFunction &step : functions) {
    unsigned first = getFirstCapture(step);
    unsigned argument = first + position;
    if (failed(step.function.insertArgument(argument, panelType, {}, step.function.getLoc())))
      continue;
    for (PackedUse &use : findUses(step.function.getArgument(first + capture), transposed)) {
      Value result =
          splitColumns(rewriter, use.op, use.contraction, step.function.getArgument(argument), /*packedAcc=*/Value());
      rewriter.replaceOp(use.op, result);
    }
  }
}

void ChainPacker::packAccumulator(unsigned accumulator, RankedTensorType panelType) {
  PackedUses uses = findAccumulations(accumulator);
  func::FuncOp function = getReverse()->function;
  unsigned count = backward.front().getAccumulators().size();
  auto [argument, result] = getAccumulator(accumulator);
  auto type = cast<RankedTensorType>(function.getArgument(argument).getType());
  function.getArgument(argument).setType(panelType);
  Value value = function.getArgument(argument);
  for (PackedUse &use : uses) {
    value = splitColumns(rewriter, use.op, use.contraction, /*packedRhs=*/Value(), value);
    // The type changes, so the uses are followed by hand: there is one.
    use.op.getResult(0).use_begin()->set(value);
    rewriter.eraseOp(use.op);
  }
  SmallVector<Type> inputs = llvm::to_vector(function.getArgumentTypes());
  SmallVector<Type> results = llvm::to_vector(function.getResultTypes());
  inputs[argument] = results[result] = panelType;
  function.setFunctionType(rewriter.getFunctionType(inputs, results));

  for (BackwardSweepOp sweep : backward) {
    rewriter.setInsertionPoint(sweep);
    OpOperand &operand = sweep.getAccumulatorsMutable()[accumulator];
    operand.set(createAccumulatorPanels(rewriter, sweep.getLoc(), operand.get()));
    SmallVector<int64_t> packed = llvm::to_vector(sweep.getPackedAccumulators());
    packed.push_back(accumulator);
    sweep.setPackedAccumulators(packed);
    Value output = sweep.getOutputs()[sweep.getOutputs().size() - count + accumulator];
    output.setType(panelType);
    rewriter.setInsertionPointAfter(sweep);
    Value matrix = createMatrix(rewriter, sweep.getLoc(), output, type);
    auto collapse = matrix.getDefiningOp<tensor::CollapseShapeOp>();
    rewriter.replaceAllUsesExcept(output, matrix, collapse.getSrc().getDefiningOp());
    roundWhileUnpacking(rewriter, collapse);
  }
}

//===----------------------------------------------------------------------===//
// The bytes of all copies
//===----------------------------------------------------------------------===//

/// The copies of \p copies, a list per chain, that fit in \p limit bytes of each entry
/// function: the kinds one after the other, in each the order of the program.
static std::vector<std::vector<Copy>> chooseCopies(ArrayRef<ChainPacker> packers, ArrayRef<std::vector<Copy>> copies,
                                                   int64_t limit) {
  llvm::DenseMap<Operation *, int64_t> used;
  auto fits = [&](const ChainPacker &packer, int64_t bytes) {
    llvm::DenseMap<Operation *, int64_t> next;
    for (ForwardSweepOp sweep : packer.getForwardSweeps()) {
      Operation *entry = sweep->getParentOp();
      std::optional<int64_t> sum = addBytes(next.try_emplace(entry, used.lookup(entry)).first->second, bytes);
      if (!sum || *sum > limit)
        return false;
      next[entry] = *sum;
    }
    for (auto [entry, bytes] : next)
      used[entry] = bytes;
    return true;
  };
  std::vector<std::vector<bool>> chosen;
  for (const std::vector<Copy> &list : copies)
    chosen.emplace_back(list.size());
  for (CopyKind kind : {CopyKind::Weight, CopyKind::Transpose, CopyKind::Accumulator})
    for (auto [packer, list, choice] : llvm::zip_equal(packers, copies, chosen))
      for (auto [index, copy] : llvm::enumerate(list))
        if (std::optional<int64_t> bytes = getAlignedBytes(copy.panels); copy.kind == kind && bytes)
          choice[index] = fits(packer, *bytes);

  std::vector<std::vector<Copy>> result;
  for (auto [list, choice] : llvm::zip_equal(copies, chosen)) {
    result.emplace_back();
    for (auto [index, copy] : llvm::enumerate(list))
      if (choice[index])
        result.back().push_back(copy);
  }
  return result;
}

void PackParametersPass::runOnOperation() {
  IRRewriter rewriter(&getContext());
  std::vector<ChainPacker> packers;
  for (ChainOp chain : getChains(getOperation())) {
    std::vector<ForwardSweepOp> forward;
    std::vector<BackwardSweepOp> backward;
    getOperation().walk([&](Operation *op) {
      if (auto sweep = dyn_cast<ForwardSweepOp>(op); sweep && sweep.getChain() == chain.getSymName())
        forward.push_back(sweep);
      if (auto sweep = dyn_cast<BackwardSweepOp>(op); sweep && sweep.getChain() == chain.getSymName())
        backward.push_back(sweep);
    });
    if (!forward.empty())
      packers.emplace_back(rewriter, chain, std::move(forward), std::move(backward));
  }
  std::vector<std::vector<Copy>> copies;
  for (ChainPacker &packer : packers) {
    packer.generalizeProducts();
    copies.push_back(packer.findCopies());
  }
  for (auto [packer, chosen] : llvm::zip_equal(packers, chooseCopies(packers, copies, parameterBudget.bytes)))
    for (const Copy &copy : chosen)
      packer.makeCopy(copy);
}
