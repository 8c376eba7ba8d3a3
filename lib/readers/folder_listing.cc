// The output of `dir`, whatever the language:
//
//    Directory of C:\WINDOWS\system32\inetsrv\MetaBack
//
//   03/14/2006  04:22 PM    <DIR>          .
//   03/14/2006  04:22 PM           284,322 before sp2.MD0
//                  1 File(s)        284,322 bytes
//
// Headings are known by the path in them, entries by their date, summaries by the number that an indented
// line begins with. Dates are written as the locale has them. `dir` writes in the OEM code page, so letters
// beyond ASCII may come out wrong; what is needed of a name is ASCII. Get-ChildItem has a column of
// attributes in front and no summary.
#include "readers/folder_listing.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "facts/metabase_backup.h"
#include "readers/console.h"
#include "readers/event_time.h"
#include "readers/readers.h"

namespace exaudit::readers {

namespace {

using base::trim;
using facts::FolderListing;
using facts::ListedFile;
using facts::ListedFolder;

// IIS keeps ten states in History unless it is told otherwise; backups by hand are a few dozen.
constexpr std::size_t kMaxKeptFiles = 100'000;
constexpr std::size_t kMaxName = 255;          // of NTFS, in characters; longer ones are no names
constexpr std::size_t kSummaryIndent = 4;      // File(s) stands behind a number in a field of 16
constexpr std::size_t kLinesBelowHeading = 3;  // Get-ChildItem names its columns there and underlines them
constexpr std::size_t kLinesBeforeEntry = 8;   // these, volume and serial number, the command itself

bool is_letter(char c) {
  const char lower = base::ascii_lower(c);
  return lower >= 'a' && lower <= 'z';
}

// The path in a heading: "C:\..." or "\\MAIL1\admin$\...", to the end of the line; "" when there is none.
std::string_view path_in(std::string_view line) {
  if (line.find_first_of("<>|\"*?\t") != std::string_view::npos) return {};
  for (std::size_t at = 0; at + 2 < line.size(); ++at) {
    const bool begins = at == 0 || line[at - 1] == ' ' || line[at - 1] == ':';
    if (!begins) continue;
    const bool drive = is_letter(line[at]) && line[at + 1] == ':' && line[at + 2] == '\\';
    const bool unc = line[at] == '\\' && line[at + 1] == '\\' && line[at + 2] != '\\';
    if (drive || unc) return trim(line.substr(at));
  }
  return {};
}

std::string_view host_of(std::string_view path) {
  return path.starts_with("\\\\") ? path.substr(2, path.find('\\', 2) - 2) : std::string_view();
}

// Takes the first word and the blanks behind it.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

// "-a---", "d----"
bool is_mode(std::string_view word) {
  return word.size() >= 5 && word.size() <= 6 &&
         word.find_first_not_of("-dlarhsDLARHS") == std::string_view::npos;
}

// "284,322", "284.322", "284'322", and with the narrow or protected blanks of several languages.
std::optional<std::uint64_t> size_of(std::string_view word) {
  constexpr std::array<std::string_view, 6> kSeparators = {",",       ".", "'", "\xC2\xA0", "\xE2\x80\xAF",
                                                           "\xC3\xBF"};
  std::string digits;
  while (!word.empty()) {
    const auto* const separator = std::find_if(kSeparators.begin(), kSeparators.end(),
                                               [&](std::string_view each) { return word.starts_with(each); });
    if (separator != kSeparators.end() && !digits.empty()) {
      word.remove_prefix(separator->size());
    } else {
      digits.push_back(word.front());
      word.remove_prefix(1);
    }
  }
  std::uint64_t bytes = 0;
  return base::parse_uint(digits, bytes) ? std::optional(bytes) : std::nullopt;
}

struct Entry {
  std::string_view name;
  std::optional<std::uint64_t> bytes;
  std::optional<WrittenTime> time;
  bool folder = false;
};

// "04:22", "4:22 PM", "04:22p". What else a language writes behind the time does not change the day.
std::optional<WrittenTime> written_time(std::string_view date, std::string_view clock,
                                        std::string_view half) {
  std::string text(clock);
  if (text.ends_with('a') || text.ends_with('p')) text += 'm';
  if (auto time = parse_written_time(date, text + " " + std::string(half))) return time;
  const std::size_t end = std::min(text.find_first_not_of("0123456789:."), text.size());
  return parse_written_time(date, text.substr(0, end));
}

std::optional<Entry> entry_in(std::string_view line) {
  Entry out;
  std::string_view rest = trim(line);
  if (is_mode(rest.substr(0, rest.find(' ')))) {
    out.folder = base::ascii_lower(rest.front()) == 'd';
    take_word(rest);
  }
  const std::string_view date = take_word(rest);
  if (!looks_like_date(date)) return std::nullopt;
  std::string_view clock = take_word(rest);
  std::string_view half;
  if (clock.find_first_of("0123456789") == std::string_view::npos)
    half = std::exchange(clock, take_word(rest));  // Chinese and Korean put it in front
  if (clock.find(':') == std::string_view::npos && clock.find('.') == std::string_view::npos)
    return std::nullopt;
  const auto is_size = [&] {
    return rest.starts_with('<') || (!rest.empty() && rest[0] >= '0' && rest[0] <= '9');
  };
  if (!is_size() && !out.folder) half = take_word(rest);
  if (rest.starts_with('<')) {
    const std::size_t close = rest.find('>');
    if (close == std::string_view::npos) return std::nullopt;
    out.folder = true;
    rest = trim(rest.substr(close + 1));
  } else if (is_size()) {
    out.bytes = size_of(take_word(rest));
    if (!out.bytes) return std::nullopt;
  } else if (!out.folder) {
    return std::nullopt;
  }
  if (rest.empty() || rest.size() > kMaxName * 4) return std::nullopt;
  out.name = rest;
  out.time = written_time(date, clock, half);
  return out;
}

// The first number of a line that begins with many blanks: of files, or of folders.
std::optional<std::uint64_t> summary_in(std::string_view line) {
  if (line.find_first_not_of(' ') < kSummaryIndent) return std::nullopt;
  std::string_view rest = trim(line);
  const std::string_view word = take_word(rest);
  const auto number = size_of(word);
  // Korean writes the counted thing right behind the number.
  return number ? number : size_of(word.substr(0, word.find_first_not_of("0123456789,.'")));
}

class Reader {
 public:
  Reader(facts::InputId id, facts::Input& input) : input_(input) { listing_.location.input = id; }

  FolderListing read(std::string_view text) {
    base::LineCursor lines(text);
    std::string_view line;
    while (lines.next(line)) {
      number_ = lines.number();
      if (trim(line).empty() || is_console_line(line)) continue;
      if (const auto entry = entry_in(line)) {
        add(*entry);
      } else if (const std::string_view path = path_in(line); !path.empty()) {
        begin(path);
      } else if (const auto count = summary_in(line)) {
        end(*count);
      }
    }
    if (open_ && !ended_) cut();
    resolve();
    if (listing_.folders.empty())
      input_.note(0,
                  "the list shows neither inetsrv\\MetaBack nor inetsrv\\History, and no rule reads others");
    return std::move(listing_);
  }

 private:
  struct Pending {  // a file that is kept, until the order of its date is known
    std::size_t folder, file;
    WrittenTime time;
  };

  void begin(std::string_view path) {
    if (open_ && !ended_ && kept_) cut();
    open_ = true;
    ended_ = dot_ = dots_ = false;
    files_ = 0;
    if (listing_.location.line == 0) listing_.location.line = number_;
    note_host(path);
    kept_ = facts::backup_folder(path) != facts::BackupFolder::none;
    if (kept_) listing_.folders.push_back({std::string(path), {}, false, number_});
  }

  // Of one host, or of none.
  void note_host(std::string_view path) {
    const std::string_view host = host_of(path);
    if (host.empty()) return;
    if (host_.empty()) host_ = host;
    one_host_ = one_host_ && base::ascii_iequals(host_, host);
    listing_.machine_hint = one_host_ ? host_ : std::string();
  }

  void add(const Entry& entry) {
    if (!open_ || ended_) return;
    ++input_.records;
    dot_ = dot_ || (entry.folder && entry.name == ".");
    dots_ = dots_ || (entry.folder && entry.name == "..");
    if (entry.folder) return;
    ++files_;
    if (entry.time) count_order(*entry.time);
    if (!kept_) {
      if (entry.time) note_elsewhere(*entry.time);
      return;
    }
    ListedFolder& folder = listing_.folders.back();
    if (folder.files.size() >= kMaxKeptFiles) return;  // the count tells that they are not all there
    ListedFile file;
    file.name = entry.name;
    file.bytes = entry.bytes;
    file.line = number_;
    if (entry.time) pending_.push_back({listing_.folders.size() - 1, folder.files.size(), *entry.time});
    folder.files.push_back(std::move(file));
  }

  // The first summary behind the entries counts the files.
  void end(std::uint64_t count) {
    if (!open_ || ended_) return;
    ended_ = true;
    if (!kept_) return;
    if (count != files_) {
      input_.skipped_record(number_, fmt::format("the folder has {} files, and {} were read", count, files_));
    } else {
      ListedFolder& folder = listing_.folders.back();
      folder.complete = dot_ && dots_ && folder.files.size() == files_;
    }
  }

  // Get-ChildItem writes no summary: of such a list nobody can tell whether it is whole.
  void cut() {
    if (dot_ || dots_)
      input_.skipped_record(number_, "the line that counts the files is missing: files may be missing, too");
  }

  void count_order(const WrittenTime& time) {
    if (time.year_first || time.dots) return;
    day_in_front_ = day_in_front_ || time.a > 12;
    day_behind_ = day_behind_ || time.b > 12;
  }

  void note_elsewhere(const WrittenTime& time) {
    for (const bool month_first : {false, true}) {
      auto& newest = newest_elsewhere_[month_first ? 1 : 0];
      const auto seconds = to_seconds(time, month_first);
      if (!seconds || (newest && *newest >= *seconds)) continue;
      newest = seconds;
      if (!month_first) listing_.newest_line = number_;
    }
  }

  // A number above 12 is a day, and decides for the whole list.
  void resolve() {
    const bool may_be_day_first = !day_behind_ || day_in_front_;
    const bool may_be_month_first = !day_in_front_ || day_behind_;
    std::size_t ambiguous = 0;
    for (const Pending& pending : pending_) {
      ListedFile& file = listing_.folders[pending.folder].files[pending.file];
      for (const bool month_first : {false, true}) {
        if (!(month_first ? may_be_month_first : may_be_day_first)) continue;
        const auto seconds = to_seconds(pending.time, month_first);
        if (!seconds) continue;
        file.earliest = std::min(file.earliest.value_or(*seconds), *seconds);
        file.latest = std::max(file.latest.value_or(*seconds), *seconds);
      }
      if (file.earliest != file.latest) ++ambiguous;
    }
    if (ambiguous > 0) {
      input_.note(0,
                  fmt::format("{} date{} can be read as day/month or as month/day; the later reading counts",
                              ambiguous, ambiguous == 1 ? "" : "s"));
    }
    const auto& day_first = newest_elsewhere_[0];
    const auto& month_first = newest_elsewhere_[1];
    if (may_be_day_first) listing_.newest_elsewhere = day_first;
    if (may_be_month_first && month_first)
      listing_.newest_elsewhere = std::min(listing_.newest_elsewhere.value_or(*month_first), *month_first);
  }

  facts::Input& input_;
  FolderListing listing_;
  std::vector<Pending> pending_;
  std::array<std::optional<std::int64_t>, 2> newest_elsewhere_;  // day first, month first
  std::string host_;
  bool one_host_ = true;
  std::uint32_t number_ = 0;
  bool open_ = false;   // below a heading
  bool ended_ = false;  // its summary was read
  bool kept_ = false;
  bool dot_ = false;
  bool dots_ = false;
  std::uint64_t files_ = 0;
  bool day_in_front_ = false;
  bool day_behind_ = false;
};

}  // namespace

bool looks_like_folder_listing(std::string_view head) {
  base::LineCursor lines(head);
  std::string_view line;
  std::size_t others = 0;                          // lines that are neither
  std::size_t below_heading = kLinesBelowHeading;  // none was seen
  while (lines.next(line)) {
    if (trim(line).empty() || is_console_line(line)) continue;
    if (below_heading < kLinesBelowHeading && entry_in(line)) return true;
    if (!path_in(line).empty()) {
      below_heading = 0;
    } else {
      ++below_heading;
      if (++others > kLinesBeforeEntry) return false;
    }
  }
  return false;
}

FolderListing read_folder_listing(std::string_view bytes, facts::InputId id, facts::Input& input) {
  const base::DecodedText decoded = base::decode_text(bytes);
  return Reader(id, input).read(decoded.text);
}

}  // namespace exaudit::readers
