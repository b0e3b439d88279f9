# SPDX-License-Identifier: Apache-2.0 OR MIT
# Builds in BUILD what a reader of GUIDE has: the guide's own files, besides those in the
# folders of STAND_INS. Each C file must be compiled. The arguments after -- go to CMake.
cmake_minimum_required(VERSION 3.20)
include("${CMAKE_CURRENT_LIST_DIR}/extract.cmake")

set(passed)
set(found OFF)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(index RANGE ${last})
  if(found)
    list(APPEND passed "${CMAKE_ARGV${index}}")
  elseif(CMAKE_ARGV${index} STREQUAL "--")
    set(found ON)
  endif()
endforeach()

set(tree "${BUILD}/tree")
file(REMOVE_RECURSE "${BUILD}")
file(MAKE_DIRECTORY "${tree}")
foreach(folder IN LISTS STAND_INS)
  file(COPY "${folder}/" DESTINATION "${tree}")
endforeach()
extract("${GUIDE}" "${tree}" names)

execute_process(
  COMMAND "${CMAKE_COMMAND}" -S "${tree}" -B "${BUILD}/build" -G "${GENERATOR}"
          -D CMAKE_EXPORT_COMPILE_COMMANDS=ON ${passed}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${BUILD}/build" COMMAND_ERROR_IS_FATAL ANY)

file(READ "${BUILD}/build/compile_commands.json" compiled)
set(sources 0)
foreach(name IN LISTS names)
  if(name MATCHES "[.]c$")
    math(EXPR sources "${sources} + 1")
    string(FIND "${compiled}" "${tree}/${name}\"" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "${GUIDE}: ${name} is not compiled")
    endif()
  endif()
endforeach()
if(sources EQUAL 0)
  message(FATAL_ERROR "${GUIDE}: there is no C in it")
endif()
