// Programs beside the tests: run to their end, or kept running as servers until the test is over.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace exaudit::test {

// Absolute path of a program, from PATH and the folders for system programs; "" when there is none.
std::string find_program(std::string_view name);

// Something that a test needs and the program itself does not.
struct Component {
  std::string_view what;     // a program, or the absolute path of a file
  std::string_view package;  // of Debian
};
// Says why a test looks at nothing; in CI (environment variable CI) that is a failure of the test.
void not_tested(const std::string& reason);
// True when all are there. Otherwise not_tested, with what is missing and how to install it.
bool components_present(std::initializer_list<Component> components);

struct Finished {
  int code = -1;  // exit code, or 128 + signal
  std::string out, err;
};
// `arguments` begins with the program; no shell is involved. Standard input is `input`.
Finished run_to_end(const std::vector<std::string>& arguments, const std::string& input = "");
// The same for what must succeed: gives its standard output; throws std::runtime_error with its messages when
// the exit code is not 0.
std::string run_successfully(const std::vector<std::string>& arguments, const std::string& input = "");

// A server. It ends with the object, and with the test program however that ends.
class Process {
 public:
  // Starts it; both its outputs go to the file `log`.
  Process(const std::vector<std::string>& arguments, std::string log);
  ~Process() { stop(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  // Asks it to end, waits, and ends it by force when it does not listen.
  void stop();
  // Waits until `ready` holds. Throws std::runtime_error with the end of the log when the process ends before
  // that or takes longer.
  void wait_until(const std::function<bool()>& ready, std::chrono::seconds at_most);

 private:
  pid_t pid_ = -1;
  std::string log_;
};

// A TCP port of 127.0.0.1 that nobody listens on at the moment.
std::uint16_t free_port();
// Does somebody accept connections there?
bool accepts_connections(std::uint16_t port);

}  // namespace exaudit::test
