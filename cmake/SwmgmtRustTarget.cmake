# SPDX-License-Identifier: Apache-2.0 OR MIT

# swmgmt_rust_target(<variable>): the Rust target that fits the C compiler, as far as its
# predefined macros tell; else empty. Flags count if they are in CMAKE_C_FLAGS or were
# given to add_compile_options().
function(swmgmt_rust_target result)
  set(${result} "" PARENT_SCOPE)
  get_property(options DIRECTORY PROPERTY COMPILE_OPTIONS)
  list(FILTER options EXCLUDE REGEX "\\$<")
  separate_arguments(flags NATIVE_COMMAND "${CMAKE_C_COMPILER_ARG1} ${CMAKE_C_FLAGS}")
  if(CMAKE_C_COMPILER_TARGET)
    list(APPEND flags "${CMAKE_C_COMPILE_OPTIONS_TARGET}${CMAKE_C_COMPILER_TARGET}")
  endif()
  set(empty "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/swmgmt_empty.c")
  file(WRITE "${empty}" "")
  execute_process(COMMAND "${CMAKE_C_COMPILER}" ${flags} ${options} -dM -E "${empty}"
                  OUTPUT_VARIABLE macros ERROR_QUIET)
  swmgmt_rust_target_of("${macros}" triple)
  set(${result} "${triple}" PARENT_SCOPE)
endfunction()

# A line for each target: what must be defined, and, with !, what must not. The first
# that fits is taken.
set(swmgmt_rust_targets
  "x86_64-unknown-linux-gnu       __linux__ __x86_64__ !__ILP32__"
  "i686-unknown-linux-gnu         __linux__ __i386__"
  "aarch64-unknown-linux-gnu      __linux__ __aarch64__ !__ILP32__"
  "armv7-unknown-linux-gnueabihf  __linux__ __ARM_ARCH_7A__ __ARM_PCS_VFP"
  "thumbv6m-none-eabi             __ARM_ARCH_6M__"
  "thumbv7m-none-eabi             __ARM_ARCH_7M__"
  "thumbv7em-none-eabi            __ARM_ARCH_7EM__ !__ARM_PCS_VFP"
  "thumbv7em-none-eabihf          __ARM_ARCH_7EM__ __ARM_FP"
  "thumbv8m.base-none-eabi        __ARM_ARCH_8M_BASE__"
  "thumbv8m.main-none-eabi        __ARM_ARCH_8(_1)?M_MAIN__ !__ARM_PCS_VFP"
  "thumbv8m.main-none-eabihf      __ARM_ARCH_8(_1)?M_MAIN__ __ARM_FP"
  "riscv32imac-unknown-none-elf   !__linux__ __riscv_xlen=32 __riscv_float_abi_soft !__riscv_32e __riscv_mul __riscv_atomic __riscv_compressed"
  "riscv32imc-unknown-none-elf    !__linux__ __riscv_xlen=32 __riscv_float_abi_soft !__riscv_32e __riscv_mul __riscv_compressed")

function(swmgmt_rust_target_of macros result)
  set(${result} "" PARENT_SCOPE)
  if(macros MATCHES "#define __BYTE_ORDER__ __ORDER_BIG_ENDIAN__")
    return()
  endif()
  foreach(line IN LISTS swmgmt_rust_targets)
    string(REGEX MATCHALL "[^ ]+" words "${line}")
    list(POP_FRONT words triple)
    set(fits ON)
    foreach(word IN LISTS words)
      string(REGEX MATCH "^(!?)([^=]+)=?(.*)$" word "${word}")
      set(wanted ON)
      if(CMAKE_MATCH_1)
        set(wanted OFF)
      endif()
      set(defined OFF)
      if(macros MATCHES "#define ${CMAKE_MATCH_2} ${CMAKE_MATCH_3}")
        set(defined ON)
      endif()
      if(NOT defined STREQUAL wanted)
        set(fits OFF)
      endif()
    endforeach()
    if(fits)
      set(${result} "${triple}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()
