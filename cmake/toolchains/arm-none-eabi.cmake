# SPDX-License-Identifier: Apache-2.0 OR MIT
# Cortex-M with GCC and newlib: -DSWMGMT_CPU=cortex-m4 [-DSWMGMT_FLOAT=hard]
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SWMGMT_CPU SWMGMT_FLOAT)
if(NOT SWMGMT_FLOAT)
  set(SWMGMT_FLOAT soft)
endif()
if(NOT SWMGMT_CPU)
  message(FATAL_ERROR "swmgmt: this toolchain file needs a CPU, such as -DSWMGMT_CPU=cortex-m4")
endif()
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR "${SWMGMT_CPU}")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_C_FLAGS_INIT "-mcpu=${SWMGMT_CPU} -mthumb -mfloat-abi=${SWMGMT_FLOAT} -ffunction-sections -fdata-sections")
set(CMAKE_EXE_LINKER_FLAGS_INIT "--specs=rdimon.specs") # files and text by semihosting
