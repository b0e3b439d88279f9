# SPDX-License-Identifier: Apache-2.0 OR MIT
# cmake -D RUSTC=... -D TARGET=... -D FOLDER=... -P target_spec.cmake: writes
# FOLDER/TARGET.json, a Rust target that is TARGET without frame pointers, for a core that is
# compiled from source. Nothing is written for a target that has none anyway.
#
# rustc's Cortex-M targets force frame pointers, and -Cforce-frame-pointers=no does not
# overrule a target. A debugger does not need them: .debug_frame is in the archive. The
# fields of such a file change between releases of rustc; so it is made of what this rustc
# itself says, with one field changed.
file(REMOVE "${FOLDER}/${TARGET}.json")
execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env RUSTC_BOOTSTRAP=1
          "${RUSTC}" -Zunstable-options --print target-spec-json --target "${TARGET}"
  OUTPUT_VARIABLE spec ERROR_VARIABLE errors RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${RUSTC} does not tell what ${TARGET} is:\n${errors}")
endif()
string(JSON fields LENGTH "${spec}") # which ends here if it is no JSON
string(JSON frames ERROR_VARIABLE unset GET "${spec}" frame-pointer)
if(frames STREQUAL "always")
  string(JSON spec SET "${spec}" frame-pointer "\"may-omit\"")
  string(JSON spec ERROR_VARIABLE unset REMOVE "${spec}" is-builtin) # told by older releases, and refused
  file(WRITE "${FOLDER}/${TARGET}.json" "${spec}\n")
endif()
