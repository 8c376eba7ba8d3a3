#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace exaudit::cmd {

bool is_terminal(Stream stream) {
  return ::isatty(stream == Stream::output ? STDOUT_FILENO : STDERR_FILENO) == 1;
}

std::size_t terminal_width() {
  constexpr std::size_t kUsual = 100;
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;  // NOLINT(*-vararg)
  return known ? size.ws_col : kUsual;
}

}  // namespace exaudit::cmd
