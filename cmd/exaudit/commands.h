// One function per command; each gives the exit code (docs/result.md, "Exit codes").
#pragma once

#include <string>
#include <string_view>

#include "invocation.h"

namespace exaudit::cmd {

int run_audit(const Invocation& invocation);
int run_list(const Invocation& invocation);
int run_collect(const Invocation& invocation);
int run_rules(const Invocation& invocation);
int run_explain(const Invocation& invocation);
int run_version();
int run_help(const Invocation& invocation);

int run_command(const Invocation& invocation);

// Writes `text` as a command's whole output.
int print(const std::string& file, std::string_view text);
// "2004-05-11T08:30:00Z"
std::string current_time();
// Two lines on standard error; 2.
int usage_error(std::string_view what);

}  // namespace exaudit::cmd
