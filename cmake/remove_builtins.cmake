# SPDX-License-Identifier: Apache-2.0 OR MIT
# cmake -D AR=... -D FROM=... -D TO=... -P remove_builtins.cmake: copies an archive without
# compiler_builtins.
configure_file("${FROM}" "${TO}" COPYONLY)
execute_process(COMMAND "${AR}" t "${TO}" OUTPUT_VARIABLE members COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]*compiler_builtins[^\n]*" builtins "${members}")
if(builtins)
  execute_process(COMMAND "${AR}" d "${TO}" ${builtins} COMMAND_ERROR_IS_FATAL ANY)
endif()
file(TOUCH "${TO}")
