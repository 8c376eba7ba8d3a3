# Makes everything that a new rule consists of, from the templates in cmake/new_rule/:
#   cmake -DKB=123456 -DSLUG=queue-stuck -P cmake/new_rule.cmake
# Nothing that exists is overwritten; a page that is already there gets one more section. CONTRIBUTING.md says what to fill in.
cmake_minimum_required(VERSION 3.25)

if(NOT "${KB}" MATCHES "^[0-9][0-9][0-9][0-9][0-9][0-9]$" OR NOT "${SLUG}" MATCHES "^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
  message(FATAL_ERROR "usage: cmake -DKB=<six digits> -DSLUG=<lower-case-words> -P cmake/new_rule.cmake")
endif()

set(templates ${CMAKE_CURRENT_LIST_DIR}/new_rule)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
string(REPLACE "-" "_" FUNCTION "${SLUG}")
set(ID "KB${KB}.${SLUG}")
set(TOPIC "kb${KB}")
set(IDENTIFIER "${TOPIC}_${FUNCTION}")

set(list ${root}/lib/rules/rules.def)
file(STRINGS ${list} lines)
if("EXAUDIT_RULE(${IDENTIFIER})" IN_LIST lines)
  message(FATAL_ERROR "${ID} is already in lib/rules/rules.def")
endif()

function(make template path)
  if(EXISTS ${root}/${path})
    message(FATAL_ERROR "${path} already exists")
  endif()
  configure_file(${templates}/${template} ${root}/${path} @ONLY NEWLINE_STYLE UNIX)
  message("made     ${path}")
endfunction()

make(rule.cc.in lib/rules/${IDENTIFIER}.cc)
make(test.cc.in test/rules/${IDENTIFIER}_test.cc)
make(fixture.ldf.in fixtures/${TOPIC}/bad/${SLUG}/directory/organization.ldf)
make(fixture.ldf.in fixtures/${TOPIC}/good/${SLUG}/directory/organization.ldf)

find_program(CLANG_FORMAT clang-format)
if(CLANG_FORMAT)  # lines are of other lengths with every name
  execute_process(COMMAND ${CLANG_FORMAT} -i lib/rules/${IDENTIFIER}.cc test/rules/${IDENTIFIER}_test.cc
                  WORKING_DIRECTORY ${root} COMMAND_ERROR_IS_FATAL ANY)
endif()

set(page lib/rules/${TOPIC}.md)
if(NOT EXISTS ${root}/${page})
  file(WRITE ${root}/${page} "# KB ${KB}: the article's title\n")
endif()
file(READ ${templates}/section.md.in section)
string(CONFIGURE "${section}" section @ONLY)
file(APPEND ${root}/${page} "${section}")
message("extended ${page}")

# The line goes before the first rule that sorts after it; comments above the list stay where they are.
file(READ ${list} text)
set(line "EXAUDIT_RULE(${IDENTIFIER})\n")
set(inserted FALSE)
foreach(other IN LISTS lines)
  if(other MATCHES "^EXAUDIT_RULE\\((.*)\\)" AND CMAKE_MATCH_1 STRGREATER IDENTIFIER)
    string(REPLACE "${other}\n" "${line}${other}\n" text "${text}")
    set(inserted TRUE)
    break()
  endif()
endforeach()
if(NOT inserted)
  string(APPEND text "${line}")
endif()
file(WRITE ${list} "${text}")
message("extended lib/rules/rules.def\n\n${ID}: write the page first, then ./run test")
