#include "terminal.h"

#include <cstdlib>
#include <string_view>

namespace exaudit::cmd {

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

bool use_color(ColorMode mode, bool terminal) {
  if (mode != ColorMode::automatic) return mode == ColorMode::always;
  if (!variable("NO_COLOR").empty()) return false;
  if (!variable("CLICOLOR_FORCE").empty() && variable("CLICOLOR_FORCE") != "0") return true;
  return terminal && variable("TERM") != "dumb";
}

}  // namespace exaudit::cmd
