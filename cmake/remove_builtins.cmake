# SPDX-License-Identifier: Apache-2.0 OR MIT
# cmake -D AR=... -D FROM=... -D TO=... -P remove_builtins.cmake: copies an archive without
# compiler_builtins. TO is there when it is whole.
set(new "${TO}.new")
configure_file("${FROM}" "${new}" COPYONLY)
execute_process(COMMAND "${AR}" t "${new}" OUTPUT_VARIABLE members COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]*compiler_builtins[^\n]*" builtins "${members}")
if(builtins)
  execute_process(COMMAND "${AR}" d "${new}" ${builtins} COMMAND_ERROR_IS_FATAL ANY)
endif()
file(TOUCH "${new}")
file(RENAME "${new}" "${TO}")
