//===- WidenHalf.cpp - f16 beside a mode of f32 -------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WidenHalf.h"

#include "remat/Support/LLVM.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

using namespace remat;

/// Whether \p instruction computes with numbers of f16, and does not only move or convert them.
static bool computesHalf(const llvm::Instruction &instruction) {
  if (isa<llvm::FCmpInst>(instruction))
    return instruction.getOperand(0)->getType()->getScalarType()->isHalfTy();
  return instruction.getType()->getScalarType()->isHalfTy() &&
         isa<llvm::BinaryOperator, llvm::UnaryOperator, llvm::IntrinsicInst>(instruction);
}

/// \p type with numbers of f32.
static llvm::Type *widen(llvm::Type *type) { return type->getWithNewType(llvm::Type::getFloatTy(type->getContext())); }

static llvm::Value *widenOperation(llvm::IRBuilder<> &builder, llvm::Instruction &instruction) {
  SmallVector<llvm::Value *> operands;
  auto *intrinsic = dyn_cast<llvm::IntrinsicInst>(&instruction);
  auto range = intrinsic ? llvm::make_range(intrinsic->arg_begin(), intrinsic->arg_end())
                         : llvm::make_range(instruction.op_begin(), instruction.op_end());
  for (llvm::Value *operand : range) {
    bool isHalf = operand->getType()->getScalarType()->isHalfTy();
    operands.push_back(isHalf ? builder.CreateFPExt(operand, widen(operand->getType())) : operand);
  }
  if (auto *compare = dyn_cast<llvm::FCmpInst>(&instruction))
    return builder.CreateFCmp(compare->getPredicate(), operands[0], operands[1]);
  llvm::Value *result;
  if (intrinsic)
    result = builder.CreateIntrinsic(intrinsic->getIntrinsicID(), {widen(instruction.getType())}, operands);
  else
    result = builder.CreateNAryOp(instruction.getOpcode(), operands);
  return builder.CreateFPTrunc(result, instruction.getType());
}

void remat::widenHalfArithmetic(llvm::Module &module) {
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
      if (!computesHalf(instruction))
        continue;
      llvm::IRBuilder<> builder(&instruction);
      instruction.replaceAllUsesWith(widenOperation(builder, instruction));
      instruction.eraseFromParent();
    }
}
