"""Configuration of the lit suite."""

import json
import os
import platform
import shutil
import subprocess
import sys

import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

config.name = "REMAT"
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "unit", "CMakeLists.txt", "lit.cfg.py", "lit.site.cfg.py"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.remat_binary_dir, "test")

# LLVM's allocators poison what they have not given out, in code of headers, which is
# instrumented here; what the packaged library gives out from the same memory, it does
# not unpoison.
if config.remat_sanitize:
    config.environment["ASAN_OPTIONS"] = "allow_user_poisoning=0"

config.available_features.add(platform.machine())

# Containers need not have terminals.
try:
    for end in os.openpty():
        os.close(end)
    config.available_features.add("terminal")
except OSError:
    pass

# The assembler of the CUDA toolkit.
if shutil.which("ptxas"):
    config.available_features.add("ptxas")

# Functions for GPUs that no instruction computes.
if config.remat_libclc and not config.remat_libclc.endswith("NOTFOUND"):
    config.available_features.add("libclc")

# Needs packages from a registry: lit -Dcheckpoint_schedules=1.
if lit_config.params.get("checkpoint_schedules"):
    config.available_features.add("checkpoint_schedules")

# Which processor programs are compiled for: lit -Dtarget_cpu=haswell. Nothing that is
# tested may depend on it.
remat_run = config.remat_tools_dir + "/remat-run"
target_cpu = lit_config.params.get("target_cpu")
target_options = ["--target-cpu=" + target_cpu] if target_cpu else []
if target_cpu:
    config.available_features.add("target-cpu")
probe = subprocess.run([remat_run, config.test_source_root + "/Tools/remat-run/Inputs/rnn.mlir", "--json", *target_options],
                       capture_output=True, text=True, env={**os.environ, **config.environment})
if probe.returncode != 0:
    lit_config.fatal(probe.stderr.strip())
probe = json.loads(probe.stdout)
lit_config.note(f"instruction set: {probe['instruction_set']}, code for {probe['target_cpu']}")

llvm_config.use_default_substitutions()
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.remat_tools_dir, append_path=True)
llvm_config.add_tool_substitutions(
    ["remat-opt", "remat-plan", ToolSubst("remat-run", extra_args=target_options), "char_lstm", "remat-capi-test", ToolSubst("remat-random", extra_args=target_options), "mlir-opt", "mlir-tblgen", "mlir-translate", "llc"],
    [config.remat_tools_dir, os.path.join(config.test_exec_root, "CAPI"), config.llvm_tools_dir],
)
config.substitutions.append(
    ("%exits", "%python " + os.path.join(config.test_source_root, "Tools/remat-run/Inputs/exits.py"))
)
config.substitutions.append(("%examples", os.path.join(config.remat_source_dir, "examples")))
config.substitutions.append(("%python", sys.executable))
config.substitutions.append(("%remat_src", config.remat_source_dir))
config.substitutions.append(("%remat_lib", os.path.join(config.remat_binary_dir, "lib")))
# Takes the place of the driver of a GPU (test/StandIn): %standin %device_run --target cuda ...
standin = os.path.join(config.remat_binary_dir, "lib", "libremat-cuda-standin.so")
# As remat-run, but never with options of a processor, which GPUs refuse.
config.substitutions.append(("%device_run", remat_run))
config.substitutions.append(("%standin", "env REMAT_CUDA_DRIVER=" + standin))
config.substitutions.append(("%llvm_include", os.path.join(config.llvm_tools_dir, "..", "include")))
config.substitutions.append(("%run_page", '%s %s/Docs/run_page.py --path %s --path %s' % (
    sys.executable, config.test_source_root, config.remat_tools_dir, config.llvm_tools_dir)))
remat_run_many = os.path.join(config.test_exec_root, "lib", "remat-run-many")
config.substitutions.append(("%remat_run_many", remat_run_many))
config.substitutions.append(("%target_options", " ".join(target_options)))
sweep = [sys.executable, config.test_source_root + "/Integration/CPU/sweep.py"]
many = ["--remat-run-many", remat_run_many]
sweep += [*many, "--remat-opt", config.remat_tools_dir + "/remat-opt", *target_options]
if config.remat_sanitize:
    config.available_features.add("sanitizer")
    sweep.append("--quick")
# The same programs on the stand-in; all of their variants, which take hours, with lit -Dcuda_sweep=all.
cuda = ["--programs", config.test_source_root + "/Integration/CPU"]
cuda += ["--examples", os.path.join(config.remat_source_dir, "examples"), *many]
cuda_sweep = [sys.executable, config.test_source_root + "/Integration/CUDA/device_sweep.py", *cuda, "--driver", standin]
cuda_ptxas = [sys.executable, config.test_source_root + "/Integration/CUDA/ptxas.py", *cuda]
if lit_config.params.get("cuda_sweep") == "all":
    cuda_sweep += ["--all", "--keep-going"]
    cuda_ptxas.append("--all")
elif config.remat_sanitize:
    cuda_sweep.append("--quick")
config.substitutions.append(("%cuda_sweep", " ".join(cuda_sweep)))
config.substitutions.append(("%cuda_ptxas", " ".join(cuda_ptxas)))
config.substitutions.append(("%sweep", " ".join(sweep)))
budget_use = [sys.executable, config.test_source_root + "/Integration/CPU/budget_use.py"]
config.substitutions.append(("%budget_use", " ".join([*budget_use, *many, *target_options])))
