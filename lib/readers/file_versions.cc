// Names and versions of files: wmic datafile, PowerShell's VersionInfo, or a table made by hand.
#include "readers/file_versions.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "readers/csv_table.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::trim;
using facts::FileVersion;

constexpr std::size_t kMaxFiles = 1'000'000;  // a system drive has some 100 000
constexpr std::size_t kMinNumbers = 3;

struct Columns {
  std::optional<std::size_t> name, version;

  // CIM_DataFile keeps the whole path in Name; its FileName lacks the extension, its Path is the folder.
  explicit Columns(const CsvTable& csv)
      : name(csv.column({"name", "fullname", "file", "filename", "path"})),
        version(csv.column({"fileversion", "version"})) {}

  bool known() const { return name && version; }
};

std::string_view without_folder(std::string_view path) {
  return trim(path.substr(path.find_last_of("\\/") + 1));  // npos + 1 is 0
}

constexpr std::array<std::string_view, 5> kPrograms = {"exe", "dll", "sys", "ocx", "cpl"};
// Of KB 285350, which lists versions for all its files. They are no programs and carry none (KB 283238).
constexpr std::array<std::string_view, 5> kWithoutVersion = {"sch", "cat", "cfg", "tpl", "xv2"};

bool has_extension(std::string_view name, const std::array<std::string_view, 5>& extensions) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const std::string_view extension = name.substr(dot + 1);
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](std::string_view known) { return base::ascii_iequals(extension, known); });
}

// Takes "5.5.2654" or "6, 5, 7638, 1" from the beginning of `text`. Empty when there is no number.
std::string take_numbers(std::string_view& text) {
  std::string out;
  while (true) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0) return out;
    out += text.substr(0, end);
    text.remove_prefix(end);
    const bool comma = text.starts_with(',');
    if (!comma && !text.starts_with('.')) return out;
    std::string_view rest = text.substr(1);
    if (comma) rest = trim(rest);
    if (rest.empty() || rest.front() < '0' || rest.front() > '9') return out;
    text = rest;
    out += '.';
  }
}

std::size_t count_numbers(std::string_view text) {
  return text.empty() ? 0 : static_cast<std::size_t>(std::count(text.begin(), text.end(), '.')) + 1;
}

}  // namespace

std::optional<base::VersionNumber> parse_file_version(std::string_view text) {
  text = trim(text);
  if (text.size() > 256) return std::nullopt;
  std::string numbers = take_numbers(text);
  text = trim(text);
  if (count_numbers(numbers) < 4 && text.starts_with('(')) {
    text = trim(text.substr(1));
    if (base::ascii_istarts_with(text, "Build ")) text = trim(text.substr(6));
    const std::string more = take_numbers(text);
    text = trim(text);
    // "(5.5.1 release)" is a remark, "(2654.54)" and "(2653.23: Service Pack 4)" are the rest.
    if (!more.empty() && (text.starts_with(')') || text.starts_with(':'))) numbers += "." + more;
  }
  if (count_numbers(numbers) < kMinNumbers) return std::nullopt;
  return base::VersionNumber::parse(numbers);
}

bool looks_like_file_versions(std::string_view head) {
  CsvTable csv(head);
  const Columns columns(csv);
  if (!columns.known()) return false;
  facts::Input ignored;
  std::vector<std::string> row;
  bool program = false;
  while (csv.next(row, ignored)) {
    if (!parse_file_version(row[*columns.version])) continue;
    const std::string_view name = without_folder(row[*columns.name]);
    if (has_extension(name, kWithoutVersion)) return false;
    program = program || has_extension(name, kPrograms);
  }
  return program;
}

std::vector<FileVersion> read_file_versions(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  CsvTable csv(decoded.text);
  const Columns columns(csv);
  std::vector<FileVersion> files;
  if (!columns.known()) {
    input.skipped_record(csv.header_line(), "no columns hold names and versions of files");
    return files;
  }
  std::vector<std::string> row;
  while (csv.next(row, input)) {
    FileVersion file;
    file.name = without_folder(row[*columns.name]);
    if (file.name.empty()) {
      input.skipped_record(csv.line(), "the row names no file");
      continue;
    }
    if (files.size() == kMaxFiles) {
      input.skipped_record(csv.line(), fmt::format("more than {} files; the rest was not read", kMaxFiles));
      break;
    }
    file.text = row[*columns.version];
    file.version = parse_file_version(file.text);
    if (!file.version && !file.text.empty()) {
      input.skipped_value(csv.line(), fmt::format("\"{}\" is not a whole version number", file.text));
    }
    file.machine_hint = csv.node();
    file.location = {.input = id, .line = csv.line()};
    files.push_back(std::move(file));
  }
  input.records = files.size();
  return files;
}

}  // namespace exaudit::readers
