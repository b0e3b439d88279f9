# SPDX-License-Identifier: Apache-2.0 OR MIT
# RISC-V with Debian's GCC, which makes 32-bit code too, and picolibc: -DSWMGMT_CPU=rv32imc
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SWMGMT_CPU)
if(NOT SWMGMT_CPU)
  message(FATAL_ERROR "swmgmt: this toolchain file needs a CPU, such as -DSWMGMT_CPU=rv32imc")
endif()
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR "${SWMGMT_CPU}")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_C_FLAGS_INIT "-march=${SWMGMT_CPU} -mabi=ilp32 --specs=picolibc.specs -ffunction-sections -fdata-sections")
set(CMAKE_EXE_LINKER_FLAGS_INIT "--oslib=semihost") # files and text by semihosting
