# The target remat-doc writes docs/generated from the .td files. The pages are
# committed; test/Docs checks that they are up to date.
add_custom_target(remat-doc)

function(remat_add_doc page td)
  add_custom_target(remat-doc-${page}
    COMMAND ${MLIR_TABLEGEN_EXE} ${ARGN} -I ${PROJECT_SOURCE_DIR}/include -I ${MLIR_MAIN_INCLUDE_DIR}
            ${PROJECT_SOURCE_DIR}/include/remat/${td} -o ${PROJECT_SOURCE_DIR}/docs/generated/${page}.md
    COMMENT "Writing docs/generated/${page}.md" VERBATIM)
  add_dependencies(remat-doc remat-doc-${page})
endfunction()

list(GET MLIR_INCLUDE_DIRS 0 MLIR_MAIN_INCLUDE_DIR)
remat_add_doc(Dialect Dialect/Remat/IR/RematOps.td -gen-dialect-doc -dialect=remat)
remat_add_doc(Passes Dialect/Remat/Transforms/Passes.td -gen-pass-doc)
remat_add_doc(ConversionPasses Conversion/Passes.td -gen-pass-doc)
remat_add_doc(CPUPasses Target/CPU/Passes.td -gen-pass-doc)
remat_add_doc(NVVMPasses Target/NVVM/Passes.td -gen-pass-doc)
remat_add_doc(AdjointOpInterface Interfaces/AdjointOpInterface.td -gen-op-interface-docs)
remat_add_doc(FloatRangeOpInterface Interfaces/FloatRangeInterface.td -gen-op-interface-docs)
