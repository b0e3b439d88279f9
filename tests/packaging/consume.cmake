# SPDX-License-Identifier: Apache-2.0 OR MIT
# Configures, builds and runs consumer/ in BUILD; with REFUSED, its configuration must
# fail and say so; with -D RUN=OFF it is not run. The arguments after -- go to the consumer.
set(passed)
foreach(index RANGE 1 ${CMAKE_ARGC})
  if(index LESS CMAKE_ARGC)
    list(APPEND passed "${CMAKE_ARGV${index}}")
  endif()
endforeach()
list(FIND passed "--" dashes)
math(EXPR first "${dashes} + 1")
list(SUBLIST passed ${first} -1 passed)

file(REMOVE_RECURSE "${BUILD}")
execute_process(
  COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BUILD}" -G "${GENERATOR}" ${passed}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
message("${output}")
if(REFUSED)
  if(result EQUAL 0)
    message(FATAL_ERROR "it was to be refused, and was not")
  elseif(NOT output MATCHES "${REFUSED}")
    message(FATAL_ERROR "it was refused, but not with: ${REFUSED}")
  endif()
  return()
elseif(NOT result EQUAL 0)
  message(FATAL_ERROR "the consumer cannot be configured")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${BUILD}" COMMAND_ERROR_IS_FATAL ANY)
if(NOT DEFINED RUN OR RUN)
  execute_process(COMMAND "${BUILD}/consumer" COMMAND_ERROR_IS_FATAL ANY)
endif()
