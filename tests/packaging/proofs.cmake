# SPDX-License-Identifier: Apache-2.0 OR MIT
# What is promised of the archive, proved on this target's own: a script each. Nothing is
# run on the target. teeth.sh shows that each of them bites.

# By default for Thumb-1, Thumb-2, RISC-V and this machine.
set(prove OFF)
if(NOT CMAKE_CROSSCOMPILING OR swmgmt_triple MATCHES "^(thumbv6m|thumbv7em|riscv32imc)-.*(eabi|elf)$")
  set(prove ON)
endif()
option(SWMGMT_PROVE "Build the archive once more, for the proofs that need that" ${prove})

separate_arguments(c_compiler UNIX_COMMAND "${CMAKE_C_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}")
if(CMAKE_C_COMPILER_TARGET)
  list(PREPEND c_compiler "${CMAKE_C_COMPILE_OPTIONS_TARGET}${CMAKE_C_COMPILER_TARGET}")
endif()
list(PREPEND c_compiler "${CMAKE_C_COMPILER}")

# proof(<script> <archive> [<variable>=<value>...])
function(proof script archive)
  add_test(NAME archive.${script}
    COMMAND "${CMAKE_COMMAND}" -E env ${ARGN} bash "${here}/${script}.sh" "${archive}"
            "${header_dir}/swmgmt.h" ${c_compiler})
  set_tests_properties(archive.${script} PROPERTIES LABELS packaging TIMEOUT 120)
endfunction()

foreach(script symbols baggage no_data memcpy parts)
  proof(${script} "${swmgmt_archive}")
endforeach()

# GNU ld refuses another float ABI; lld, which links for Linux on Arm, does not look.
if(swmgmt_triple MATCHES "^thumb.*eabihf$")
  proof(float_abi "${swmgmt_archive}" FLOAT_ABI=hard)
elseif(swmgmt_triple MATCHES "^thumb.*eabi$")
  proof(float_abi "${swmgmt_archive}" FLOAT_ABI=soft)
elseif(swmgmt_triple MATCHES "^riscv32ima?c-")
  proof(float_abi "${swmgmt_archive}" FLOAT_ABI=ilp32)
endif()

if(SWMGMT_PROVE)
  # Begun as a copy of where the archive was built, with the same profile: a core that was
  # built from source need not be built again.
  set(proof_dir "${CMAKE_BINARY_DIR}/cargo-proof")
  add_test(NAME archive.proof_has_core
    COMMAND bash -c "[ -d '${proof_dir}' ] || cp -a '${SWMGMT_CARGO_TARGET_DIR}' '${proof_dir}'")
  set(proof_out "${proof_dir}/${swmgmt_triple}/${swmgmt_profile_dir}")
  string(REPLACE "${PROJECT_SOURCE_DIR}/Cargo.toml" "${here}/second_archive/Cargo.toml"
         second_cargo "${swmgmt_cargo_rustc}")
  add_test(NAME archive.proof_is_built
    COMMAND ${swmgmt_cargo_rustc} --features "panic-handler prove-no-panic"
            --config profile.release.package.swmgmt.debug=2 --target-dir "${proof_dir}")
  add_test(NAME archive.second_is_built COMMAND ${second_cargo} --target-dir "${proof_dir}")
  proof(no_panic "${proof_out}/libswmgmt.a")
  proof(layouts "${proof_out}/libswmgmt.a")
  proof(second "${swmgmt_archive}" "SECOND=${proof_out}/libsecond_archive.a")
  set_tests_properties(archive.proof_has_core PROPERTIES FIXTURES_SETUP swmgmt_core LABELS packaging)
  set_tests_properties(archive.proof_is_built archive.second_is_built PROPERTIES
    FIXTURES_REQUIRED swmgmt_core FIXTURES_SETUP swmgmt_proof RESOURCE_LOCK swmgmt_cargo_proof
    LABELS packaging TIMEOUT 600)
  set_tests_properties(archive.no_panic archive.layouts archive.second PROPERTIES
    FIXTURES_REQUIRED swmgmt_proof)
endif()
