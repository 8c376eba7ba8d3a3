// The rules of the tree that no compiler checks: who may include whom, what the library never does, what
// every rule brings along.
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/text.h"
#include "tree.h"

using exaudit::base::LineCursor;
using exaudit::base::trim;
using exaudit::test::files_below;
using exaudit::test::slurp;
using exaudit::test::source_root;
using exaudit::test::TreeFile;

namespace {

using Names = std::vector<std::string_view>;

// lib/README.md explains the table. Every module sees itself, the C++ standard library and fmt.
struct Module {
  std::string_view name;
  Names may_include;
  Names headers;  // of third parties; a prefix when it ends in a slash
};

const std::vector<Module> kModules = {
    {"base", {}, {"emmintrin.h", "utf8proc.h", "nettle/"}},
    {"ldapschema", {"base"}, {}},
    {"facts", {"base", "ldapschema"}, {}},
    {"readers", {"base", "facts", "ldapschema"}, {"tinyxml2.h", "zlib.h", "hivex.h", "libevtx.h"}},
    {"model", {"base", "facts", "ldapschema"}, {}},
    {"findings", {"base", "facts"}, {}},
    {"collectors",
     {"base", "facts", "readers", "ldapschema"},
     {"ldap.h", "lber.h", "sasl/", "gnutls/", "resolv.h", "winldap.h", "sys/socket.h", "netdb.h", "netinet/",
      "arpa/", "poll.h", "winsock2.h", "ws2tcpip.h"}},
    {"rules", {"base", "facts", "model", "findings"}, {}},
    {"audit", {"base", "facts", "model", "findings", "rules"}, {}},
    {"report",
     {"base", "ldapschema", "facts", "readers", "model", "findings", "rules", "audit"},
     {"nlohmann/"}},
};

// Headers of the operating system, for files that name their platform.
const Names kPosixHeaders = {"sys/", "unistd.h", "fcntl.h", "dirent.h", "signal.h", "termios.h"};
const Names kWindowsHeaders = {"windows.h", "io.h", "fcntl.h", "shellapi.h"};

bool matches(const Names& patterns, std::string_view header) {
  return std::ranges::any_of(patterns, [&](std::string_view pattern) {
    return pattern.ends_with('/') ? header.starts_with(pattern) : header == pattern;
  });
}

bool contains(const Names& names, std::string_view name) { return std::ranges::count(names, name) > 0; }

// "lib/rules/x.cc" is of module rules, "ldapschema/x.cc" of ldapschema, "cmd/exaudit/x.cc" of cmd.
std::string_view module_of(std::string_view path) {
  if (path.starts_with("lib/")) path.remove_prefix(4);
  return path.substr(0, path.find('/'));
}

const Module* find_module(std::string_view name) {
  const auto it = std::ranges::find(kModules, name, &Module::name);
  return it == kModules.end() ? nullptr : &*it;
}

bool system_header_allowed(const Module& module, std::string_view path, std::string_view header) {
  const bool standard = header.find_first_of("./") == std::string_view::npos;
  if (standard || header.starts_with("fmt/") || matches(module.headers, header)) return true;
  if (path.ends_with("_posix.cc")) return matches(kPosixHeaders, header) && header != "sys/socket.h";
  return path.ends_with("_windows.cc") && matches(kWindowsHeaders, header);
}

std::optional<std::string> wrong_include(std::string_view path, std::string_view line) {
  line = trim(line);
  if (!line.starts_with('#')) return std::nullopt;
  line = trim(line.substr(1));
  if (!line.starts_with("include")) return std::nullopt;
  line = trim(line.substr(7));
  const std::size_t end = line.find_first_of("\">", 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view header = line.substr(1, end - 1);
  const std::string_view own = module_of(path);
  if (own == "cmd") return std::nullopt;
  const Module* module = find_module(own);
  if (!module) return fmt::format("module {} is not in the include table", own);
  if (line.front() == '<') {
    if (system_header_allowed(*module, path, header)) return std::nullopt;
    return fmt::format("{} may not include <{}>", own, header);
  }
  const std::string_view other = module_of(header);
  if (header.find('/') == std::string_view::npos)
    return fmt::format("\"{}\" must be named with its module", header);
  if (other == own || contains(module->may_include, other)) return std::nullopt;
  return fmt::format("{} may not include {} (\"{}\")", own, other, header);
}

// Without comments that start on the line and without the contents of string literals.
std::string code_of(std::string_view line) {
  std::string code;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      if (line.substr(i, 2) == "//") break;
      code += line[i];
    }
  }
  return code;
}

bool identifier_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool has_word(std::string_view code, std::string_view word) {
  for (auto at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !identifier_char(code[at - 1]);
    const bool ends = word.back() == '(' || end == code.size() || !identifier_char(code[end]);
    if (starts && ends) return true;
  }
  return false;
}

// The library reports through its results: it never prints, ends the program or reads the environment.
std::optional<std::string> forbidden_call(std::string_view, std::string_view line) {
  const std::string code = code_of(line);
  for (const char* word :
       {"cout",        "cerr",   "clog",       "printf(",     "fprintf(",       "vprintf(", "vfprintf(",
        "puts(",       "fputs(", "putchar(",   "fmt::print(", "perror(",        "exit(",    "_exit(",
        "quick_exit(", "abort(", "terminate(", "getenv(",     "secure_getenv(", "system(",  "popen("}) {
    if (has_word(code, word)) return fmt::format("{} has no place in the library", word);
  }
  return std::nullopt;
}

using LineCheck = std::optional<std::string> (*)(std::string_view path, std::string_view line);

std::vector<std::string> violations(const TreeFile& file, LineCheck check) {
  std::vector<std::string> found;
  LineCursor cursor(file.text);
  for (std::string_view line; cursor.next(line);) {
    if (const auto why = check(file.path, line))
      found.push_back(fmt::format("{}:{}: {}", file.path, cursor.number(), *why));
  }
  return found;
}

void check_lines(const std::vector<TreeFile>& files, LineCheck check) {
  CHECK(files.size() > 10);
  for (const TreeFile& file : files) {
    for (const std::string& violation : violations(file, check)) FAIL_CHECK(violation);
  }
}

std::size_t line_count(const TreeFile& file) {
  LineCursor cursor(file.text);
  for (std::string_view line; cursor.next(line);) {
  }
  return cursor.number();
}

}  // namespace

TEST_CASE("shape: modules include only what the table allows") {
  check_lines(files_below({"lib", "ldapschema", "cmd"}, {".h", ".cc"}), wrong_include);
}

TEST_CASE("shape: the include check names file and line") {
  const auto found = [](const char* path, const char* text) {
    return violations({path, text}, wrong_include);
  };
  CHECK(found("lib/rules/x.cc", "#include <string>\n#include \"readers/readers.h\"\n") ==
        std::vector<std::string>{"lib/rules/x.cc:2: rules may not include readers (\"readers/readers.h\")"});
  CHECK(found("lib/facts/x.cc", "  #  include").empty());
  CHECK(found("lib/facts/x.cc", "#include <nettle/sha2.h>").size() == 1);
  CHECK(found("lib/base/x.cc", "#include <nettle/sha2.h>\n#include <fmt/format.h>").empty());
  CHECK(found("lib/base/x.cc", "#include \"facts/dn.h\"").size() == 1);
  CHECK(found("lib/base/x.cc", "#include <sys/mman.h>").size() == 1);
  CHECK(found("lib/base/x_posix.cc", "#include <sys/mman.h>").empty());
  CHECK(found("lib/base/x_posix.cc", "#include <sys/socket.h>").size() == 1);
  CHECK(found("lib/collectors/x.cc", "#include <sys/socket.h>").empty());
  CHECK(found("lib/facts/x.cc", "#include \"dn.h\"").size() == 1);
  CHECK(found("lib/surprise/x.cc", "#include <string>").size() == 1);
  CHECK(
      found("cmd/exaudit/x.cc", "#include <boost/program_options.hpp>\n#include \"audit/audit.h\"").empty());
}

TEST_CASE("shape: the library never prints, exits or reads the environment") {
  check_lines(files_below({"lib", "ldapschema"}, {".h", ".cc"}), forbidden_call);
  const auto found = [](const char* text) {
    return violations({"lib/base/x.cc", text}, forbidden_call).size();
  };
  CHECK(found("std::cout << 1;\nstd::exit(1);\n  getenv(\"A\");\n::printf(\"x\");") == 4);
  CHECK(found("// std::cout\nsnprintf(b, 1, \"exit(\");\nint exits = 0; on_exit_(); \"a\\\"printf(\";") == 0);
}

TEST_CASE("shape: files stay readable in one sitting") {
  constexpr std::size_t kMaxLines = 500;
  for (const TreeFile& file : files_below({"lib", "ldapschema", "cmd", "test"}, {".h", ".cc"})) {
    CAPTURE(file.path);
    CHECK(line_count(file) < kMaxLines);
  }
}

TEST_CASE("shape: the Windows makefile knows every module") {
  const std::string makefile = slurp(source_root() / "Makefile.win");
  if (makefile.empty()) return;
  std::set<std::string> folders;
  for (const TreeFile& file : files_below({"lib", "ldapschema"}, {".cc"})) {
    folders.insert(file.path.substr(0, file.path.rfind('/')));
  }
  for (const std::string& folder : folders) {
    CAPTURE(folder);
    CHECK(makefile.find(folder) != std::string::npos);
  }
}
